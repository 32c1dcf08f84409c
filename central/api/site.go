package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/central"
)

// SitePath names a site in an address.
type SitePath struct {
	ID string `path:"id" maxLength:"48" doc:"id of the site"`
}

// siteBody is what people enter about a site.
type siteBody struct {
	Name   string       `json:"name" minLength:"1" maxLength:"100"`
	Group  appliance.ID `json:"group,omitempty" doc:"number of the customer group"`
	Note   string       `json:"note,omitempty" maxLength:"2000"`
	Every  string       `json:"every,omitempty" doc:"how often it reports at least: 15m"`
	Grace  string       `json:"grace,omitempty" doc:"how much later is still no silence: 20m"`
	Paused string       `json:"paused,omitempty" maxLength:"200" doc:"why its silence is nobody's alarm"`
	Ring   string       `json:"ring,omitempty" maxLength:"40"`
}

func (b *siteBody) into(s *central.Site) error {
	s.Name, s.Group, s.Note, s.Paused, s.Ring = strings.TrimSpace(b.Name), b.Group, b.Note, b.Paused, b.Ring
	for _, d := range []struct {
		text, field string
		into        *appliance.Duration
	}{{b.Every, "every", &s.Every}, {b.Grace, "grace", &s.Grace}} {
		*d.into = 0
		if d.text == "" {
			continue
		}
		v, err := time.ParseDuration(d.text)
		if err != nil || v < time.Minute || v > 7*24*time.Hour {
			return appliance.Errorf(appliance.CodeInvalid, "%s: %q is no time between 1m and 168h", d.field, d.text)
		}
		*d.into = appliance.Duration(v)
	}
	if s.Name == "" {
		return appliance.Errorf(appliance.CodeInvalid, "name: a site has a name")
	}
	return nil
}

type fleetQuery struct {
	Text   string   `query:"text" maxLength:"100" doc:"in the name"`
	Group  []uint64 `query:"group" doc:"customer groups"`
	State  []string `query:"state" enum:"ok,warning,critical,nodata,maintenance,paused"`
	Silent []string `query:"silent" enum:"never,stopped,overdue,lost,ours"`
	Offset int      `query:"offset" minimum:"0"`
	Limit  int      `query:"limit" minimum:"0" maximum:"1000" doc:"100 when not given"`
}

func (q *fleetQuery) filter(who caller) (central.FleetFilter, error) {
	f := central.FleetFilter{Text: q.Text, Offset: q.Offset, Limit: q.Limit, Total: true}
	if len(who.Groups) > 0 {
		f.Groups = who.Groups
	}
	if len(q.Group) > 0 {
		f.Groups = []appliance.ID{}
		for _, g := range q.Group {
			if who.sees(appliance.ID(g)) {
				f.Groups = append(f.Groups, appliance.ID(g))
			}
		}
	}
	for _, name := range q.State {
		s, err := appliance.ParseState(name)
		if err != nil {
			return f, err
		}
		f.States = append(f.States, s)
	}
	for _, name := range q.Silent {
		f.Silent = append(f.Silent, central.Silence(name))
	}
	return f, nil
}

// fleetBody is a page of the fleet with what the filter chooses in all.
type fleetBody struct {
	Items  []central.Row           `json:"items"`
	Total  int                     `json:"total"`
	States map[string]int          `json:"states"`
	Silent map[central.Silence]int `json:"silent"`
}

func (a *API) sites() {
	operation(a, http.MethodGet, "/sites", "list-sites", "Sites, the worst first", false, func(ctx context.Context, in *fleetQuery) (*one[fleetBody], error) {
		f, err := in.filter(by(ctx))
		if err != nil {
			return nil, err
		}
		fleet, err := a.store.Fleet(ctx, f)
		out := &one[fleetBody]{fleetBody{Items: fleet.Rows, Total: fleet.Total, Silent: fleet.Silent, States: map[string]int{}}}
		for s, n := range fleet.States {
			out.Body.States[s.String()] = n
		}
		if out.Body.Items == nil {
			out.Body.Items = []central.Row{}
		}
		return out, err
	})
	operation(a, http.MethodGet, "/sites/{id}", "get-site", "One site", false, func(ctx context.Context, in *SitePath) (*one[central.Row], error) {
		r, err := a.row(ctx, in.ID)
		return &one[central.Row]{r}, err
	})
	operation(a, http.MethodPost, "/sites", "add-site", "Add a site", true, func(ctx context.Context, in *struct{ Body siteBody }) (*one[central.Row], error) {
		s := central.Site{ID: central.NewSiteID(), Added: a.now(), By: by(ctx).Name}
		if err := in.Body.into(&s); err != nil {
			return nil, err
		}
		if err := a.store.PutSite(ctx, &s); err != nil {
			return nil, err
		}
		r, err := a.store.Site(ctx, s.ID)
		return &one[central.Row]{r}, err
	})
	operation(a, http.MethodPut, "/sites/{id}", "change-site", "Change what was entered about a site", true, func(ctx context.Context, in *struct {
		SitePath
		Body siteBody
	}) (*one[central.Row], error) {
		r, err := a.row(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := in.Body.into(&r.Site); err != nil {
			return nil, err
		}
		if err := a.store.PutSite(ctx, &r.Site); err != nil {
			return nil, err
		}
		if err := central.AlarmsFollow(ctx, a.store, r.Site.ID); err != nil {
			return nil, err
		}
		r, err = a.store.Site(ctx, r.Site.ID)
		return &one[central.Row]{r}, err
	})
	operation(a, http.MethodDelete, "/sites/{id}", "remove-site", "Remove a site with everything it told", true, func(ctx context.Context, in *SitePath) (*none, error) {
		return &none{}, a.store.DeleteSite(ctx, central.SiteID(in.ID))
	})
}

// row gives a site that the caller may see; one that he may not is not there.
func (a *API) row(ctx context.Context, id string) (central.Row, error) {
	r, err := a.store.Site(ctx, central.SiteID(id))
	if err == nil && !by(ctx).sees(r.Site.Group) {
		return central.Row{}, central.NoRecord("site", id)
	}
	return r, err
}
