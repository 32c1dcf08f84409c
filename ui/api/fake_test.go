package api

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
)

// fake is an appliance in memory. What is not needed here panics through the nil interface.
type fake struct {
	appliance.App
	gate *access.Gate

	mu      sync.Mutex
	devices map[appliance.ID]appliance.Device
	checks  map[appliance.ID]appliance.Check
	states  []appliance.StateRecord
	events  []appliance.Event
	values  []appliance.Value
	acked   map[appliance.StateKey]string
	by      []appliance.Actor // of changes
	asked   appliance.EventFilter
	last    appliance.ID

	onDevice bool
	offer    appliance.OfferState
	broken   error
}

var start = time.Date(2026, 11, 20, 8, 41, 0, 0, time.UTC)

const hostile = `<script>alert("x")</script> & "sw"`

func newFake(gate *access.Gate) *fake {
	f := &fake{gate: gate}
	f.reset()
	return f
}

// reset brings the same few records back.
func (f *fake) reset() {
	f.devices, f.checks, f.acked, f.last = map[appliance.ID]appliance.Device{}, map[appliance.ID]appliance.Check{}, map[appliance.StateKey]string{}, 0
	for _, d := range []appliance.Device{
		{Name: "sw-core", Kind: appliance.KindSwitch, Address: "192.0.2.1", Place: "cellar", Parents: []appliance.ID{3}},
		{Name: hostile, Kind: appliance.KindServer, Address: "192.0.2.2", Place: "office"},
		{Name: "UPS", Kind: appliance.KindUPS, Address: "192.0.2.3", Place: "cellar"},
	} {
		_ = f.SaveDevice(context.Background(), appliance.Actor{}, &d)
	}
	_ = f.SaveCheck(context.Background(), appliance.Actor{}, &appliance.Check{Device: 1, Name: "snmp", Probe: appliance.ProbeSNMP,
		Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(10 * time.Second), SNMP: &appliance.SNMPSettings{Credential: 1}})
	n := math.NaN()
	f.states = []appliance.StateRecord{
		{StateKey: appliance.StateKey{Check: 4, Item: "answer"}, Device: 1, State: appliance.StateOK, Since: start},
		{StateKey: appliance.StateKey{Check: 4, Item: "if/10"}, Device: 1, Label: hostile, State: appliance.StateCritical, Since: start,
			Evidence: appliance.Evidence{Why: appliance.Message{Key: "if.down", English: "Port 10 is down"}, At: start, Number: &n}},
	}
	f.values = []appliance.Value{
		{Metric: "if.in", Instance: "10", Label: "Port 10", Unit: "bit/s", Kind: appliance.Counter64, Number: 8000},
		{Metric: "if.in", Instance: "11", Label: "Port 11\xff", Unit: "bit/s", Kind: appliance.Counter64, Number: math.NaN()},
		{Metric: "storage.used_percent", Instance: "1", Label: hostile, Unit: "%", Number: 91},
	}
	f.events = []appliance.Event{{Seq: 2, At: start, Kind: appliance.EventState, Device: 1, From: appliance.StateOK, To: appliance.StateCritical},
		{Seq: 1, At: start, Kind: appliance.EventAudit, By: "administrator", Object: "device sw-core"}}
	f.by = nil
}

// withStates hangs the states on their device, as the daemon does.
func (f *fake) withStates() { f.onDevice = true }

func (f *fake) did(by appliance.Actor) { f.by = append(f.by, by) }

func (f *fake) Now() time.Time { return start }
func (f *fake) About() appliance.About {
	return appliance.About{Version: "1.2.3", Commit: "abc", Started: start}
}

func (f *fake) Site(context.Context) (appliance.Site, error) {
	return appliance.Site{Name: "Bäckerei Lindner", Language: "de", TimeZone: "Europe/Berlin"}, f.broken
}

func (f *fake) Devices(context.Context) ([]appliance.DeviceView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []appliance.DeviceView
	for id := appliance.ID(1); id <= f.last; id++ {
		if d, ok := f.devices[id]; ok {
			list = append(list, f.view(d))
		}
	}
	return list, f.broken
}

func (f *fake) view(d appliance.Device) appliance.DeviceView {
	v := appliance.DeviceView{Device: d, Worst: appliance.StateNoData}
	for _, c := range f.checks {
		if c.Device == d.ID {
			v.Checks, v.Worst = append(v.Checks, c), appliance.StateCritical
			if f.onDevice {
				v.States = f.states
			}
		}
	}
	return v
}

func (f *fake) Device(_ context.Context, id appliance.ID) (appliance.DeviceView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.devices[id]
	if !ok {
		return appliance.DeviceView{}, appliance.ErrNotFound
	}
	return f.view(d), f.broken
}

func (f *fake) SaveDevice(_ context.Context, by appliance.Actor, d *appliance.Device) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.did(by)
	for _, other := range f.devices {
		if other.Name == d.Name && other.ID != d.ID {
			return appliance.Errorf(appliance.CodeConflict, "a device is called %q already", d.Name)
		}
	}
	if d.Address == "nonsense" {
		return appliance.Invalid("address", "device.address", "this is no address", nil)
	}
	if d.ID == 0 {
		f.last++
		d.ID, d.Created = f.last, start
	}
	d.Version++
	f.devices[d.ID] = *d
	return f.broken
}

func (f *fake) DeleteDevice(_ context.Context, by appliance.Actor, id appliance.ID) error {
	f.did(by)
	delete(f.devices, id)
	return nil
}

func (f *fake) PauseDevice(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	f.did(by)
	d := f.devices[id]
	d.Paused = &appliance.Pause{By: by.Name, Reason: reason, Since: start, Until: until}
	f.devices[id] = d
	return nil
}

