package apptest

import (
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/window"
)

// Windows gives the sample's windows: those to come, then those that are over.
func (a *App) Windows(context.Context) ([]appliance.WindowView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var coming, over []appliance.WindowView
	for _, w := range a.windows {
		if v := a.windowView(w); v.Run != nil || !v.Next.IsZero() {
			coming = append(coming, v)
		} else {
			over = append(over, v)
		}
	}
	slices.SortFunc(coming, func(x, y appliance.WindowView) int { return x.Next.From.Compare(y.Next.From) })
	slices.SortFunc(over, func(x, y appliance.WindowView) int { return y.From.Compare(x.From) })
	return append(coming, over...), nil
}

func (a *App) windowView(w appliance.Window) appliance.WindowView {
	v := appliance.WindowView{Window: w}
	if w.State.Over() {
		return v
	}
	for _, s := range window.Times(w, a.site.Location(), a.now, a.now.Add(window.Horizon), 2) {
		if v.Next.IsZero() && s.From.After(w.Last) {
			v.Next = s
		}
	}
	for _, r := range a.windowRuns {
		if r.Window == w.ID && r.Until.IsZero() {
			v.Run, v.Next = &r, r.Plan
		}
	}
	return v
}

// Window gives one window.
func (a *App) Window(_ context.Context, id appliance.ID) (appliance.WindowView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.windows {
		if w.ID == id {
			return a.windowView(w), nil
		}
	}
	return appliance.WindowView{}, appliance.ErrNotFound
}

// WindowTimes gives the times to come.
func (a *App) WindowTimes(ctx context.Context, id appliance.ID, limit int) ([]appliance.WindowSpan, error) {
	v, err := a.Window(ctx, id)
	if err != nil || v.State.Over() {
		return nil, err
	}
	return window.Times(v.Window, a.site.Location(), a.now, a.now.Add(window.Horizon), limit), nil
}

