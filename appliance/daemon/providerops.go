package daemon

import (
	"context"

	"siteward/appliance"
)

func (o ops) Enrolments(ctx context.Context) ([]appliance.Enrolment, error) {
	return o.d.Enrolments(ctx)
}

func (o ops) LookAtProvider(ctx context.Context, url string) (appliance.ProviderIdentity, error) {
	return o.d.LookAtProvider(ctx, actor(ctx), url)
}

func (o ops) Connect(ctx context.Context, r appliance.ConnectRequest) (appliance.Enrolment, error) {
	return o.d.Connect(ctx, actor(ctx), r)
}

func (o ops) RotateKey(ctx context.Context) error { return o.d.RotateKey(ctx, actor(ctx)) }

func (o ops) Disconnect(ctx context.Context, reason string) error {
	return o.d.Disconnect(ctx, actor(ctx), reason)
}

func (o ops) UplinkState(ctx context.Context) (appliance.UplinkState, error) {
	return o.d.UplinkState(ctx)
}

func (o ops) UplinkPolicy(ctx context.Context) (appliance.UplinkPolicy, error) {
	return o.d.UplinkPolicy(ctx)
}

func (o ops) SaveUplinkPolicy(ctx context.Context, p appliance.UplinkPolicy) error {
	return o.d.SaveUplinkPolicy(ctx, actor(ctx), p)
}

func (o ops) SentReports(ctx context.Context, f appliance.SentFilter) ([]appliance.Sent, error) {
	return o.d.SentReports(ctx, f)
}

func (o ops) SentReport(ctx context.Context, id appliance.ID) (appliance.Sent, error) {
	return o.d.SentReport(ctx, id)
}

func (o ops) Consumers(ctx context.Context) ([]appliance.ConsumerView, error) {
	return o.d.Consumers(ctx)
}

func (o ops) SaveConsumer(ctx context.Context, r appliance.Consumer) error {
	return o.d.SaveConsumer(ctx, actor(ctx), &r)
}

func (o ops) DeleteConsumer(ctx context.Context, id appliance.ID) error {
	return o.d.DeleteConsumer(ctx, actor(ctx), id)
}

func (o ops) TestConsumer(ctx context.Context, id appliance.ID) (appliance.ConsumerTest, error) {
	return o.d.TestConsumer(ctx, actor(ctx), id)
}
