package daemon

import (
	"context"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/logbook"
	"siteward/appliance/store"
	"siteward/appliance/ups"
)

// UPSes is App.UPSes.
func (d *Daemon) UPSes(ctx context.Context) ([]appliance.UPSView, error) {
	var out []appliance.UPSView
	for _, dev := range d.live.mayBeUPS() {
		check, reading, told := d.upsReading(ctx, dev)
		if !told && dev.Kind != appliance.KindUPS {
			continue
		}
		outages, err := d.store.UPSOutages(appliance.UPSFilter{Device: dev.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, ups.View(dev, check, reading, outages, d.now()))
	}
	return out, nil
}

// mayBeUPS gives the devices with a check that could tell of a UPS, and those that are said to be one, by name. It is asked each time
// that incidents are looked at, so the views of all others are not made for it.
func (l *live) mayBeUPS() (out []appliance.DeviceView) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, id := range l.views.order {
		tells := func(check appliance.ID) bool { return mayTellOfUPS(l.checks[check]) }
		if l.devices[id].Kind == appliance.KindUPS || slices.ContainsFunc(l.byDevice[id], tells) {
			out = append(out, l.view(id))
		}
	}
	return out
}

// upsReading is the reading that tells most of a UPS; told is false when none ever did.
func (d *Daemon) upsReading(ctx context.Context, dev appliance.DeviceView) (check appliance.ID, best appliance.Reading, told bool) {
	for _, c := range dev.Checks {
		if !mayTellOfUPS(c) {
			continue
		}
		r, err := d.LastReading(ctx, c.ID)
		if err == nil && ups.Tells(r) && (!told || len(r.Statuses)+len(r.Values) > len(best.Statuses)+len(best.Values)) {
			check, best, told = c.ID, r, true
		}
	}
	return check, best, told
}

func mayTellOfUPS(c appliance.Check) bool {
	return c.Probe != appliance.ProbePing && c.Probe != appliance.ProbeTCP && c.Probe != appliance.ProbeHTTP
}

// enterBattery writes into the logbook that a battery was put in, when a person enters its day or another one.
func (d *Daemon) enterBattery(tx *store.Tx, by appliance.Actor, was appliance.Device, care appliance.UPSCare) error {
	before := ""
	if was.UPS != nil {
		before = was.UPS.Installed
	}
	if care.Installed == "" || care.Installed == before {
		return nil
	}
	e := appliance.LogbookEntry{By: by.Name, Party: logbook.PartyOf(by.Role), Kind: appliance.LogbookBattery, Devices: []appliance.ID{was.ID},
		Message: &appliance.Message{Key: "power.entry_battery", Args: map[string]any{"day": care.Installed}, English: "the battery was put in on " + care.Installed}}
	if before != "" {
		e.Message = &appliance.Message{Key: "power.entry_battery_new", Args: map[string]any{"day": care.Installed, "before": before},
			English: "the battery was put in on " + care.Installed + " in place of the one of " + before}
	}
	return tx.AppendLogbook(&e)
}

// SaveUPSCare is App.SaveUPSCare. Like a pause it is what people do, so it holds for devices of the site file too.
func (d *Daemon) SaveUPSCare(ctx context.Context, by appliance.Actor, device appliance.ID, care appliance.UPSCare) error {
	old, ok := d.live.device(device)
	if !ok {
		return appliance.ErrNotFound
	}
	care.Installed, care.ReplaceBy = strings.TrimSpace(care.Installed), strings.TrimSpace(care.ReplaceBy)
	if err := first(config.ValidateUPSCare(care, d.now())); err != nil {
		return err
	}
	err := d.change(by, "audit.ups_care", "device", old.Name, func(tx *store.Tx) error {
		dev, err := tx.Device(device)
		if err != nil {
			return err
		}
		dev.UPS = &care
		if care == (appliance.UPSCare{}) {
			dev.UPS = nil
		}
		if err := tx.PutDevice(&dev); err != nil {
			return err
		}
		return d.enterBattery(tx, by, old, care)
	})
	if err != nil {
		return err
	}
	return d.lookAtUPSes(ctx)
}
