package daemon

import (
	"context"
	"strings"

	"siteward/appliance"
)

func (o ops) Sources(ctx context.Context) ([]appliance.SourceView, error) { return o.d.Sources(ctx) }

func (o ops) TestSource(ctx context.Context, name string) (appliance.SourceTrial, error) {
	all, err := o.d.Sources(ctx)
	if err != nil {
		return appliance.SourceTrial{}, err
	}
	for _, s := range all {
		if strings.EqualFold(s.Name, name) || s.ID.String() == name {
			return o.d.TrySource(ctx, actor(ctx), s.Source)
		}
	}
	return appliance.SourceTrial{}, appliance.Errorf(appliance.CodeNotFound, "no source is called %q; siteward source list names them", name)
}
