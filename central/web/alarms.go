package web

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
)

// alarmKinds are those that have words.
var alarmKinds = []central.AlarmKind{central.AlarmSilent, central.AlarmOverdue, central.AlarmOurs, central.AlarmLogbook, central.AlarmForged, central.AlarmLost}

// alarms are what is open among the sites that somebody sees; what is about many sites everybody sees, without their names.
func (s *Server) alarms(ctx context.Context, l *ui.Lang, scope []appliance.ID, may bool) ([]alarmRow, error) {
	list, err := central.Alarms.List(ctx, s.Store, central.RecordRange{Limit: 1000})
	if err != nil {
		return nil, err
	}
	see := central.FleetFilter{Groups: scope}
	var out []alarmRow
	for _, a := range list {
		if a.Site != "" && !see.Sees(a.Group) || !slices.Contains(alarmKinds, a.Kind) {
			continue
		}
		r := alarmRow{State: a.State.String(), Title: tame(l.Say(a.Title()), 160), Why: tame(spoken(l, a.WhyIn, a.Why), 200), Since: a.Since}
		if a.Since.IsZero() {
			r.Since = a.Opened
		}
		if a.Site != "" {
			r.Href = "/sites/" + string(a.Site)
		}
		switch {
		case a.Ack != nil:
			r.Acked = l.T("central.taken_by", "name", tame(a.Ack.By, 64))
		case may:
			r.Post = "/alarms/" + string(a.Kind) + "/" + alarmSite(a.Site) + "/acknowledge"
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b alarmRow) int { return b.Since.Compare(a.Since) })
	return out[:min(len(out), 20)], nil
}

// everywhere stands in the address of an alarm that is about no single site.
const everywhere = "-"

func alarmSite(id central.SiteID) string {
	if id == "" {
		return everywhere
	}
	return string(id)
}

// acknowledge notes that somebody takes care of an alarm.
func (s *Server) acknowledge(c echo.Context) error {
	ctx := c.Request().Context()
	site := central.SiteID(c.Param("site"))
	if site == everywhere {
		site = ""
	} else if _, err := s.Site(c); err != nil {
		return err
	}
	key := central.AlarmKey(central.AlarmKind(c.Param("kind")), site)
	a, version, err := central.Alarms.Find(ctx, s.Store, key)
	if err != nil {
		return err
	}
	by := ui.Actor(c)
	a.Ack = &appliance.Ack{By: by.Name, At: s.Now()}
	if err := central.Alarms.Put(ctx, s.Store, key, a, version); err != nil {
		return err
	}
	s.audit(c, "alarm "+key, "alarm_took", "took the alarm "+a.Text(), map[string]any{"what": a.Title()})
	return ui.Done(c, "/", s.Lang(s.Frame(c, "")).T("central.alarm_taken"))
}
