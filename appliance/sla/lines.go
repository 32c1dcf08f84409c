package sla

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// lines tell what happened from the start until end and, while it is not due yet, what will until then.
func (c Clock) lines(end, due time.Time) []Line {
	last := end
	if c.Stop.IsZero() && due.After(end) {
		last = due
	}
	cuts := []time.Time{end, due}
	for _, p := range c.Pauses {
		cuts = append(cuts, p.From, p.Until)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	var list []Line
	add := func(from, to time.Time, open bool) {
		for _, cut := range append(cuts, to) {
			if !cut.After(from) {
				continue
			}
			stop := earlier(cut, to)
			if !from.Before(stop) {
				return
			}
			list = join(list, c.line(from, stop, end, due, open))
			from = stop
		}
	}
	t := c.Start
	for a, b := range c.Hours.Spans(c.Start, last) {
		add(t, a, false)
		add(a, b, true)
		t = b
	}
	add(t, last, false)
	for i := range list {
		if list[i].Kind == Closed {
			list[i].Free = c.Hours.free(list[i].From, list[i].To)
		}
	}
	return list
}

// line sorts a time in which nothing changes.
func (c Clock) line(from, to, end, due time.Time, open bool) Line {
	l := Line{Kind: Counted, From: from.In(c.Hours.Location()), To: to.In(c.Hours.Location())}
	if open {
		l.Minutes = int(to.Sub(from) / time.Minute)
	}
	p := c.pause(from)
	switch {
	case p != nil && from.Before(end):
		l.Kind, l.For = Halted, p.For
	case !open:
		l.Kind = Closed
	case !from.Before(end):
		l.Kind = Ahead
	case !due.IsZero() && !from.Before(due):
		l.Kind = Over
	}
	return l
}

// join adds a line, to the one before it when they say the same.
func join(list []Line, l Line) []Line {
	if n := len(list); n > 0 && list[n-1].Kind == l.Kind && list[n-1].For == l.For && list[n-1].To.Equal(l.From) {
		list[n-1].To = l.To
		list[n-1].Minutes += l.Minutes
		return list
	}
	return append(list, l)
}

// free are the public holidays that close hours between from and to which would be open otherwise.
func (h *Hours) free(from, to time.Time) (list []Free) {
	if h.holidays {
		return nil
	}
	last := calendar.DayOf(to.Add(-1).In(h.Location()))
	for d := calendar.DayOf(from.In(h.Location())); !d.After(last) && len(list) < 20; d = d.Add(1) {
		if f, ok := h.cal.Holiday(d); ok && h.touches(d, from, to) {
			list = append(list, Free{Day: d.String(), Key: f.Key, Name: f.Name})
		}
	}
	return list
}

// touches says whether one of the usual times of a day lies in closed time, as one of a holiday does.
func (h *Hours) touches(d calendar.Day, from, to time.Time) bool {
	return slices.ContainsFunc(h.week[d.Weekday()], func(s appliance.ServiceSpan) bool {
		return d.At(s.From, h.Location()).Before(to) && d.At(s.To, h.Location()).After(from)
	})
}