func (f *fake) ResumeDevice(_ context.Context, by appliance.Actor, id appliance.ID) error {
	f.did(by)
	d := f.devices[id]
	d.Paused = nil
	f.devices[id] = d
	return nil
}

func (f *fake) Checks(context.Context) ([]appliance.Check, error) {
	var list []appliance.Check
	for id := appliance.ID(1); id <= f.last; id++ {
		if c, ok := f.checks[id]; ok {
			list = append(list, c)
		}
	}
	return list, f.broken
}

func (f *fake) Check(_ context.Context, id appliance.ID) (appliance.Check, error) {
	c, ok := f.checks[id]
	if !ok {
		return c, appliance.ErrNotFound
	}
	return c, nil
}

func (f *fake) SaveCheck(_ context.Context, by appliance.Actor, c *appliance.Check) error {
	f.did(by)
	if c.ID == 0 {
		f.last++
		c.ID = f.last
	}
	c.Version++
	f.checks[c.ID] = *c
	return nil
}

func (f *fake) DeleteCheck(_ context.Context, by appliance.Actor, id appliance.ID) error {
	f.did(by)
	delete(f.checks, id)
	return nil
}

func (f *fake) PauseCheck(_ context.Context, by appliance.Actor, id appliance.ID, reason string, _ time.Time) error {
	f.did(by)
	return nil
}

func (f *fake) ResumeCheck(_ context.Context, by appliance.Actor, _ appliance.ID) error {
	f.did(by)
	return nil
}

func (f *fake) RunNow(ctx context.Context, by appliance.Actor, id appliance.ID) (appliance.Reading, error) {
	f.did(by)
	return f.LastReading(ctx, id)
}

func (f *fake) LastReading(_ context.Context, id appliance.ID) (appliance.Reading, error) {
	if _, ok := f.checks[id]; !ok {
		return appliance.Reading{}, appliance.ErrNotFound
	}
	return appliance.Reading{Check: id, At: start, Took: 1500 * time.Millisecond, Values: f.values,
		Statuses: []appliance.Status{{Name: "ups.battery_status", Word: "batteryLow", Raw: "3", Severity: appliance.SeverityCritical}},
		Log:      []appliance.LogLine{{After: time.Millisecond, Text: hostile}}}, nil
}

func (f *fake) States(context.Context) ([]appliance.StateRecord, error) { return f.states, f.broken }

func (f *fake) Acknowledge(_ context.Context, by appliance.Actor, key appliance.StateKey, reason string) error {
	f.did(by)
	f.acked[key] = reason
	return nil
}

func (f *fake) Unacknowledge(_ context.Context, by appliance.Actor, key appliance.StateKey) error {
	f.did(by)
	delete(f.acked, key)
	return nil
}

func (f *fake) Series(_ context.Context, check appliance.ID) ([]appliance.SeriesInfo, error) {
	var list []appliance.SeriesInfo
	for i, v := range f.values {
		list = append(list, appliance.SeriesInfo{ID: uint32(i), SeriesKey: appliance.SeriesKey{Check: check, Metric: v.Metric, Instance: v.Instance},
			Label: v.Label, Unit: v.Unit, Step: time.Minute})
	}
	return list, nil
}

func (f *fake) Samples(_ context.Context, _ uint32, from, _ time.Time, _ int) (appliance.Column, error) {
	return appliance.Column{Start: from, Step: time.Minute, Number: []float64{1, math.NaN(), 2.5}}, nil
}

func (f *fake) Events(_ context.Context, filter appliance.EventFilter) ([]appliance.Event, error) {
	f.asked = filter
	return f.events, nil
}

func (f *fake) Tokens(context.Context) ([]appliance.Token, error) { return f.gate.Tokens.List() }

func (f *fake) NewToken(_ context.Context, by appliance.Actor, name string, role appliance.Role, expires time.Time) (string, error) {
	return f.gate.Tokens.Create(by, name, role, expires)
}

func (f *fake) DeleteToken(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return f.gate.Tokens.Delete(by, id)
}

func (f *fake) Health(context.Context) appliance.Health {
	return appliance.Health{Checks: 1, Late: 2, Missed: 3, LastRun: start, Store: appliance.StoreHealth{Bytes: 4096, FreeBytes: 1 << 30, ReadOnly: true}}
}

var errBroken = errors.New("badger: secret path /var/lib/siteward is gone")

func (f *fake) UPSes(context.Context) ([]appliance.UPSView, error) {
	charge := 97.0
	return []appliance.UPSView{{Device: 2, Name: "ups-1", State: appliance.StateOK, Told: true, Truth: appliance.UPSTruth{Power: appliance.UPSPowerMains, Charge: &charge},
		LastOutage: &appliance.UPSOutage{Device: 2, Kind: appliance.UPSOutageReal}}}, nil
}

func (f *fake) UPSOutages(context.Context, appliance.UPSFilter) ([]appliance.UPSOutage, error) {
	return []appliance.UPSOutage{{Device: 2, Kind: appliance.UPSOutageReal}}, nil
}

func (f *fake) UPSEvents(context.Context, appliance.UPSFilter) ([]appliance.UPSEvent, error) {
	return []appliance.UPSEvent{{Device: 2, Kind: appliance.UPSOnBattery}}, nil
}

func (f *fake) EachInventory(_ context.Context, visit func(appliance.Inventory) error) error {
	return errors.Join(visit(appliance.Inventory{Device: 1}), visit(appliance.Inventory{Device: 3}), f.broken)
}

func (f *fake) Inventory(ctx context.Context, id appliance.ID) (appliance.Inventory, error) {
	_, err := f.Device(ctx, id)
	return appliance.Inventory{Device: id, Parts: []appliance.Part{{Kind: appliance.PartFan, Slot: hostile}}}, err
}
