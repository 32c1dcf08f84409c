package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/store"
	"siteward/appliance/window"
)

// windowsEvery is how exactly windows begin and end by plan. Verdicts do not wait for it: they look at the plan themselves.
const windowsEvery = 5 * time.Second

// bySiteward begins and ends what goes by plan.
var bySiteward = appliance.Actor{Name: "siteward", Role: appliance.RoleAdministrator, Via: "plan"}

// watchWindows begins and ends windows by plan, and reminds of those to come.
func (d *Daemon) watchWindows(ctx context.Context) error {
	now := d.now()
	if !sane(now) {
		return nil
	}
	views, err := d.Windows(ctx)
	if err != nil {
		return err
	}
	var all []error
	for _, v := range views {
		switch {
		case v.Run != nil && !now.Before(v.Run.Plan.Until):
			all = append(all, d.endWindow(ctx, bySiteward, v.ID, "", v.Run.Plan.Until))
		case v.Run == nil && v.State.Due() && v.Next.Covers(now):
			all = append(all, d.startWindow(ctx, bySiteward, v.ID))
		case v.Run == nil && !v.Next.IsZero() && !now.Before(v.Next.Until):
			all = append(all, d.passWindow(v.Window))
		case v.Run == nil && v.Next.IsZero() && v.State.Due():
			all = append(all, d.closeWindow(v.Window))
		case v.Run == nil && v.State.Due() && v.Remind > 0 && !v.Next.From.Equal(v.Reminded) && !now.Before(v.Next.From.Add(-time.Duration(v.Remind)*time.Minute)):
			all = append(all, d.remindWindow(ctx, v))
		}
	}
	return errors.Join(all...)
}

// passWindow goes on to the next time of a window that did not take place: it was refused, or the appliance was off.
func (d *Daemon) passWindow(appliance.Window) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	return d.windowsChanged()
}

// closeWindow ends a window whose last time has passed while the appliance was off.
func (d *Daemon) closeWindow(w appliance.Window) error {
	err := d.editWindow(bySiteward, "audit.window_ended", w.ID, func(w *appliance.Window) error {
		return window.Step(w, appliance.WindowDone, bySiteward.Name, "", d.now())
	})
	return err
}

// BeginWindow is Windows.BeginWindow.
func (d *Daemon) BeginWindow(ctx context.Context, by appliance.Actor, w *appliance.Window) error {
	w.ID, w.Kind, w.Rule = 0, appliance.WindowAdHoc, ""
	if now := d.now(); w.From.IsZero() || w.From.After(now) || now.Sub(w.From) > time.Minute {
		w.From = now
	}
	if err := d.SaveWindow(ctx, by, w); err != nil {
		return err
	}
	if err := d.startWindow(ctx, by, w.ID); err != nil {
		return err
	}
	v, err := d.Window(ctx, w.ID)
	*w = v.Window
	return err
}

// StartWindow is Windows.StartWindow.
func (d *Daemon) StartWindow(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	return d.startWindow(ctx, by, id)
}

// startWindow lets a window run: its next time, which may be later by the plan.
func (d *Daemon) startWindow(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	v, err := d.Window(ctx, id)
	if err != nil {
		return err
	}
	now := d.now()
	r := appliance.WindowRun{Window: id, Plan: v.Next, From: clean(now), By: by.Name}
	if by.Name == bySiteward.Name { // a tick late, but it began by the plan
		r.From = clean(v.Next.From)
		if late := now.Sub(v.Next.From); late > time.Minute {
			r.From = clean(now)
		}
	}
	var w appliance.Window
	return d.changeWindow(by, "audit.window_began", id, &w, func(w *appliance.Window) error {
		if v.Next.IsZero() || !v.Next.Until.After(now) {
			return appliance.Invalid("from", "window.error.past", "the window lies in the past; choose another time", nil)
		}
		if err := window.Step(w, appliance.WindowRunning, by.Name, "", now); err != nil {
			return err
		}
		w.Last = v.Next.From.UTC()
		return nil
	}, func(tx *store.Tx, _ appliance.Window) error { return tx.PutWindowRun(&r) })
}

// EndWindow is Windows.EndWindow.
func (d *Daemon) EndWindow(ctx context.Context, by appliance.Actor, id appliance.ID, note string) error {
	return d.endWindow(ctx, by, id, note, d.now())
}

