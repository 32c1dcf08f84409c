package web

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// wrongRow is something that is wrong, with what proves it.
type wrongRow struct {
	State, Name, Why string
	Since            time.Time
	Taken            bool
}

type siteRow struct {
	State, Word, Name, Text string
	At                      time.Time
}

const listed = 50 // rows of one part; the rest is counted

// silence explains why nothing is heard of a site and what that means for everything else on the page.
func silence(l *ui.Lang, r *central.Row) *view.Note {
	st := &r.Status
	n := view.Note{Level: "warning"}
	switch st.Silent {
	case central.Lost:
		n = view.Note{Level: "critical", Title: l.T("central.quiet_lost"), Text: l.T("central.quiet_lost_text", "seen", st.Seen, "patience", r.Site.Patience())}
	case central.Overdue:
		n = view.Note{Level: "critical", Title: l.T("central.quiet_overdue"), Text: l.T("central.quiet_overdue_text", "seen", st.Seen, "reason", tame(l.Say(central.Stop(st.Stopping)), 100))}
	case central.Ours:
		n.Title, n.Text = l.T("central.quiet_ours"), l.T("central.quiet_ours_text")
	case central.Never:
		n.Title, n.Text = l.T("central.quiet_never"), l.T("central.quiet_never_text")
	case central.Stopped:
		n = view.Note{Level: "maintenance", Title: l.T("central.quiet_stopped"), Text: l.T("central.quiet_stopped_text", "reason", tame(l.Say(central.Stop(st.Stopping)), 100), "due", st.Due)}
	case central.Speaking:
		return nil
	}
	return &n
}

func siteLines(l *ui.Lang, r *central.Row, sum *message.Summary) []view.Line {
	st := &r.Status
	lines := []view.Line{{Name: l.T("central.version"), Value: tame(st.Facts.Version, 60), Mono: true}}
	add := func(word, value string) { lines = append(lines, view.Line{Name: l.T(word), Value: value}) }
	if st.Skew != 0 {
		add("central.skew", l.T("central.skew_text", "by", time.Duration(st.Skew).Abs()))
	}
	if st.Refused != "" {
		add("central.refused", tame(st.Refused, 200))
	}
	if st.Behind > 0 {
		add("central.behind", l.T("central.behind_text", "n", int64(min(st.Behind, 1<<40))))
	}
	if st.Lost > 0 {
		add("central.lost", l.T("central.lost_text", "n", int64(min(st.Lost, 1<<40))))
	}
	if st.Facts.Window != "" {
		add("central.window", tame(st.Facts.Window, 100))
	}
	if sum.Next != nil {
		text := l.When(sum.Next.From)
		if title := tame(sum.Next.Title, 100); title != "" { // a site may keep it to itself
			text += " · " + title
		}
		add("central.next_window", text)
	}
	if st.Facts.ContOf > 0 {
		add("central.contingent", l.T("central.contingent_text", "left", time.Duration(st.Facts.Contingent)*time.Minute, "of", time.Duration(st.Facts.ContOf)*time.Minute))
	}
	if st.Facts.Round != "" && rounds[st.Facts.Round] != "" {
		text := l.T("central.round_" + st.Facts.Round)
		if sum.Round != nil && sum.Round.By != "" {
			text += " · " + tame(sum.Round.By, 60)
		}
		add("nav.round", text)
	}
	add("central.group", "")
	add("central.note", tame(r.Site.Note, 300))
	if r.Site.Paused != "" {
		add("central.paused", tame(r.Site.Paused, 200))
	}
	return lines
}

// verdicts are the shapes of a backup's verdict.
var verdicts = map[string]string{"success": "ok", "warning": "warning", "failed": "critical", "running": "maintenance", "none": "nodata"}

func fillReport(l *ui.Lang, page *sitePage, sum *message.Summary, now time.Time) {
	bad := 0
	for _, d := range sum.Devices {
		if d.State == appliance.StateOK {
			continue
		}
		bad++
		if len(page.Wrong) < listed {
			page.Wrong = append(page.Wrong, wrongRow{State: d.State.String(), Name: tame(d.Name, 80), Why: tame(spoken(l, d.Words, d.Why), 200)})
		}
	}
	for _, i := range sum.Incidents.Worst {
		page.Wrong = append(page.Wrong, wrongRow{State: i.State.String(), Name: l.T("central.incident", "n", int64(i.ID)), Why: tame(spoken(l, i.Words, i.Title), 200), Since: i.Opened, Taken: i.Acked})
	}
	slices.SortStableFunc(page.Wrong, func(a, b wrongRow) int { return shapeRank[b.State] - shapeRank[a.State] })
	page.Devices = l.T("central.devices_text", "n", len(sum.Devices), "good", len(sum.Devices)-bad)
	for _, j := range sum.Backups[:min(len(sum.Backups), listed*4)] {
		r := siteRow{Name: tame(j.Name, 80), State: verdicts[j.Verdict], At: j.Good}
		if r.State == "" {
			r.State, r.Word = "paused", l.T("central.verdict_waiting")
		} else {
			r.Word = l.T("central.verdict_" + j.Verdict)
		}
		page.Backups = append(page.Backups, r)
	}
	for _, u := range sum.UPS[:min(len(sum.UPS), listed)] {
		r := siteRow{Name: tame(u.Name, 80), State: "ok", Word: l.T("central.on_mains"), Text: l.T("central.ups_text", "charge", u.Charge, "n", u.Minutes)}
		switch {
		case u.OnBattery:
			r.State, r.Word = "critical", l.T("central.on_battery", "n", u.Minutes)
		case u.Replace:
			r.State, r.Word = "warning", l.T("central.battery_bad")
		}
		page.UPS = append(page.UPS, r)
	}
	for _, k := range sum.Tickets.Clocks[:min(len(sum.Tickets.Clocks), listed)] {
		r := siteRow{Name: l.T("central.ticket", "n", int64(k.Ticket)), Text: tame(spoken(l, k.Words, k.Title), 120), At: k.Due, State: "ok", Word: l.T("central.clock_runs")}
		switch {
		case !k.Due.IsZero() && now.After(k.Due):
			r.State, r.Word = "critical", l.T("central.clock_missed")
		case k.Percent >= 80:
			r.State, r.Word = "warning", l.T("central.clock_near")
		}
		page.Clocks = append(page.Clocks, r)
	}
}

var shapeRank = map[string]int{"critical": 5, "warning": 4, "nodata": 3, "maintenance": 2, "paused": 1}
