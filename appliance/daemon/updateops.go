package daemon

import (
	"context"

	"siteward/appliance"
)

func (o ops) UpdateState(ctx context.Context) (appliance.UpdateState, error) {
	return o.d.UpdateState(ctx)
}

func (o ops) Update(ctx context.Context, r appliance.UpdateRequest) (string, error) {
	return o.d.Update(ctx, actor(ctx), r)
}
