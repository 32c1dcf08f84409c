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
