package daemon

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/store"
	"siteward/appliance/window"
)

// editWindow changes one window, its line in the audit with it, and works out anew what runs.
func (d *Daemon) editWindow(by appliance.Actor, key string, id appliance.ID, edit func(*appliance.Window) error, more ...func(*store.Tx, appliance.Window) error) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	var w appliance.Window
	return d.changeWindow(by, key, id, &w, edit, more...)
}

// changeWindow is called while busy is held; more goes into the same step of the store.
func (d *Daemon) changeWindow(by appliance.Actor, key string, id appliance.ID, w *appliance.Window, edit func(*appliance.Window) error, more ...func(*store.Tx, appliance.Window) error) error {
	v, err := d.Window(context.Background(), id)
	if err != nil {
		return err
	}
	err = d.change(by, key, "maintenance window", v.Title, func(tx *store.Tx) error {
		if *w, err = tx.Window(id); err != nil {
			return err
		}
		if err := edit(w); err != nil {
			return err
		}
		for _, f := range more {
			if err := f(tx, *w); err != nil {
				return err
			}
		}
		return tx.PutWindow(w)
	})
	if err == nil {
		d.told()
		err = d.windowsChanged()
	}
	return err
}

// windowsChanged takes windows that were edited into account at once.
func (d *Daemon) windowsChanged() error {
	if err := d.recallWindows(); err != nil {
		return err
	}
	d.judgeWindows()
	d.live.generation.Add(1)
	d.changes.publish(appliance.Change{Config: true})
	return nil
}

// judgeWindows lets the states follow a window that has begun or ended.
func (d *Daemon) judgeWindows() {
	d.tickAll()
	if err := d.lookAtBackups(); err != nil {
		d.log.Error("the backup jobs could not be judged", "err", err)
	}
}

// SaveWindow is Windows.SaveWindow.
func (d *Daemon) SaveWindow(_ context.Context, by appliance.Actor, w *appliance.Window) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	if err := d.checkWindow(w); err != nil {
		return err
	}
	now := d.now()
	err := d.change(by, verb(w.ID, "window"), "maintenance window", w.Title, func(tx *store.Tx) error {
		if w.ID == 0 {
			w.State, w.Created, w.By = appliance.WindowDraft, clean(now), by.Name
			w.History = []appliance.WindowStep{{At: clean(now), By: by.Name, State: appliance.WindowDraft}}
			return tx.PutWindow(w)
		}
		old, err := tx.Window(w.ID)
		if err != nil {
			return err
		}
		if err := ownedByFile(old.Owner); err != nil {
			return err
		}
		if !window.Can(old.State, appliance.WindowDraft) && old.State != appliance.WindowDraft {
			return window.Step(&old, appliance.WindowDraft, "", "", now)
		}
		w.State, w.History, w.Created, w.By, w.Owner, w.Last, w.Reminded, w.Skips = old.State, old.History, old.Created, old.By, old.Owner, old.Last, old.Reminded, old.Skips
		w.Notice, w.Short, w.Wish, w.Invites = old.Notice, old.Short, old.Wish, old.Invites
		if w.Version == 0 {
			w.Version = old.Version
		}
		if !w.From.Equal(old.From) || w.Rule != old.Rule {
			w.Skips = nil
		}
		if old.State != appliance.WindowDraft && window.Changed(old, *w) { // what was announced was something else
			if err := window.Step(w, appliance.WindowDraft, by.Name, "", now); err != nil {
				return err
			}
		}
		return tx.PutWindow(w)
	})
	if err != nil {
		return err
	}
	return d.windowsChanged()
}

// checkWindow puts what was entered in order and says what of it cannot be kept.
func (d *Daemon) checkWindow(w *appliance.Window) error {
	loc := d.location()
	window.Tidy(w, loc)
	if err := window.Check(*w, loc); err != nil {
		return err
	}
	for _, id := range w.Devices {
		if _, ok := d.live.device(id); !ok {
			return appliance.Invalid("devices", "window.error.device", "there is no such device", nil)
		}
	}
	for _, id := range w.Jobs {
		if _, ok := d.backups.job(id); !ok {
			return appliance.Invalid("jobs", "window.error.job", "there is no such backup job", nil)
		}
	}
	return nil
}

// DeleteWindow is Windows.DeleteWindow.
func (d *Daemon) DeleteWindow(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	d.windows.busy.Lock()
	defer d.windows.busy.Unlock()
	v, err := d.Window(ctx, id)
	if err != nil {
		return err
	}
	if v.State != appliance.WindowDraft {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "window.error.delete",
			English: "a window that was announced stays as a record; cancel it instead"}}
	}
	if err := d.change(by, "audit.window_deleted", "maintenance window", v.Title, func(tx *store.Tx) error { return tx.DeleteWindow(id) }); err != nil {
		return err
	}
	return d.windowsChanged()
}

