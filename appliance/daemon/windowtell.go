package daemon

import (
	"context"

	"siteward/appliance"
)

// windowNews is what is told of a window.
type windowNews string

const (
	windowAnnounced windowNews = "announced"
	windowReminder  windowNews = "reminder"
	windowAnswered  windowNews = "answered"
	windowCancelled windowNews = "cancelled"
)

// tellWindow tells everybody named about a window.
func (d *Daemon) tellWindow(context.Context, appliance.Window, windowNews) error { return nil }

// remindWindow tells everybody that a window is about to begin.
func (d *Daemon) remindWindow(ctx context.Context, v appliance.WindowView) error {
	w, err := d.editWindow(bySiteward, "audit.window_reminded", v.ID, func(w *appliance.Window) error {
		w.Reminded = v.Next.From.UTC()
		return nil
	})
	if err != nil {
		return err
	}
	return d.tellWindow(ctx, w, windowReminder)
}

// tellWindowRun tells everybody named that a window is over.
func (d *Daemon) tellWindowRun(context.Context, appliance.Window, appliance.WindowRun) error {
	return nil
}
