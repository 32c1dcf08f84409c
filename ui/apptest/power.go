package apptest

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	upsthink "siteward/appliance/ups"
)

func figure(x float64) *float64 { return &x }

// outages of the sample UPS, newest first: a self-test, a power cut of four minutes, a calibration.
func outages() []appliance.UPSOutage {
	return []appliance.UPSOutage{
		{Device: 5, Kind: appliance.UPSOutageTest, Start: at(4, 3, 0), End: at(4, 3, 0).Add(14 * time.Second), Result: appliance.UPSTestPassed, LowestCharge: figure(98),
			Announced: figure(2340), Text: "self-test: passed", Told: []string{"poll", "trap"}, Events: 3},
		{Device: 5, Kind: appliance.UPSOutageReal, Start: at(8, 19, 4), End: at(8, 19, 8).Add(12 * time.Second), ChargeBefore: figure(100), LowestCharge: figure(86), Announced: figure(2340),
			LowestRuntime: figure(1980), Measured: figure(1800), Load: figure(27), Cause: "blackout", Text: "on battery: 97 % charged, 2290 s left, 27 % load, blackout", Told: []string{"poll", "trap"}, Events: 2},
		{Device: 5, Kind: appliance.UPSOutageCalibration, Start: at(79, 11, 40), End: at(79, 12, 6), ChargeBefore: figure(100), LowestCharge: figure(31), Announced: figure(2460), Measured: figure(2261),
			Text: "calibrating", Told: []string{"poll"}, Events: 2},
	}
}

// UPSes are those of the sample site.
func (a *App) UPSes(ctx context.Context) ([]appliance.UPSView, error) {
	devices, err := a.Devices(ctx)
	if err != nil {
		return nil, err
	}
	var out []appliance.UPSView
	for _, d := range devices {
		var best appliance.Reading
		var check appliance.ID
		for _, c := range d.Checks {
			if r, err := a.LastReading(ctx, c.ID); err == nil && upsthink.Tells(r) {
				best, check = r, c.ID
			}
		}
		if check == 0 && d.Kind != appliance.KindUPS {
			continue
		}
		history, err := a.UPSOutages(ctx, appliance.UPSFilter{Device: d.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, upsthink.View(d, check, best, history, a.Now()))
	}
	return out, nil
}

// UPSEvents are none: pages show outages.
func (a *App) UPSEvents(context.Context, appliance.UPSFilter) ([]appliance.UPSEvent, error) {
	return []appliance.UPSEvent{{ID: 1, Device: 5, At: at(8, 19, 4), Kind: appliance.UPSOnBattery, Text: "on battery", Told: []string{"poll", "trap"}}}, nil
}

// UPSOutages are those of the sample UPS.
func (a *App) UPSOutages(_ context.Context, f appliance.UPSFilter) ([]appliance.UPSOutage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.outages), func(o appliance.UPSOutage) bool {
		return f.Device != 0 && o.Device != f.Device || !f.Since.IsZero() && o.Start.Before(f.Since)
	}), nil
}

// SetOutages replaces the outages of the sample UPSes.
func (a *App) SetOutages(list []appliance.UPSOutage) { a.mu.Lock(); a.outages = list; a.mu.Unlock() }

// SaveUPSCare keeps what is known of a battery.
func (a *App) SaveUPSCare(_ context.Context, _ appliance.Actor, device appliance.ID, care appliance.UPSCare) error {
	return a.change("battery of device "+device.String(), appliance.Change{Config: true}, func() error {
		d, ok := a.devices[device]
		if !ok {
			return appliance.ErrNotFound
		}
		d.UPS = &care
		a.devices[device] = d
		return nil
	})
}