// WindowRuns gives what took place.
func (a *App) WindowRuns(_ context.Context, id appliance.ID, limit int) (out []appliance.WindowRun, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range slices.Backward(a.windowRuns) {
		if (id == 0 || r.Window == id) && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

// SaveWindow stores a window.
func (a *App) SaveWindow(_ context.Context, by appliance.Actor, w *appliance.Window) error {
	return a.change("save window "+w.Title, appliance.Change{Config: true}, func() error {
		window.Tidy(w, a.site.Location())
		if err := window.Check(*w, a.site.Location()); err != nil {
			return err
		}
		if w.ID == 0 {
			w.ID, w.State, w.Created, w.By = appliance.ID(len(a.windows)+1), appliance.WindowDraft, a.now, by.Name
			w.History = []appliance.WindowStep{{At: a.now, By: by.Name, State: w.State}}
			a.windows = append(a.windows, *w)
			return nil
		}
		return a.withWindow(w.ID, func(old *appliance.Window) error {
			w.State, w.History, w.Created, w.By = old.State, old.History, old.Created, old.By
			*old = *w
			return nil
		})
	})
}

func (a *App) withWindow(id appliance.ID, do func(*appliance.Window) error) error {
	for i := range a.windows {
		if a.windows[i].ID == id {
			w := a.windows[i]
			if err := do(&w); err != nil {
				return err
			}
			w.Version++
			a.windows[i] = w
			return nil
		}
	}
	return appliance.ErrNotFound
}

func (a *App) stepWindow(what string, id appliance.ID, by appliance.Actor, to appliance.WindowState, note string, more func(*appliance.Window) error) error {
	return a.change(what+" window "+id.String(), appliance.Change{Config: true}, func() error {
		return a.withWindow(id, func(w *appliance.Window) error {
			if more != nil {
				if err := more(w); err != nil {
					return err
				}
			}
			return window.Step(w, to, by.Name, note, a.now)
		})
	})
}

// AnnounceWindow looks at the notice.
func (a *App) AnnounceWindow(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return a.stepWindow("announce", id, by, appliance.WindowAnnounced, "", func(w *appliance.Window) error {
		cal := calendar.Of(a.site)
		w.Notice = window.Notice(cal, a.now, window.Next(*w, cal.Location(), a.now).From)
		if w.Short = w.Notice < appliance.WindowNotice; w.Short && w.Kind != appliance.WindowEmergency {
			return appliance.Invalid("from", "window.error.notice", "too early", map[string]any{"earliest": window.Earliest(cal, a.now, appliance.WindowNotice)})
		}
		return nil
	})
}

// WindowInvite finds the window of "ask-<number>".
func (a *App) WindowInvite(ctx context.Context, secret string) (appliance.WindowView, string, error) {
	number, ok := strings.CutPrefix(secret, "ask-")
	id, err := appliance.ParseID(number)
	if !ok || err != nil {
		return appliance.WindowView{}, "", appliance.ErrNotFound
	}
	v, err := a.Window(ctx, id)
	if err == nil && (v.State == appliance.WindowDraft || v.State.Over()) {
		err = appliance.ErrNotFound
	}
	return v, "boss@example.org", err
}

// AnswerInvite answers as the one who was asked.
func (a *App) AnswerInvite(ctx context.Context, secret string, answer appliance.WindowAnswer) error {
	v, who, err := a.WindowInvite(ctx, secret)
	if err != nil {
		return err
	}
	return a.AnswerWindow(ctx, appliance.Actor{Name: who, Role: appliance.RoleKeyUser}, v.ID, answer)
}

// AnswerWindow keeps an answer.
func (a *App) AnswerWindow(_ context.Context, by appliance.Actor, id appliance.ID, answer appliance.WindowAnswer) error {
	if answer.Note == "" && answer.State != appliance.WindowConfirmed {
		return appliance.Invalid("note", "window.error.why", "say why the work should not be done", nil)
	}
	return a.stepWindow("answer "+string(answer.State), id, by, answer.State, answer.Note, func(w *appliance.Window) error {
		if w.Wish = ""; answer.State == appliance.WindowMoved {
			w.Wish = answer.Note
		}
		return nil
	})
}

// BeginWindow lets one run at once.
func (a *App) BeginWindow(ctx context.Context, by appliance.Actor, w *appliance.Window) error {
	w.ID, w.Kind, w.From = 0, appliance.WindowAdHoc, a.now
	if err := a.SaveWindow(ctx, by, w); err != nil {
		return err
	}
	return a.StartWindow(ctx, by, w.ID)
}

// StartWindow lets one run.
func (a *App) StartWindow(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return a.stepWindow("start", id, by, appliance.WindowRunning, "", func(w *appliance.Window) error {
		next := window.Next(*w, a.site.Location(), a.now)
		w.Last = next.From
		a.windowRuns = append(a.windowRuns, appliance.WindowRun{Window: id, Plan: next, From: a.now, By: by.Name})
		return nil
	})
}

// EndWindow ends what runs.
func (a *App) EndWindow(_ context.Context, by appliance.Actor, id appliance.ID, note string) error {
	return a.stepWindow("end", id, by, appliance.WindowDone, note, func(*appliance.Window) error {
		for i := range a.windowRuns {
			if r := &a.windowRuns[i]; r.Window == id && r.Until.IsZero() {
				r.Until, r.EndedBy, r.Note = a.now.Add(time.Second), by.Name, note
			}
		}
		return nil
	})
}

// ExtendWindow moves the end.
func (a *App) ExtendWindow(_ context.Context, _ appliance.Actor, id appliance.ID, until time.Time) error {
	return a.change("extend window "+id.String(), appliance.Change{Config: true}, func() error {
		for i := range a.windowRuns {
			if r := &a.windowRuns[i]; r.Window == id && r.Until.IsZero() {
				r.Plan.Until = until
			}
		}
		return nil
	})
}

// CancelWindow calls it off.
func (a *App) CancelWindow(_ context.Context, by appliance.Actor, id appliance.ID, at time.Time, note string) error {
	if !at.IsZero() {
		return a.change("skip window "+id.String(), appliance.Change{Config: true}, func() error {
			return a.withWindow(id, func(w *appliance.Window) error { w.Skips = append(w.Skips, at); return nil })
		})
	}
	return a.stepWindow("cancel", id, by, appliance.WindowCancelled, note, nil)
}

// DeleteWindow removes a draft.
func (a *App) DeleteWindow(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete window "+id.String(), appliance.Change{Config: true}, func() error {
		a.windows = slices.DeleteFunc(a.windows, func(w appliance.Window) bool { return w.ID == id })
		return nil
	})
}

