package apptest

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
)

// at is a time of the morning shown, days before today.
func at(days, hour, minute int) time.Time {
	return time.Date(Present.Year(), Present.Month(), Present.Day()-days, hour, minute, 12, 0, Present.Location())
}

// New makes the sample site: what it holds and how it stands is in the table of devices.
func New() *App {
	a := &App{now: Present, sources: sampleSources(), devices: map[appliance.ID]appliance.Device{}, checks: map[appliance.ID]appliance.Check{},
		credentials: map[appliance.ID]appliance.Credential{}, users: map[appliance.ID]appliance.User{}, tokens: map[appliance.ID]appliance.Token{},
		states: map[appliance.ID][]appliance.StateRecord{}, readings: map[appliance.ID]appliance.Reading{}, answers: map[appliance.ID]appliance.Reading{},
		identities: map[appliance.ID]appliance.Identity{}, silent: map[appliance.ID]time.Time{}, generation: 1, last: 100, book: newBook()}
	a.site = appliance.Site{Name: "Praxis am Markt", Language: "en", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE",
		Hotline: "030 555 0100", Provider: "Nordlicht IT", Created: Began}
	a.around()
	for _, d := range devices() {
		a.add(d)
	}
	a.discover()
	a.stocktake()
	a.audit()
	a.outages = outages()
	slices.SortStableFunc(a.events, func(x, y appliance.Event) int { return x.At.Compare(y.At) })
	for i := range a.events {
		a.events[i].Seq = uint64(i + 1)
	}
	a.checkbook()
	a.fillDesk()
	a.makeRounds()
	a.makeSpots()
	a.makeWindows()
	a.makeContacts()
	return a
}

// phase is a reading that a check gives again and again from a time on.
type phase struct {
	from time.Time
	r    appliance.Reading
}

type sampleCheck struct {
	appliance.Check
	phases []phase // none: it never ran
}

type sampleDevice struct {
	appliance.Device
	identity appliance.Identity
	checks   []sampleCheck
}

// add stores a device and has the monitor judge its phases, so that states, evidence and journal are what they would be.
func (a *App) add(d sampleDevice) {
	if d.Created.IsZero() {
		d.Created = Began
	}
	d.Version = 1
	a.devices[d.ID] = d.Device
	a.identities[d.ID] = d.identity
	for i, c := range d.checks {
		c.ID, c.Device, c.Created, c.Version = d.ID*10+appliance.ID(i), d.ID, d.Created, 1
		c.Owner = d.Owner
		a.checks[c.ID] = c.Check
		for n, p := range c.phases {
			until := Present
			if d.Paused != nil {
				until = d.Paused.Since
			}
			if n+1 < len(c.phases) {
				until = c.phases[n+1].from
			}
			a.live(d.Device, c.Check, p, until)
		}
		if p := d.Paused; p != nil {
			a.tickAt(c.Check, p.Since)
		}
		a.tick(c.Check)
		a.seriesOf(c.Check)
	}
}

// live runs a phase: some readings at its beginning, which confirm it, and one at its end.
func (a *App) live(d appliance.Device, c appliance.Check, p phase, until time.Time) {
	times := []time.Time{p.from, p.from.Add(time.Minute), p.from.Add(2 * time.Minute), p.from.Add(3 * time.Minute), until.Add(-time.Duration(c.ID%7+4) * time.Second)}
	for _, t := range times {
		r := p.r
		r.Check, r.At = c.ID, t
		if r.Failure != nil {
			if _, ok := a.silent[d.ID]; !ok {
				a.silent[d.ID] = p.from
			}
		}
		v := monitor.Judge(monitor.Input{Device: awake(d), Check: c, Reading: r, Previous: a.states[c.ID], Now: t.Add(r.Took), Way: a.way(d)})
		a.states[c.ID] = v.States
		a.readings[c.ID] = r
		if r.Failure == nil {
			a.answers[c.ID] = r
		}
		for _, e := range v.Events {
			a.record(e)
		}
	}
}

