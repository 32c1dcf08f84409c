package demo

import (
	"context"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/store"
)

// windows are one that was announced, whose number it gives, and one that is behind the practice and kept a call back.
func (d *Demo) windows(ctx context.Context, cal *calendar.Calendar, now time.Time) (appliance.ID, error) {
	today := calendar.DayOf(now.In(cal.Location()))
	at := func(day calendar.Day, hour int) time.Time { return day.At(hour*60, cal.Location()).UTC() }
	first, last := cal.Add(today, -9), cal.Add(today, 5)
	var core, nas appliance.ID
	if v, ok := d.device(ctx, "sw-core"); ok {
		core = v.ID
	}
	if v, ok := d.device(ctx, "nas-1"); ok {
		nas = v.ID
	}
	over := appliance.Window{Kind: appliance.WindowPlanned, Title: "Neue Firmware für den Switch", Effect: "Etwa zehn Minuten kein Netz", Comment: "Der Hersteller hat eine Sicherheitslücke geschlossen.",
		Devices: []appliance.ID{core}, From: at(first, 18), Until: at(first, 20), State: appliance.WindowDone, Notice: 5, Last: at(first, 18), Created: at(cal.Add(first, -6), 9), By: byTechnician.Name,
		History: []appliance.WindowStep{{At: at(cal.Add(first, -6), 9), By: byTechnician.Name, State: appliance.WindowAnnounced}, {At: at(cal.Add(first, -5), 10), By: byDesk.Name, State: appliance.WindowConfirmed},
			{At: at(first, 20), By: appliance.PartySiteward, State: appliance.WindowDone}}}
	err := d.Daemon.Store().Update(func(tx *store.Tx) error {
		if err := tx.PutWindow(&over); err != nil {
			return err
		}
		return tx.PutWindowRun(&appliance.WindowRun{Window: over.ID, Plan: appliance.WindowSpan{From: over.From, Until: over.Until}, From: over.From, Until: over.Until, By: appliance.PartySiteward, EndedBy: appliance.PartySiteward,
			Suppressed: []appliance.Suppressed{{StateKey: appliance.StateKey{Item: appliance.ItemAnswer}, Device: core, Worst: appliance.StateCritical, First: over.From.Add(12 * time.Minute),
				Last: over.From.Add(19 * time.Minute), Times: 2, Why: appliance.Message{Key: "monitor.no_answer", English: "The device does not answer"}}}})
	})
	if err != nil {
		return 0, fmt.Errorf("window that is over: %w", err)
	}
	planned := appliance.Window{Kind: appliance.WindowPlanned, Title: "Aktualisierungen des Dateiservers", Effect: "Der Dateiserver ist nachts nicht erreichbar", Comment: "Aktualisierungen des Herstellers, danach ein Neustart.",
		Devices: []appliance.ID{nas}, From: at(last, 0), Until: at(last, 6), Remind: 24 * 60}
	if err := d.Daemon.SaveWindow(ctx, byTechnician, &planned); err != nil {
		return 0, fmt.Errorf("window to come: %w", err)
	}
	return planned.ID, d.Daemon.AnnounceWindow(ctx, byTechnician, planned.ID)
}
