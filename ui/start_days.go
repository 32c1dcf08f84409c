package ui

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

const (
	stripDays  = 30
	stripLines = 4 // exceptions that are told; the list has all of them
	// awayMost is how long the appliance may be away, all in all, on a day that counts as looked after.
	awayMost = time.Hour
)

// strip is how the last days went: each is as bad as the worst that happened on it.
type strip struct {
	edges []time.Time // of the days, one more than there are days
	worst []appliance.State
	away  []time.Duration
	lines []view.StripLine
}

// days is the strip of the last thirty days, from what is kept: incidents, maintenance that took place, and when nobody looked.
func (sc *scene) days() (*view.Strip, error) {
	now := sc.now.In(sc.l.zone())
	d := strip{worst: make([]appliance.State, stripDays), away: make([]time.Duration, stripDays)}
	for i := range stripDays + 1 {
		d.edges = append(d.edges, time.Date(now.Year(), now.Month(), now.Day()-stripDays+1+i, 0, 0, 0, 0, now.Location()))
	}
	for _, fill := range []func(*scene, *strip) error{(*scene).stripAway, (*scene).stripWindows, (*scene).stripIncidents} {
		if err := fill(sc, &d); err != nil {
			return nil, err
		}
	}
	return sc.showStrip(&d), nil
}

// span gives the days that a time touches, first to last, exclusive.
func (d *strip) span(from, to time.Time) (first, last int) {
	for i := range stripDays {
		if !from.Before(d.edges[i+1]) {
			first = i + 1
		}
		if to.After(d.edges[i]) {
			last = i + 1
		}
	}
	return first, last
}

// mark notes a state on each day that a time touches, where it is worse than what is known of the day, and says whether there is one.
func (d *strip) mark(from, to time.Time, s appliance.State) bool {
	first, last := d.span(from, to)
	for i := first; i < last; i++ {
		if stripRank(s) > stripRank(d.worst[i]) {
			d.worst[i] = s
		}
	}
	return first < last
}

func stripRank(s appliance.State) int {
	return slices.Index([]appliance.State{appliance.StateOK, appliance.StateMaintenance, appliance.StateNoData, appliance.StateWarning, appliance.StateCritical}, s)
}

// stripAway marks the days before the site was there, and those on which the appliance was away for long.
func (sc *scene) stripAway(d *strip) error {
	if !sc.site.Created.IsZero() {
		d.mark(d.edges[0].Add(-1), sc.site.Created, appliance.StateNoData)
		if first, _ := d.span(sc.site.Created, sc.site.Created); first < stripDays {
			d.worst[first] = appliance.StateOK // the day itself is looked after
		}
	}
	events, err := sc.app.Events(sc.ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventMonitor}, Since: d.edges[0], Limit: 1000})
	if err != nil {
		return err
	}
	for _, e := range events {
		from, to := eventTime(e, "from"), eventTime(e, "to")
		if from.IsZero() || !to.After(from) {
			continue
		}
		first, last := d.span(from, to)
		for i := first; i < last; i++ {
			d.away[i] += earliest(to, d.edges[i+1]).Sub(latest(from, d.edges[i]))
			if d.away[i] > awayMost {
				d.worst[i] = appliance.StateNoData
			}
		}
	}
	return nil
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (sc *scene) stripWindows(d *strip) error {
	runs, err := sc.app.WindowRuns(sc.ctx, 0, 100)
	if err != nil {
		return err
	}
	windows, err := sc.app.Windows(sc.ctx)
	if err != nil {
		return err
	}
	for _, r := range runs {
		until := r.Until
		if until.IsZero() {
			until = sc.now
		}
		if !d.mark(r.From, until, appliance.StateMaintenance) {
			continue
		}
		if i := slices.IndexFunc(windows, func(w appliance.WindowView) bool { return w.ID == r.Window }); i >= 0 {
			d.lines = append(d.lines, view.StripLine{At: r.From, State: appliance.StateMaintenance.String(), Href: "/maintenance/" + r.Window.String(),
				Text: sc.l.T("start.days_line", "when", sc.l.windowSpan(r.From, until), "what", windows[i].Title)})
		}
	}
	return nil
}

func (sc *scene) stripIncidents(d *strip) error {
	incidents, err := sc.app.Incidents(sc.ctx, appliance.IncidentFilter{Limit: 200})
	if err != nil {
		return err
	}
	for _, i := range incidents {
		if i.With != 0 || i.Muted == appliance.StateMaintenance || i.Worst != appliance.StateCritical && i.Worst != appliance.StateWarning {
			continue
		}
		lasted := i.Lasted(sc.now)
		if !d.mark(i.Opened, i.Opened.Add(max(lasted, time.Second)), i.Worst) {
			continue
		}
		d.lines = append(d.lines, view.StripLine{At: i.Opened, State: i.Worst.String(), Href: "/incidents/" + i.ID.String(),
			Text: sc.l.T("start.days_line", "when", sc.l.ShortDate(i.Opened)+", "+sc.l.Duration(lasted), "what", sc.l.Say(i.Title()))})
	}
	return nil
}

func (sc *scene) showStrip(d *strip) *view.Strip {
	out := &view.Strip{From: sc.l.ShortDate(d.edges[0])}
	count := map[appliance.State]int{}
	for _, s := range d.worst {
		count[s]++
		out.Days = append(out.Days, s.String())
	}
	for _, part := range []struct {
		n   int
		key string
	}{
		{count[appliance.StateOK], "start.days_fine"}, {count[appliance.StateCritical], "start.days_problem"}, {count[appliance.StateWarning], "start.days_warning"},
		{count[appliance.StateMaintenance], "start.days_window"}, {count[appliance.StateNoData], "start.days_unknown"},
	} {
		if part.n > 0 {
			if out.Sum != "" {
				out.Sum += ", "
			}
			out.Sum += sc.l.T(part.key, "n", part.n)
		}
	}
	out.Sum += "."
	slices.SortStableFunc(d.lines, func(a, b view.StripLine) int { return b.At.Compare(a.At) })
	if len(d.lines) > stripLines {
		out.More = true
		d.lines = d.lines[:stripLines]
	}
	out.Lines = d.lines
	return out
}
