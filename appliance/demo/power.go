package demo

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/ups"
)

// tests are when the UPS has tested its battery: a few seconds on it, every fortnight.
var tests = []time.Duration{26*day + 2*time.Hour, 12*day + 2*time.Hour}

// rememberPower writes what the UPS has been through, and what people know of its battery.
func (d *Demo) rememberPower(ctx context.Context, now time.Time) error {
	dev := d.named(ctx, "ups-1")
	began := now.Add(-time.Duration(d.o.Days) * day)
	events := powerEvents(dev.ID, now)
	events = slices.DeleteFunc(events, func(e appliance.UPSEvent) bool { return e.At.Before(began) })
	for i := range events {
		events[i].Told = []string{"poll"}
	}
	err := d.Daemon.Store().Update(func(tx *store.Tx) error {
		for i := range events {
			if err := tx.PutUPSEvent(&events[i]); err != nil {
				return err
			}
		}
		for _, o := range ups.Fold(events, now) {
			if o.Kind == appliance.UPSOutageReal {
				before, promised, load := 100.0, 38*60.0, 26.0
				lowest := before - 44*float64(o.End.Sub(o.Start))/float64(26*time.Minute) // longer than promised: a third of the load was off at night
				o.ChargeBefore, o.LowestCharge, o.Announced, o.Load = &before, &lowest, &promised, &load
				ups.Measure(&o)
			}
			if err := tx.PutUPSOutage(o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.Daemon.SaveUPSCare(ctx, byDemo, dev.ID, appliance.UPSCare{Installed: now.AddDate(-2, -2, 0).Format(time.DateOnly),
		ReplaceBy: now.AddDate(1, 10, 0).Format(time.DateOnly), TestEvery: 14})
}

// powerEvents are the events of outages and tests, oldest first.
func powerEvents(id appliance.ID, now time.Time) []appliance.UPSEvent {
	var out []appliance.UPSEvent
	add := func(ago time.Duration, kind appliance.UPSEventKind, text string) {
		out = append(out, appliance.UPSEvent{Device: id, At: now.Add(-ago).Truncate(time.Second), Kind: kind, Text: text})
	}
	for _, s := range outages {
		add(s.ago, appliance.UPSOnBattery, "upsOutputSource = battery(5)")
		add(s.ago-s.lasted, appliance.UPSOnLine, "upsOutputSource = normal(3)")
	}
	for _, ago := range tests {
		add(ago, appliance.UPSSelfTestStarted, "upsTestResultsSummary = inProgress(5)")
		add(ago-12*time.Second, appliance.UPSSelfTestPassed, "upsTestResultsSummary = donePass(1)")
	}
	slices.SortFunc(out, func(a, b appliance.UPSEvent) int { return a.At.Compare(b.At) })
	return out
}

// rememberCoverage is what was bought for the devices: one of it ends soon.
func (d *Demo) rememberCoverage(ctx context.Context, now time.Time) error {
	until := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	for name, list := range map[string][]appliance.Coverage{
		"fw-1":    {{Kind: appliance.CoverageSubscription, Until: until(212), Name: "UTM", Reference: "4471-2026"}},
		"nas-1":   {{Kind: appliance.CoverageWarranty, Until: until(540)}},
		"sw-core": {{Kind: appliance.CoverageWarranty, Until: until(1900)}},
	} {
		if err := d.Daemon.SaveCoverage(ctx, byDemo, d.named(ctx, name).ID, list); err != nil {
			return err
		}
	}
	return nil
}