// AnnounceWindow is Windows.AnnounceWindow.
func (d *Daemon) AnnounceWindow(_ context.Context, by appliance.Actor, id appliance.ID) error {
	now, cal := d.now(), d.calendar()
	contacts, err := d.store.Contacts()
	if err != nil {
		return err
	}
	var next appliance.WindowSpan
	var to []appliance.Recipient
	return d.editWindow(by, "audit.window_announced", id, func(w *appliance.Window) (err error) {
		to = d.invite(w, contacts)
		next, err = announceWindow(w, cal, by.Name, now)
		return err
	}, func(tx *store.Tx, w appliance.Window) error {
		return d.tellWindow(tx, w, windowAnnounced, next, "", to...)
	})
}

// announceWindow takes the step of an announcement, which has to be early enough, and gives the time that is announced.
func announceWindow(w *appliance.Window, cal *calendar.Calendar, by string, now time.Time) (appliance.WindowSpan, error) {
	next := window.Next(*w, cal.Location(), now)
	if next.From.Before(now) {
		return next, appliance.Invalid("from", "window.error.past", "the window lies in the past; choose another time", nil)
	}
	w.Notice = window.Notice(cal, now, next.From)
	w.Short = w.Notice < appliance.WindowNotice
	if w.Short && w.Kind != appliance.WindowEmergency {
		earliest := window.Earliest(cal, now.Truncate(time.Minute).Add(time.Minute), appliance.WindowNotice)
		return next, appliance.Invalid("from", "window.error.notice", "planned work is announced three business days ahead, so it may begin on "+
			earliest.Format("2006-01-02 15:04")+" at the earliest; what cannot wait is an emergency, with its reason", map[string]any{"earliest": earliest})
	}
	w.Wish = ""
	return next, window.Step(w, appliance.WindowAnnounced, by, "", now)
}

// AnswerWindow is Windows.AnswerWindow.
func (d *Daemon) AnswerWindow(_ context.Context, by appliance.Actor, id appliance.ID, a appliance.WindowAnswer) error {
	keys := map[appliance.WindowState]string{appliance.WindowConfirmed: "audit.window_confirmed", appliance.WindowMoved: "audit.window_moved", appliance.WindowRefused: "audit.window_refused"}
	if keys[a.State] == "" {
		return appliance.Invalid("state", "window.error.answer", "answer with confirmed, moved or refused", nil)
	}
	if len(a.Note) > 4*maxLogReason {
		return appliance.Invalid("note", "window.error.long", "this is too long to be kept; shorten it", map[string]any{"max": maxLogReason})
	}
	if a.Note == "" && a.State == appliance.WindowMoved {
		return appliance.Invalid("note", "window.error.wish", "say which time suits you", nil)
	}
	if a.Note == "" && a.State == appliance.WindowRefused {
		return appliance.Invalid("note", "window.error.why", "say why the work should not be done", nil)
	}
	err := d.editWindow(by, keys[a.State], id, func(w *appliance.Window) error {
		if w.Wish = ""; a.State == appliance.WindowMoved {
			w.Wish = a.Note
		}
		return window.Step(w, a.State, by.Name, a.Note, d.now())
	}, func(tx *store.Tx, w appliance.Window) error {
		news := map[appliance.WindowState]windowNews{appliance.WindowConfirmed: windowConfirmed, appliance.WindowMoved: windowMoved, appliance.WindowRefused: windowRefused}
		return d.tellWindow(tx, w, news[a.State], nextOf(w, d.location(), d.now()), a.Note)
	})
	return err
}

// CancelWindow is Windows.CancelWindow.
func (d *Daemon) CancelWindow(_ context.Context, by appliance.Actor, id appliance.ID, at time.Time, note string) error {
	now, told, next := d.now(), false, appliance.WindowSpan{}
	at = at.Truncate(time.Second)
	err := d.editWindow(by, "audit.window_cancelled", id, func(w *appliance.Window) error {
		told, next = w.State != appliance.WindowDraft, nextOf(*w, d.location(), now)
		if at.IsZero() || w.Rule == "" {
			return window.Step(w, appliance.WindowCancelled, by.Name, note, now)
		}
		if !window.At(*w, d.location(), at) || w.State.Over() || at.Before(now) {
			return appliance.Invalid("at", "window.error.no_time", "the window does not take place at that time", nil)
		}
		next = window.Next(*w, d.location(), at)
		w.Skips = append(w.Skips, at.UTC())
		return nil
	}, func(tx *store.Tx, w appliance.Window) error {
		news := windowCancelled
		if w.State != appliance.WindowCancelled {
			news = windowSkipped
		}
		if !told {
			return nil
		}
		return d.tellWindow(tx, w, news, next, note)
	})
	return err
}
