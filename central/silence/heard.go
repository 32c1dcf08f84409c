package silence

import (
	"time"

	"siteward/appliance"
	"siteward/central"
)

// Heard notes that a valid word came from a site: it is not silent, and is waited for anew. What was said about its silence ends.
func Heard(t *central.Taking, now time.Time) error {
	st := &t.Status
	was, since := st.Silent, st.Since
	st.Seen, st.Silent, st.Since, st.Stopping, st.Until = now, central.Speaking, time.Time{}, "", time.Time{}
	st.Due, st.Refused = time.Time{}, ""
	if t.Site.Paused == "" {
		st.Due = now.Add(t.Site.Patience())
	}
	switch was {
	case central.Lost, central.Overdue:
		if err := turn(t, central.Turn{At: now, Back: true, Silent: was, From: st.Facts.State, To: st.Facts.State, Why: after(since, now)}); err != nil {
			return err
		}
		if err := central.CloseAlarm(t, central.AlarmOverdue, now); err != nil {
			return err
		}
		return central.CloseAlarm(t, central.AlarmSilent, now)
	case central.Speaking, central.Stopped, central.Ours, central.Never:
	}
	return nil
}

func after(since, now time.Time) string {
	if since.IsZero() {
		return ""
	}
	return "after " + now.Sub(since).Round(time.Minute).String()
}

func turn(t *central.Taking, v central.Turn) error {
	v.Site, v.Name, v.Group, v.Version = t.Site.ID, t.Site.Name, t.Site.Group, t.Status.Facts.Version
	r, err := central.Turns.Set(central.TurnKey(v), v, 0)
	r.Any, r.Expires = true, v.At.AddDate(1, 0, 0)
	t.Write = append(t.Write, r)
	return err
}

// How long a site that goes on purpose may stay away when it does not say until when.
const (
	restarts = 30 * time.Minute // it said that it comes back at once
	stays    = 24 * time.Hour
	// atMost is how long a site may announce to be away: who closes for longer is paused here, by somebody who knows.
	atMost = 92 * 24 * time.Hour
)

// Stopping notes that a site goes on purpose, and until when it means to, by central's clock; zero when it did not say. Call it
// after Heard.
func Stopping(t *central.Taking, reason string, back bool, until, now time.Time) {
	st := &t.Status
	if last := now.Add(atMost); until.After(last) {
		until = last
	}
	st.Silent, st.Since, st.Stopping, st.Until = central.Stopped, now, reason, until
	switch {
	case t.Site.Paused != "":
		st.Due = time.Time{}
	case until.After(now):
		st.Due = until.Add(t.Site.Patience())
	case back:
		st.Due = now.Add(restarts)
	default:
		st.Due = now.Add(stays)
	}
}

// effective is when a site is silent: not before we have been back for as long as it may take, and not within an announced window.
func effective(r *central.Row, back time.Time) time.Time {
	due := r.Status.Due
	if !back.IsZero() && due.Before(back.Add(r.Site.Patience())) {
		due = back.Add(r.Site.Patience())
	}
	to := r.Status.Facts.WindowTo
	if last := r.Status.Seen.Add(atMost); to.After(last) {
		to = last
	}
	if r.Status.Facts.State == appliance.StateMaintenance && due.Before(to.Add(r.Site.Patience())) {
		due = to.Add(r.Site.Patience())
	}
	return due
}

// late says that a report of a site is overdue, though it is not called silent yet.
func late(r *central.Row, now time.Time) bool {
	every := time.Duration(r.Site.Every)
	if every <= 0 {
		every = central.DefaultEvery
	}
	return now.After(r.Status.Seen.Add(every + every/4))
}

// How many make many: a fifth of those that speak but five at least, or fifty anyhow.
const (
	manyLeast = 5
	manyPart  = 5
	manyMost  = 50
)

func many(silent, of int) bool {
	return silent >= manyLeast && (silent*manyPart >= of || silent >= manyMost)
}