// awake is the device before its pause began: what ran then was judged.
func awake(d appliance.Device) appliance.Device { d.Paused = nil; return d }

func (a *App) way(d appliance.Device) monitor.Way {
	for _, p := range d.Parents {
		if _, down := a.silent[p]; down {
			return monitor.Way{Down: p}
		}
	}
	return monitor.Way{}
}

func (a *App) seriesOf(c appliance.Check) {
	for _, v := range a.answers[c.ID].Values {
		a.series = append(a.series, appliance.SeriesInfo{ID: uint32(len(a.series) + 1), Label: v.Label, Unit: v.Unit, //nolint:gosec // a few hundred
			Step: time.Duration(c.Interval), Last: a.answers[c.ID].At, SeriesKey: appliance.SeriesKey{Check: c.ID, Metric: v.Metric, Instance: v.Instance}})
	}
}

// around is what is no device: people, credentials, jobs, the appliance itself.
func (a *App) around() {
	for i, c := range []appliance.Credential{
		{Name: "snmp-v3", SNMPVersion: "3", User: "siteward", AuthProtocol: "SHA-256", Auth: appliance.Secret{Value: "not for your eyes"}, PrivProtocol: "AES-128", Priv: appliance.Secret{Value: "not for your eyes either"}},
		{Name: "public-v2c", SNMPVersion: "2c", Community: appliance.Secret{Env: "SITEWARD_SECRET_COMMUNITY"}, Owner: "site.yaml"},
		{Name: "nas-ssh", Kind: appliance.CredentialSSH, User: "siteward", Key: appliance.Secret{File: "nas-ssh"}},
	} {
		c.ID, c.Version = appliance.ID(i+1), 1
		a.credentials[c.ID] = c
	}
	for i, u := range []appliance.User{
		{Name: "m.muster", FullName: "M. Muster", Role: appliance.RoleAdministrator, SignedIn: at(0, 7, 58)},
		{Name: "s.techniker", FullName: "S. Techniker", Role: appliance.RoleTechnician, Language: "de", SignedIn: at(1, 14, 2)},
		{Name: "empfang", FullName: "Empfang", Role: appliance.RoleKeyUser, SignedIn: at(0, 8, 20)},
		{Name: "wand", FullName: "Wandanzeige", Role: appliance.RoleViewer, Disabled: true},
	} {
		u.ID, u.Created, u.Version = appliance.ID(i+1), Began, 1
		a.users[u.ID] = u
	}
	for i, t := range []appliance.Token{
		{Name: "prometheus", Role: appliance.RoleViewer, Created: Began, By: "m.muster", Expires: Present.AddDate(1, 0, 0), Used: at(0, 8, 41)},
		{Name: "inventory", Role: appliance.RoleTechnician, Created: Began, By: "m.muster", Expires: Present.AddDate(0, 0, 9)},
	} {
		t.ID = appliance.ID(i + 1)
		a.tokens[t.ID] = t
	}
	a.jobs = []appliance.JobRun{
		{Name: "verify", Schedule: "every day at 02:40", Began: at(0, 2, 40), Took: 1800 * time.Millisecond, Next: at(-1, 2, 40)},
		{Name: "backup", Schedule: "every day at 03:10", Began: at(0, 3, 10), Took: 4200 * time.Millisecond, Next: at(-1, 3, 10)},
		{Name: "retention", Schedule: "every day at 03:40", Began: at(0, 3, 40), Took: 300 * time.Millisecond, Error: "no space left on device", Failed: at(0, 3, 40), Next: at(-1, 3, 40)},
		{Name: "sessions", Schedule: "every 1 h", Began: at(0, 8, 0), Took: 20 * time.Millisecond, Next: at(0, 9, 0)},
	}
	a.health = appliance.Health{Ping: "datagram", Checks: 19, Running: 1, LastRun: Present.Add(-4 * time.Second), WatchdogOK: true,
		Store: appliance.StoreHealth{Bytes: 214_500_000, FreeBytes: 21_400_000_000, Schema: 3, Verified: at(0, 2, 40), BackedUp: at(0, 3, 10)}}
}

