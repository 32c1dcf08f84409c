package web

import (
	"slices"
	"strconv"
	"time"

	"siteward/central"
	"siteward/ui"
)

// cell is one cell of the fleet: a text, with a state before it when it needs somebody.
type cell struct {
	Label string // of the column, for telephones
	Text  string
	State string // "" when there is nothing to say
	At    time.Time
	Muted bool
	Long  bool // it may be broken anywhere
}

// column is one column of the fleet. A later noun is one row more in columns.
type column struct {
	name string // in the file
	kind string // of report that it is made from, which a site may keep to itself; "" for what each site tells
	word string // of the head
	cell func(l *ui.Lang, r *central.Row) cell
	file func(r *central.Row) string
}

// columns of the fleet besides the site and how it stands.
var columns = []column{
	{"last_report", "", "central.last_report", func(_ *ui.Lang, r *central.Row) cell { return cell{At: r.Status.Seen} },
		func(r *central.Row) string { return stamp(r.Status.Seen) }},
	{"backups_bad", "backup", "nav.backups", backups, func(r *central.Row) string { return strconv.Itoa(r.Status.Facts.JobsFailed + r.Status.Facts.JobsNone) }},
	{"ups_bad", "outage", "nav.power", power, func(r *central.Row) string { return strconv.Itoa(r.Status.Facts.OnBattery + r.Status.Facts.BatteryBad) }},
	{"incidents_open", "incident", "central.incidents", incidents, func(r *central.Row) string { return strconv.Itoa(r.Status.Facts.Incidents) }},
	{"clocks_near", "ticket", "central.clocks", clocks, func(r *central.Row) string { return strconv.Itoa(r.Status.Facts.Near + r.Status.Facts.Breached) }},
	{"round", "round", "nav.round", round, func(r *central.Row) string { return csvText(r.Status.Facts.Round) }},
	{"version", "", "central.version", func(_ *ui.Lang, r *central.Row) cell {
		return cell{Text: tame(r.Status.Facts.Version, 24), Muted: true, Long: true}
	},
		func(r *central.Row) string { return csvText(r.Status.Facts.Version) }},
}

// cellOf is the cell of a column. What a site keeps to itself is not 0.
func (c column) cellOf(l *ui.Lang, r *central.Row) cell {
	if c.kind != "" && slices.Contains(r.Status.Facts.Withheld, c.kind) {
		return cell{Text: l.T("central.withheld"), Muted: true}
	}
	return c.cell(l, r)
}

// fileOf is the same in the file: empty.
func (c column) fileOf(r *central.Row) string {
	if c.kind != "" && slices.Contains(r.Status.Facts.Withheld, c.kind) {
		return ""
	}
	return c.file(r)
}

func backups(l *ui.Lang, r *central.Row) cell {
	f := &r.Status.Facts
	switch {
	case f.Jobs == 0:
		return cell{Text: "–", Muted: true}
	case f.JobsFailed > 0:
		return cell{Text: l.T("central.jobs_failed", "n", f.JobsFailed, "of", f.Jobs), State: "critical"}
	case f.JobsNone > 0:
		return cell{Text: l.T("central.jobs_none", "n", f.JobsNone, "of", f.Jobs), State: "nodata"}
	}
	return cell{Text: l.T("central.jobs_good", "n", f.Jobs), State: "ok"}
}

func power(l *ui.Lang, r *central.Row) cell {
	f := &r.Status.Facts
	switch {
	case f.UPS == 0:
		return cell{Text: "–", Muted: true}
	case f.OnBattery > 0:
		return cell{Text: l.T("central.on_battery", "n", f.Runtime), State: "critical"}
	case f.BatteryBad > 0:
		return cell{Text: l.T("central.battery_bad"), State: "warning"}
	}
	return cell{Text: l.T("central.on_mains"), State: "ok"}
}

func incidents(l *ui.Lang, r *central.Row) cell {
	f := &r.Status.Facts
	switch {
	case f.Incidents == 0:
		return cell{Text: "–", Muted: true}
	case f.Unacked > 0:
		return cell{Text: l.T("central.unacked", "n", f.Incidents, "open", f.Unacked), State: "warning"}
	}
	return cell{Text: l.T("central.acked", "n", f.Incidents)}
}

func clocks(l *ui.Lang, r *central.Row) cell {
	f := &r.Status.Facts
	switch {
	case f.Breached > 0:
		return cell{Text: l.T("central.breached", "n", f.Breached), State: "critical"}
	case f.Near > 0:
		return cell{Text: l.T("central.near", "n", f.Near), State: "warning", At: f.NextDue}
	case f.Tickets > 0:
		return cell{Text: l.T("central.tickets", "n", f.Tickets), Muted: true}
	}
	return cell{Text: "–", Muted: true}
}

// rounds are the words of a round and their shapes.
var rounds = map[string]string{"signed": "ok", "open": "warning", "missed": "critical"}

func round(l *ui.Lang, r *central.Row) cell {
	shape, known := rounds[r.Status.Facts.Round]
	if !known {
		return cell{Text: "–", Muted: true}
	}
	return cell{Text: l.T("central.round_" + r.Status.Facts.Round), State: shape}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// csvText bounds a text of a site for a file; ui.WriteCSV keeps it from being a formula.
func csvText(s string) string { return tame(s, 200) }