// ExtendWindow is Windows.ExtendWindow.
func (d *Daemon) ExtendWindow(ctx context.Context, by appliance.Actor, id appliance.ID, until time.Time) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	v, err := d.Window(ctx, id)
	if err != nil {
		return err
	}
	if v.Run == nil {
		return errNotRunning()
	}
	now := d.now()
	if !until.After(now) || until.Sub(v.Run.From) > window.MaxLength {
		return appliance.Invalid("until", "window.error.extend", "enter an end that is to come, at most 31 days after the beginning", nil)
	}
	r := *v.Run
	r.Plan.Until = until.UTC().Truncate(time.Second)
	var w appliance.Window
	return d.changeWindow(by, "audit.window_extended", id, &w, func(*appliance.Window) error { return nil },
		func(tx *store.Tx, _ appliance.Window) error { return tx.PutWindowRun(&r) })
}

func errNotRunning() error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "window.error.not_running", English: "the window does not run; open the page again"}}
}

// endWindow ends the time that runs: what it kept back is listed, the logbook has the entry, and states are told as they are.
func (d *Daemon) endWindow(ctx context.Context, by appliance.Actor, id appliance.ID, note string, at time.Time) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	v, err := d.Window(ctx, id)
	if err != nil {
		return err
	}
	if v.Run == nil {
		return errNotRunning()
	}
	r := *v.Run
	r.Until, r.EndedBy, r.Note = clean(at), by.Name, note
	if !r.Until.After(r.From) {
		r.Until = r.From.Add(time.Second)
	}
	if err := d.listHeld(ctx, v.Window, &r); err != nil {
		return err
	}
	e := d.windowEntry(v.Window, r, by)
	var w appliance.Window
	return d.changeWindow(by, "audit.window_ended", id, &w, func(w *appliance.Window) error {
		next := appliance.WindowDone
		if !nextOf(*w, d.location(), at).IsZero() {
			next = window.Before(*w)
		}
		return window.Step(w, next, by.Name, note, at)
	}, func(tx *store.Tx, w appliance.Window) error {
		if err := tx.AppendLogbook(&e); err != nil {
			return err
		}
		r.Entry = e.Seq
		if w.Kind != appliance.WindowAdHoc { // nobody was told that it began
			if err := d.tellWindow(tx, w, windowEnded, appliance.WindowSpan{From: r.From, Until: r.Until}, note); err != nil {
				return err
			}
		}
		return tx.PutWindowRun(&r)
	})
}

// windowEntry is the logbook's line about one time of a window.
func (d *Daemon) windowEntry(w appliance.Window, r appliance.WindowRun, by appliance.Actor) appliance.LogbookEntry {
	e := appliance.LogbookEntry{At: r.Until, By: by.Name, Party: logbook.PartyOf(by.Role), Kind: appliance.LogbookWindow, Devices: w.Devices,
		Subject: w.Title, Text: r.Note, Reason: w.Comment, Minutes: 0,
		Message: &appliance.Message{Key: "window.entry." + string(w.Kind), Args: map[string]any{"title": w.Title, "from": r.From, "until": r.Until, "n": len(r.Suppressed) + r.More},
			English: fmt.Sprintf("maintenance %q (%s) from %s to %s, %d alarms kept back", w.Title, w.Kind, r.From.Format(time.RFC3339), r.Until.Format(time.RFC3339), len(r.Suppressed)+r.More)}}
	if w.Reason != "" {
		e.Reason = w.Reason
	}
	if by.Name == bySiteward.Name {
		e.Party = appliance.PartySiteward
	}
	if rs := []rune(e.Reason); len(rs) > maxLogReason {
		e.Reason = string(rs[:maxLogReason])
	}
	if rs := []rune(e.Subject); len(rs) > maxLogWord {
		e.Subject = string(rs[:maxLogWord])
	}
	if len(e.Devices) > maxLogFiles*10 {
		e.Devices = nil
	}
	return e
}

// WindowRuns is Windows.WindowRuns. What a window that runs has kept back until now is worked out when somebody asks.
func (d *Daemon) WindowRuns(ctx context.Context, id appliance.ID, limit int) ([]appliance.WindowRun, error) {
	runs, err := d.store.WindowRuns(id, min(max(limit, 1), 1000))
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if !runs[i].Until.IsZero() {
			continue
		}
		if v, err := d.Window(ctx, runs[i].Window); err == nil {
			if err := d.listHeld(ctx, v.Window, &runs[i]); err != nil {
				return nil, err
			}
		}
	}
	return runs, nil
}
