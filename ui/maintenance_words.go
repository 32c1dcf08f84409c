package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// windowShapes are the states whose shape and colour a window has. A window is no trouble but when somebody has to act on it.
var windowShapes = map[appliance.WindowState]appliance.State{
	appliance.WindowDraft: appliance.StatePaused, appliance.WindowAnnounced: appliance.StateMaintenance, appliance.WindowConfirmed: appliance.StateOK,
	appliance.WindowMoved: appliance.StateWarning, appliance.WindowRefused: appliance.StateWarning, appliance.WindowRunning: appliance.StateMaintenance,
	appliance.WindowDone: appliance.StateOK, appliance.WindowCancelled: appliance.StatePaused,
}

// windowSpan says from when to when: "Thu 26 Nov, 00:00–06:00", or both days.
func (l *Lang) windowSpan(from, until time.Time) string {
	a, b := l.Local(from), l.Local(until)
	if a.YearDay() == b.YearDay() && a.Year() == b.Year() {
		return l.Day(a) + ", " + l.Range(a, b)
	}
	return l.T("maintenance.span", "from", l.Day(a)+", "+l.Clock(a), "until", l.Day(b)+", "+l.Clock(b))
}

// again says how a window comes back, in words where there are some.
func (l *Lang) again(w appliance.Window) string {
	if w.Rule == "" {
		return ""
	}
	at := l.Local(w.From)
	weekday := l.T("maintenance.weekday_" + strconv.Itoa(int(at.Weekday())))
	rule := w.Rule
	if i := strings.Index(rule, ";UNTIL="); i >= 0 {
		rule = rule[:i]
	}
	nth := (at.Day()-1)/7 + 1
	code := weekdayCode(at)
	switch rule {
	case "FREQ=DAILY":
		return l.T("maintenance.again_daily")
	case "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=" + code:
		return l.T("maintenance.again_weekly", "day", weekday)
	case fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", nth, code):
		return l.T("maintenance.again_nth", "nth", l.T("maintenance.nth_"+strconv.Itoa(nth)), "day", weekday)
	case fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", at.Day()), "FREQ=MONTHLY":
		return l.T("maintenance.again_monthday", "day", at.Day())
	}
	return l.T("maintenance.again_rule", "rule", w.Rule)
}

func weekdayCode(t time.Time) string {
	return []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[t.Weekday()]
}

// windowRow makes a window a line. names gives the names of devices.
func (l *Lang) windowRow(v appliance.WindowView, about string) view.WindowRow {
	from, until := v.From, v.Until
	switch {
	case v.Run != nil:
		from, until = v.Run.From, v.Run.Plan.Until
	case !v.Next.IsZero():
		from, until = v.Next.From, v.Next.Until
	case !v.Last.IsZero() && v.Rule != "":
		from, until = v.Last, v.Last.Add(v.Until.Sub(v.From))
	}
	row := view.WindowRow{Href: "/maintenance/" + v.ID.String(), Title: v.Title, State: windowShapes[v.State].String(), Word: l.T("maintenance.state_" + string(v.State)),
		From: from, When: l.windowSpan(from, until), Again: l.again(v.Window), Effect: v.Effect, About: about, Short: v.Short}
	switch {
	case v.Kind == appliance.WindowAdHoc:
		row.Notice, row.Short = l.T("maintenance.notice_none"), true
	case v.State == appliance.WindowDraft:
	case v.Short:
		row.Notice = l.T("maintenance.notice_short", "n", v.Notice)
	default:
		row.Notice = l.T("maintenance.notice_kept", "n", v.Notice)
	}
	return row
}

// windowAbout says what a window is about: the first names, and how many more.
func (l *Lang) windowAbout(w appliance.Window, names map[appliance.ID]string, jobs map[appliance.ID]string) string {
	if w.All {
		return l.T("maintenance.all")
	}
	var list []string
	for _, id := range w.Devices {
		if n := names[id]; n != "" {
			list = append(list, n)
		}
	}
	for _, id := range w.Jobs {
		if n := jobs[id]; n != "" {
			list = append(list, n)
		}
	}
	if n := len(list); n > 3 {
		return l.T("maintenance.about_more", "names", strings.Join(list[:3], ", "), "n", n-3)
	}
	return strings.Join(list, ", ")
}
