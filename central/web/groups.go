package web

import (
	"context"
	"slices"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// groups gives the names of all groups.
func (s *Server) groups(ctx context.Context) (map[appliance.ID]string, error) {
	list, err := central.Groups.List(ctx, s.Store, central.RecordRange{Limit: 10_000})
	out := make(map[appliance.ID]string, len(list))
	for _, g := range list {
		out[g.ID] = tame(g.Name, 80)
	}
	return out, err
}

func groupOptions(l *ui.Lang, groups map[appliance.ID]string, scope []appliance.ID) []view.Option {
	var out []view.Option
	see := central.FleetFilter{Groups: scope}
	for id, name := range groups {
		if see.Sees(id) {
			out = append(out, view.Option{Value: id.String(), Label: name})
		}
	}
	slices.SortFunc(out, func(a, b view.Option) int {
		switch {
		case a.Label < b.Label:
			return -1
		case a.Label > b.Label:
			return 1
		}
		return 0
	})
	return append([]view.Option{{Label: l.T("central.every_group")}}, out...)
}
