package web

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/central"
)

// month is a month with what was told in it.
type month struct {
	from, to time.Time
	reports  []central.Report
	events   []central.Event // oldest first
	entries  []appliance.LogbookEntry
	cut      bool // more was told than is read
}

// Bounds of what is read for a month.
const (
	monthParts  = 30
	monthEvents = 50_000
)

// monthPart is how many events are read at once.
var monthPart = 10_000

// A site sends what happened up to three months later, and its clock may be wrong by any time.
const (
	atMostLate  = 93 * 24 * time.Hour
	atMostAhead = 48 * time.Hour
)

// happened is when something happened: by the clock of the site, unless that cannot be right; then it is when we heard of it.
func happened(e *central.Event) time.Time {
	if e.Time.After(e.Received.Add(atMostAhead)) || e.Time.Before(e.Received.Add(-atMostLate)) {
		return e.Received
	}
	return e.Time
}

func (m *month) has(t time.Time) bool { return !t.Before(m.from) && t.Before(m.to) }

func (s *Server) readMonth(ctx context.Context, c echo.Context, id central.SiteID) (m month, err error) {
	at, err := time.ParseInLocation("2006-01", c.Param("month"), s.Zone)
	if err != nil || at.Year() < 2000 || at.After(s.Now()) {
		return m, appliance.ErrNotFound
	}
	m.from, m.to = at, at.AddDate(0, 1, 0)
	prefix := string(id) + "/"
	m.reports, err = central.DayReports.List(ctx, s.Store, central.RecordRange{From: prefix + at.Format(time.DateOnly), To: prefix + m.to.Format(time.DateOnly), Limit: 40})
	if err != nil {
		return m, err
	}
	// The newest come first, so that an old month is behind all that was told since.
	f := central.EventFilter{Site: id, Since: m.from.Add(-atMostAhead), Limit: monthPart}
	for n := 1; ; n++ {
		list, err := s.Store.Events(ctx, f)
		if err != nil {
			return m, err
		}
		for i := range list {
			if m.has(happened(&list[i])) {
				m.events = append(m.events, list[i])
			}
		}
		if len(list) < f.Limit {
			break
		}
		if f.Before = list[len(list)-1].N; n == monthParts || len(m.events) > monthEvents {
			m.cut = true
			break
		}
	}
	slices.Reverse(m.events)
	return m, nil
}

// readEntries adds the entries of the logbook that were made in the month, as far as the copy was checked.
func (s *Server) readEntries(ctx context.Context, m *month, book *central.LogbookCopy) error {
	r := central.RecordRange{From: central.LogbookKey(book.Site, book.Part, 0), To: central.LogbookKey(book.Site, book.Part, uint64(book.Size)+1), Reverse: true, Limit: 1000} //nolint:gosec // not negative
	for book.Size > 0 {
		lines, err := central.LogbookLines.List(ctx, s.Store, r)
		if err != nil {
			return err
		}
		for _, line := range lines {
			e, err := logbook.Parse(line.Record)
			if err != nil {
				continue // it was checked when it came
			}
			r.To = central.LogbookKey(book.Site, book.Part, e.Seq)
			if e.Written.Before(m.from) && e.At.Before(m.from) {
				slices.Reverse(m.entries)
				return nil
			}
			if m.has(e.At) {
				m.entries = append(m.entries, e)
			}
		}
		if len(lines) < r.Limit {
			break
		}
	}
	slices.Reverse(m.entries)
	return nil
}

// last gives the newest word of a type about each thing, the oldest thing first.
func last[T any](m *month, kind string) (out []T) {
	at := map[string]int{}
	for i := range m.events {
		e := &m.events[i]
		var v T
		if e.Type != kind || json.Unmarshal(e.Data, &v) != nil {
			continue
		}
		if n, ok := at[e.Subject]; ok && e.Subject != "" {
			out[n] = v
			continue
		}
		at[e.Subject] = len(out)
		out = append(out, v)
	}
	return out
}

// each gives every word of a type.
func each[T any](m *month, kind string) (out []T) {
	for i := range m.events {
		var v T
		if m.events[i].Type == kind && json.Unmarshal(m.events[i].Data, &v) == nil {
			out = append(out, v)
		}
	}
	return out
}

// days are the states of the days until now: the last report of each, or worse when an incident of that day was. Reports are kept by the
// day in UTC.
func (m *month) days(now time.Time) (states []string, heard int) {
	told := map[string]string{}
	for _, r := range m.reports {
		var sum message.Summary
		if json.Unmarshal(r.Data, &sum) == nil {
			told[r.Received.UTC().Format(time.DateOnly)] = sum.State.String()
		}
	}
	incidents := last[message.Incident](m, message.TypeIncident)
	for d := m.from; d.Before(m.to) && !d.After(now); d = d.AddDate(0, 0, 1) {
		state := told[d.Format(time.DateOnly)]
		if state == "" {
			states = append(states, "nodata")
			continue
		}
		heard++
		for _, v := range incidents {
			if worst := max(v.Worst, v.State).String(); v.Opened.Before(d.AddDate(0, 0, 1)) && (v.Closed.IsZero() || v.Closed.After(d)) && shapeRank[worst] > shapeRank[state] {
				state = worst
			}
		}
		states = append(states, state)
	}
	return states, heard
}

// trouble is how long and how often a device had an incident.
type trouble struct {
	device    appliance.ID
	name      string
	incidents int
	time      time.Duration
}

// troubles gives it of each device within the month; incidents of one device that overlap count once.
func (m *month) troubles(now time.Time) (out []trouble) {
	type span struct{ from, to time.Time }
	spans, at := map[appliance.ID][]span{}, map[appliance.ID]int{}
	end := m.to
	if now.Before(end) {
		end = now
	}
	for _, v := range last[message.Incident](m, message.TypeIncident) {
		if v.Device == 0 {
			continue
		}
		n, ok := at[v.Device]
		if !ok {
			n = len(out)
			at[v.Device], out = n, append(out, trouble{device: v.Device})
		}
		out[n].name = v.Name
		out[n].incidents++
		to := v.Closed
		if to.IsZero() || to.After(end) {
			to = end
		}
		from := v.Opened
		if from.Before(m.from) {
			from = m.from
		}
		if to.After(from) {
			spans[v.Device] = append(spans[v.Device], span{from, to})
		}
	}
	for i := range out {
		list := spans[out[i].device]
		slices.SortFunc(list, func(a, b span) int { return a.from.Compare(b.from) })
		var until time.Time
		for _, v := range list {
			if v.from.Before(until) {
				v.from = until
			}
			if v.to.After(v.from) {
				out[i].time += v.to.Sub(v.from)
				until = v.to
			}
		}
	}
	return out
}