// makeWindows announces one, repeats one, and has one behind it that kept something back.
func (a *App) makeWindows() {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, berlin()) }
	step := func(day int, by string, s appliance.WindowState, note string) appliance.WindowStep {
		return appliance.WindowStep{At: at(day, 10), By: by, State: s, Note: note}
	}
	a.windows = []appliance.Window{
		{ID: 1, Kind: appliance.WindowPlanned, Title: "Neue Firmware für die Firewall", Effect: "Kein Internet für etwa 20 Minuten", Comment: "Der Hersteller hat eine Lücke geschlossen.",
			All: true, From: at(26, 0), Until: at(26, 6), Mails: []string{"office@example.org"}, Remind: 24 * 60, State: appliance.WindowAnnounced, Notice: 5, Created: at(18, 9), By: "t.techniker",
			History: []appliance.WindowStep{step(18, "t.techniker", appliance.WindowDraft, ""), step(18, "t.techniker", appliance.WindowAnnounced, "")}},
		{ID: 2, Kind: appliance.WindowPlanned, Title: "Aktualisierungen der Server", Comment: "Monatliche Aktualisierungen", Devices: []appliance.ID{1, 2}, From: at(8, 0), Until: at(8, 6),
			Rule: "FREQ=MONTHLY;BYDAY=2SU", State: appliance.WindowConfirmed, Notice: 3, Last: at(8, 0), Created: at(2, 9), By: "t.techniker",
			History: []appliance.WindowStep{step(2, "t.techniker", appliance.WindowAnnounced, ""), step(3, "m.muster", appliance.WindowConfirmed, "")}},
		{ID: 3, Kind: appliance.WindowEmergency, Title: "Festplatte getauscht", Comment: "Eine Platte meldete Fehler.", Reason: "Die zweite Platte war schon auffällig.", Devices: []appliance.ID{1},
			From: at(12, 17), Until: at(12, 18), State: appliance.WindowDone, Short: true, Last: at(12, 17), Created: at(12, 15), By: "t.techniker",
			History: []appliance.WindowStep{step(12, "t.techniker", appliance.WindowAnnounced, ""), step(12, "siteward", appliance.WindowDone, "")}},
	}
	a.windowRuns = []appliance.WindowRun{
		{Window: 2, Plan: appliance.WindowSpan{From: at(8, 0), Until: at(8, 6)}, From: at(8, 0), Until: at(8, 6), By: "siteward", EndedBy: "siteward", Entry: 1},
		{Window: 3, Plan: appliance.WindowSpan{From: at(12, 17), Until: at(12, 18)}, From: at(12, 17), Until: at(12, 18), By: "siteward", EndedBy: "siteward", Entry: 2,
			Suppressed: []appliance.Suppressed{{StateKey: appliance.StateKey{Check: 1, Item: appliance.ItemAnswer}, Device: 1, Worst: appliance.StateCritical, First: at(12, 17).Add(4 * time.Minute),
				Last: at(12, 17).Add(22 * time.Minute), Times: 2, Why: appliance.Message{Key: "monitor.no_answer", English: "The device does not answer"}}}},
	}
}
