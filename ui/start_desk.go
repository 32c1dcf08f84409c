package ui

import (
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// What a technician's Start shows at most. The lists have the rest.
const (
	maxOpen    = 25
	maxHandled = 50
	maxChanges = 40
)

// desk is the work: what nobody takes care of, worst first, what is handled, and what has changed lately.
func (s *Server) desk(sc *scene) (*view.Desk, error) {
	l := sc.l
	open, handled := onlyOf(sc.o.Problems, false), onlyOf(sc.o.Problems, true)
	list := view.NewList("/problems", nil, "-state")
	d := &view.Desk{Lead: sc.lead(sc.o), CSV: list.CSV()}
	if len(sc.o.Problems) > 0 {
		d.Chips = sc.chips(list, sc.o.Problems)
	}
	var err error
	if d.Table, err = s.table(sc.reader, open[:min(len(open), maxOpen)]); err != nil {
		return nil, err
	}
	if d.Handled, err = s.table(sc.reader, handled[:min(len(handled), maxHandled)]); err != nil {
		return nil, err
	}
	d.Table.Heads = sc.plainHeads()
	d.Handled.Heads = d.Table.Heads
	if len(sc.o.Problems) > len(open) || len(open) > maxOpen {
		d.All = l.T("start.all_problems", "n", len(sc.o.Problems))
	}
	d.Nothing = sc.nothingOpen()
	d.Paused = sc.paused()
	d.Quiet = sc.quietWords(len(handled), d.Paused)
	d.Changes, err = sc.changes()
	return d, err
}

// nothingOpen says why nobody has to act.
func (sc *scene) nothingOpen() view.Empty {
	l := sc.l
	if len(sc.o.Problems) > 0 {
		return view.Empty{Icon: "check", Title: l.T("start.open_none"), Text: l.T("start.open_none_text")}
	}
	e := view.Empty{Good: sc.stand.fine > 0 && sc.stand.unknown == 0, Icon: "circle-help", Title: l.T("problems.none"), Text: l.standing(sc.stand)}
	if e.Good {
		e.Title = l.T("start.open_good")
	}
	return e
}

// plainHeads are the columns of a table that does not sort.
func (sc *scene) plainHeads() []view.Head {
	heads := sc.heads(view.NewList("/problems", nil, ""))
	for i := range heads {
		heads[i].Href = ""
	}
	return heads
}

// paused are devices, and checks of other devices, that are not judged now.
func (sc *scene) paused() []view.PausedRow {
	var out []view.PausedRow
	for _, v := range sc.views {
		href := "/devices/" + v.ID.String()
		if v.Paused.Active(sc.now) {
			out = append(out, view.PausedRow{State: appliance.StatePaused.String(), Device: v.Name, Href: href, Why: sc.pauseText(v.Paused), Since: v.Paused.Since})
			continue
		}
		for _, c := range v.Checks {
			if c.Paused.Active(sc.now) {
				out = append(out, view.PausedRow{State: appliance.StatePaused.String(), Device: v.Name, Href: href, What: c.Name, Why: sc.pauseText(c.Paused), Since: c.Paused.Since})
			}
		}
		if v.Worst == appliance.StateMaintenance {
			out = append(out, view.PausedRow{State: v.Worst.String(), Device: v.Name, Href: href, Since: v.Since})
		}
	}
	return out
}

func (sc *scene) pauseText(p *appliance.Pause) string {
	if p.Until.IsZero() {
		return sc.l.T("start.paused_by", "name", sc.person(p.By), "reason", p.Reason)
	}
	return sc.l.T("start.paused_until", "name", sc.person(p.By), "reason", p.Reason, "until", sc.l.said(p.Until))
}

func (sc *scene) quietWords(handled int, paused []view.PausedRow) string {
	var words []string
	count := func(key string, n int) {
		if n > 0 {
			words = append(words, sc.l.T(key, "n", n))
		}
	}
	count("start.quiet_taken", handled)
	window := 0
	for _, p := range paused {
		if p.State == appliance.StateMaintenance.String() {
			window++
		}
	}
	count("start.quiet_window", window)
	count("start.quiet_paused", len(paused)-window)
	if len(words) == 0 {
		return ""
	}
	return sc.l.T("start.quiet", "list", strings.Join(words, ", "))
}

// changes are what states did in the last day, newest first. What only followed from another device's outage is left out, as it
// is from the problems.
func (sc *scene) changes() ([]view.ChangeRow, error) {
	events, err := sc.app.Events(sc.ctx, appliance.EventFilter{Since: sc.now.Add(-24 * time.Hour), Limit: 4 * maxChanges,
		Kinds: []appliance.EventKind{appliance.EventState, appliance.EventDevice, appliance.EventMonitor}})
	if err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(e appliance.Event) bool { return e.Cause != 0 })
	out := make([]view.ChangeRow, 0, maxChanges)
	for _, e := range events[:min(len(events), maxChanges)] {
		row := view.ChangeRow{At: e.At, Text: sc.l.Say(e.Message)}
		if e.Kind == appliance.EventState {
			row.State, row.What = e.To.String(), sc.l.Item(e.Item, e.Label)
		}
		if row.Device = sc.device(e.Device); row.Device != "" {
			row.Href = "/devices/" + e.Device.String()
		} else if e.Device != 0 {
			row.Device = sc.l.T("start.deleted")
		}
		out = append(out, row)
	}
	return out, nil
}
