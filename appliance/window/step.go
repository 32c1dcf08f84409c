package window

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// ways are the steps that a window may take from each state.
var ways = map[appliance.WindowState][]appliance.WindowState{
	appliance.WindowDraft:     {appliance.WindowAnnounced, appliance.WindowRunning, appliance.WindowCancelled},
	appliance.WindowAnnounced: {appliance.WindowDraft, appliance.WindowAnnounced, appliance.WindowConfirmed, appliance.WindowMoved, appliance.WindowRefused, appliance.WindowRunning, appliance.WindowDone, appliance.WindowCancelled},
	appliance.WindowConfirmed: {appliance.WindowDraft, appliance.WindowAnnounced, appliance.WindowMoved, appliance.WindowRefused, appliance.WindowRunning, appliance.WindowDone, appliance.WindowCancelled},
	appliance.WindowMoved:     {appliance.WindowDraft, appliance.WindowAnnounced, appliance.WindowConfirmed, appliance.WindowRefused, appliance.WindowCancelled},
	appliance.WindowRefused:   {appliance.WindowDraft, appliance.WindowAnnounced, appliance.WindowConfirmed, appliance.WindowCancelled},
	appliance.WindowRunning:   {appliance.WindowAnnounced, appliance.WindowConfirmed, appliance.WindowDone},
}

// Can says whether a window may take a step.
func Can(from, to appliance.WindowState) bool { return slices.Contains(ways[from], to) }

// maxHistory bounds the steps that are kept: a window that comes back daily takes two a day, which its runs tell.
const maxHistory = 200

// Step takes a window to another state, or says that this cannot be any more.
func Step(w *appliance.Window, to appliance.WindowState, by, note string, now time.Time) error {
	if !Can(w.State, to) {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "window.error.step",
			English: "this cannot be done with the window as it stands now (" + string(w.State) + "); open the page again"}}
	}
	w.State = to
	if len(w.History) >= maxHistory {
		w.History = slices.Delete(slices.Clone(w.History), 1, 2) // the first tells who made it
	}
	w.History = append(slices.Clip(w.History), appliance.WindowStep{At: now.UTC(), By: by, State: to, Note: text(note)})
	return nil
}

// Before is the state that a window goes back to between two of its times: what was said of it last.
func Before(w appliance.Window) appliance.WindowState {
	for _, s := range slices.Backward(w.History) {
		if s.State == appliance.WindowAnnounced || s.State == appliance.WindowConfirmed {
			return s.State
		}
	}
	return appliance.WindowAnnounced
}

// Earliest is when work may begin that is announced now with so many business days of notice: on Monday at 10 for Thursday
// at 10. The day of the announcement does not count, and neither do weekends and holidays.
func Earliest(cal *calendar.Calendar, now time.Time, days int) time.Time {
	l := now.In(cal.Location())
	return cal.Add(calendar.DayOf(l), days).At(l.Hour()*60+l.Minute(), cal.Location())
}

// Notice is how many business days lie between an announcement and the beginning of the work, at most 99.
func Notice(cal *calendar.Calendar, now, begin time.Time) int {
	n := 0
	for n < 99 && !Earliest(cal, now.Truncate(time.Minute), n+1).After(begin) {
		n++
	}
	return n
}

// Changed says that a window is no longer what was announced: when it is, what is done, or what it is about.
func Changed(old, w appliance.Window) bool {
	return !old.From.Equal(w.From) || !old.Until.Equal(w.Until) || old.Rule != w.Rule || old.Title != w.Title || old.Effect != w.Effect ||
		old.All != w.All || old.Kind != w.Kind || !slices.Equal(old.Devices, w.Devices) || !slices.Equal(old.Jobs, w.Jobs)
}
