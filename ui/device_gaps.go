package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// maxGaps is how many gaps are told one by one.
const maxGaps = 3

// gapCauses says since when and why numbers are missing, the longest gaps first. The journal knows: the appliance was away, the
// device did not answer, somebody had paused it. Gaps of one step are told as a number only.
func (s *Server) gapCauses(ctx context.Context, d *subject, c view.Chart, step time.Duration) ([]string, error) {
	found := gaps(c)
	if len(found) == 0 {
		return nil, nil
	}
	events, err := s.App.Events(ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventMonitor}, Since: c.From.Add(-24 * time.Hour), Limit: 1000})
	if err != nil {
		return nil, err
	}
	own, err := s.App.Events(ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Device: d.ID, Since: c.From.AddDate(0, -1, 0), Limit: 1000})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b [2]int64) int { return cmp.Compare(b[1]-b[0], a[1]-a[0]) })
	var says []string
	for i, g := range found {
		if i == maxGaps {
			says = append(says, d.l.T("device.gaps_more", "n", len(found)-maxGaps))
			break
		}
		from, to := time.Unix(g[0], 0), time.Unix(g[1], 0)
		if a, b, ok := awayIn(events, from, to, step); ok {
			says = append(says, d.gapSentence(c, a, b, "away"))
			continue
		}
		says = append(says, d.gapSentence(c, from, to, d.gapCause(own, to, g[0] == c.From.Unix())))
	}
	return says, nil
}

func (d *subject) gapSentence(c view.Chart, from, to time.Time, cause string) string {
	l := d.l
	why := l.T("device.cause_" + cause)
	switch {
	case cause == "before":
		return l.T("device.gap_before", "to", l.When(to))
	case !to.Before(c.To):
		return l.T("device.gap_since", "from", l.When(from), "why", why)
	case l.Date(from) == l.Date(to):
		return l.T("device.gap_day", "day", l.Day(from), "range", l.Range(from, to), "why", why)
	}
	return l.T("device.gap", "from", l.When(from), "to", l.When(to), "why", why)
}

// awayIn finds the absence of the appliance that makes a gap, to the second, when the gap is no longer than it.
func awayIn(monitor []appliance.Event, from, to time.Time, step time.Duration) (a, b time.Time, ok bool) {
	slack := 2 * max(step, time.Minute)
	for _, e := range monitor {
		a, b = eventTime(e, "from"), eventTime(e, "to")
		if !a.IsZero() && !b.IsZero() && !a.After(from.Add(slack)) && !b.Before(to.Add(-slack)) {
			return a, b, true
		}
	}
	return a, b, false
}

// gapCause is the word for why nothing was read until a time: paused, silent, unreachable, before or unknown. first is the gap
// before the first reading of the chart.
func (d *subject) gapCause(own []appliance.Event, to time.Time, first bool) string {
	// The state that held in the gap is the last one that began before its end.
	for _, e := range own { // newest first
		if e.Item != appliance.ItemAnswer || e.At.After(to) {
			continue
		}
		switch {
		case e.To == appliance.StatePaused:
			return "paused"
		case e.Cause != 0 || e.To == appliance.StateNoData && e.From != appliance.StateNoData:
			return "unreachable"
		case e.To == appliance.StateCritical:
			return "silent"
		}
		break
	}
	if first {
		return "before"
	}
	return "unknown"
}

// eventTime is a time among an event's arguments, as itself or as it comes out of the store.
func eventTime(e appliance.Event, name string) time.Time {
	switch x := e.Message.Args[name].(type) {
	case time.Time:
		return x
	case string:
		t, _ := time.Parse(time.RFC3339, x)
		return t
	}
	return time.Time{}
}
