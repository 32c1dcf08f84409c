package apptest

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
)

// sampleTraps are what devices of the sample site sent this morning, newest first.
func (a *App) sampleTraps() []appliance.Trap {
	at := func(d time.Duration) time.Time { return Present.Add(-d) }
	sw, ups := a.find("sw-core"), a.find("ups-1")
	vars := []appliance.TrapVar{{OID: "1.3.6.1.2.1.2.2.1.1.14", Name: "ifIndex.14", Value: "14"}, {OID: "1.3.6.1.2.1.2.2.1.8.14", Name: "ifOperStatus.14", Value: "2 (down)"}}
	return []appliance.Trap{
		{Seq: 6, At: at(4 * time.Minute), Last: at(2 * time.Minute), Count: 9_812, Fate: appliance.TrapDropped, Why: appliance.TrapStorm, Address: "192.0.2.20", Device: sw},
		{Seq: 5, At: at(4 * time.Minute), Last: at(time.Minute), Count: 3, Fate: appliance.TrapKnown, Address: "192.0.2.20", Device: sw, Version: "2c",
			OID: "1.3.6.1.6.3.1.1.5.3", Name: "linkDown", Vars: vars, Severity: appliance.SeverityWarning,
			Message: appliance.Message{Key: "trap.link_down", Args: map[string]any{"label": "Port 14"}, English: "linkDown: Port 14"}},
		{Seq: 4, At: at(50 * time.Minute), Last: at(50 * time.Minute), Count: 1, Fate: appliance.TrapKnown, Address: "192.0.2.30", Device: ups, Version: "2c", Inform: true,
			OID: "1.3.6.1.4.1.318.0.5", Name: "upsOnBattery", Severity: appliance.SeverityWarning, Message: appliance.Message{Key: "trap.ups_on_battery", Args: map[string]any{"label": ""}}},
		{Seq: 3, At: at(2 * time.Hour), Last: at(2 * time.Hour), Count: 1, Fate: appliance.TrapUnknown, Address: "192.0.2.20", Device: sw, Version: "2c",
			OID: "1.3.6.1.4.1.99999.0.7", Name: "enterprises.99999.0.7", Vars: []appliance.TrapVar{{OID: "1.3.6.1.4.1.99999.1", Name: "enterprises.99999.1", Value: `=cmd|' /C calc'!A0 <script>alert(1)</script>`}}},
		{Seq: 2, At: at(3 * time.Hour), Last: at(time.Hour), Count: 12, Fate: appliance.TrapUntrusted, Why: appliance.TrapReboots, Address: "192.0.2.30", Device: ups, Version: "3", User: "watcher",
			Engine: "800007e5017f000101", Detail: "the message says 1 starts and 5 s, the engine told 12 starts and 86400 s before"},
		{Seq: 1, At: at(5 * time.Hour), Last: at(5 * time.Hour), Count: 1, Fate: appliance.TrapMalformed, Why: appliance.TrapGarbled, Address: "198.51.100.7", Detail: "no SNMP message"},
	}
}

func (a *App) find(name string) appliance.ID {
	for id, d := range a.devices {
		if d.Name == name {
			return id
		}
	}
	return 0
}

// Traps are the sample's.
func (a *App) Traps(_ context.Context, f appliance.TrapFilter) ([]appliance.Trap, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []appliance.Trap
	for _, t := range a.sampleTraps() {
		if (len(f.Fates) == 0 || slices.Contains(f.Fates, t.Fate)) && (f.Device == 0 || t.Device == f.Device) && (f.Before == 0 || t.Seq < f.Before) && (f.Limit == 0 || len(out) < f.Limit) {
			out = append(out, t)
		}
	}
	return out, nil
}

// TrapReceiver runs, until SwitchTraps.
func (a *App) TrapReceiver(context.Context) appliance.TrapReceiver {
	a.mu.Lock()
	defer a.mu.Unlock()
	return appliance.TrapReceiver{On: !a.trapsOff, Address: "0.0.0.0:162", Since: Present.Add(-15 * time.Hour), Received: 10_412, Kept: 600, Untrusted: 12, Malformed: 1,
		Dropped: 9_812, Answered: 1, EngineID: "80007ed9050102030405060708", Boots: 4}
}

// SwitchTraps switches.
func (a *App) SwitchTraps(_ context.Context, _ appliance.Actor, on bool) error {
	what := "switch traps off"
	if on {
		what = "switch traps on"
	}
	return a.change(what, appliance.Change{Config: true}, func() error { a.trapsOff = !on; return nil })
}

// BelieveReboots is noted.
func (a *App) BelieveReboots(_ context.Context, _ appliance.Actor, device appliance.ID) error {
	return a.change("believe reboots of device "+device.String(), appliance.Change{Device: device}, func() error { return nil })
}