// audit is what people did, and what happened to the appliance itself.
func (a *App) audit() {
	by := func(t time.Time, key, english, who, object string, device appliance.ID) appliance.Event {
		return appliance.Event{At: t, Kind: appliance.EventAudit, Device: device, By: who, Object: object,
			Message: appliance.Message{Key: key, Args: map[string]any{"object": object}, English: english}}
	}
	a.events = append(a.events,
		by(Began, "audit.device_added", "Device added: sw-core", "m.muster", "sw-core", 1),
		by(at(3, 10, 12), "audit.device_changed", "Device changed: sw-core", "s.techniker", "sw-core", 1),
		by(at(2, 9, 30), "audit.device_paused", "Device paused: kamera-eingang", "s.techniker", "kamera-eingang", 10),
		by(at(0, 8, 40), "audit.device_added", "Device added: scanner-1", "m.muster", "scanner-1", 11),
		appliance.Event{At: StoodTo, Kind: appliance.EventMonitor, Message: appliance.Message{Key: "event.absent", Args: map[string]any{"from": StoodFrom, "to": StoodTo}, English: "Siteward was not running"}},
		appliance.Event{At: StoodTo, Kind: appliance.EventMonitor, Message: appliance.Message{Key: "event.started", Args: map[string]any{"version": "1.4.2"}, English: "Siteward started, version 1.4.2"}},
		appliance.Event{At: at(9, 21, 4), Kind: appliance.EventDevice, Device: 1, Message: appliance.Message{Key: "event.identity_firmware",
			Args: map[string]any{"from": "YA.16.10.0016", "to": "YA.16.11.0020"}, English: "Firmware changed from YA.16.10.0016 to YA.16.11.0020."}},
		appliance.Event{At: at(9, 21, 2), Kind: appliance.EventDevice, Device: 1, Message: appliance.Message{Key: "event.restarted", English: "The device has restarted."}},
	)
	a.acknowledged(6, "supply/1.1", "s.techniker", "Toner ordered", at(1, 15, 20))
}

func (a *App) acknowledged(device appliance.ID, item, who, why string, t time.Time) {
	for _, c := range a.checksOf(device) {
		for i, r := range a.states[c.ID] {
			if r.Item == item {
				a.states[c.ID][i].Ack = &appliance.Ack{By: who, Reason: why, At: t}
			}
		}
	}
}

// Hostile is what a device calls itself in the tests of escaping.
const Hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`

// MakeHostile has every device say Hostile wherever it says a text, and be called so.
func (a *App) MakeHostile() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.generation++
	for id, d := range a.devices {
		d.Name, d.Place, d.Purpose = Hostile+id.String(), Hostile, Hostile
		a.devices[id] = d
		a.identities[id] = appliance.Identity{Vendor: Hostile, Model: Hostile, Serial: Hostile, Firmware: Hostile, SysName: Hostile,
			SysDescr: Hostile, SysLocation: Hostile, SysContact: Hostile, Seen: Present}
	}
	for id, r := range a.answers {
		for i := range r.Values {
			r.Values[i].Label = Hostile
		}
		for i := range r.Statuses {
			r.Statuses[i].Label = Hostile
		}
		for i := range r.Texts {
			r.Texts[i].Value = Hostile
		}
		r.Log = append(r.Log, appliance.LogLine{Text: Hostile})
		a.readings[id] = r
	}
	for _, states := range a.states {
		for i := range states {
			states[i].Label, states[i].Evidence.Verbatim, states[i].Evidence.Source = Hostile, Hostile, Hostile
		}
	}
	for i := range a.series {
		a.series[i].Label = Hostile
	}
	for i := range a.events {
		a.events[i].Label, a.events[i].Object, a.events[i].By = Hostile, Hostile, Hostile
	}
}
