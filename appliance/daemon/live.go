package daemon

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"siteward/appliance"
)

// live is what the appliance knows now, in memory: every page, the API and the judge read it, and the store is only
// asked for history. Slices and records in it are never changed in place, so that readers may keep what they got.
type live struct {
	mu         sync.RWMutex
	site       *appliance.Site
	devices    map[appliance.ID]appliance.Device
	checks     map[appliance.ID]appliance.Check
	byDevice   map[appliance.ID][]appliance.ID // checks of a device, by name
	identities map[appliance.ID]appliance.Identity
	states     map[appliance.ID][]appliance.StateRecord // by check, each by item; 0 = those of expect.go
	readings   map[appliance.ID]appliance.Reading       // the last one of a check
	sorted     []appliance.Check                        // by device and name
	numbered   []appliance.Device                       // by number
	views      views
	flat       []appliance.StateRecord // all states, by check and item; nil when something has changed
	generation atomic.Uint64
	configured atomic.Uint64 // counts changes of what people declare
}

func newLive() *live {
	return &live{
		devices: map[appliance.ID]appliance.Device{}, checks: map[appliance.ID]appliance.Check{},
		byDevice: map[appliance.ID][]appliance.ID{}, identities: map[appliance.ID]appliance.Identity{},
		states: map[appliance.ID][]appliance.StateRecord{}, readings: map[appliance.ID]appliance.Reading{},
	}
}

// remember takes over what the store knew at the start; configure follows and drops what belongs to nothing.
func (l *live) remember(identities map[appliance.ID]appliance.Identity, states []appliance.StateRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.Copy(l.identities, identities)
	for _, s := range states {
		l.states[s.Check] = append(l.states[s.Check], s)
	}
}

// configure replaces what people declare; states and readings of checks that are gone go too. It gives the numbers of those.
func (l *live) configure(site *appliance.Site, devices []appliance.Device, checks []appliance.Check) (gone []appliance.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.checks
	l.site, l.numbered = site, devices
	l.devices, l.checks = make(map[appliance.ID]appliance.Device, len(devices)), make(map[appliance.ID]appliance.Check, len(checks))
	l.byDevice = make(map[appliance.ID][]appliance.ID, len(devices))
	for _, d := range devices {
		l.devices[d.ID] = d
	}
	l.sorted = slices.SortedFunc(slices.Values(checks), func(a, b appliance.Check) int {
		return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range l.sorted {
		l.checks[c.ID] = c
		l.byDevice[c.Device] = append(l.byDevice[c.Device], c.ID)
	}
	for id := range before {
		if _, ok := l.checks[id]; !ok {
			gone = append(gone, id)
		}
	}
	expected := l.states[0] // no check's: what the appliance expects by itself
	dropUnknown(l.states, l.checks)
	if len(expected) > 0 {
		l.states[0] = expected
	}
	dropUnknown(l.readings, l.checks)
	dropUnknown(l.identities, l.devices)
	l.views.rebuild(devices)
	l.flat = nil
	l.generation.Add(1)
	l.configured.Add(1)
	return gone
}

// dropUnknown forgets what belongs to something that is gone.
func dropUnknown[A, B any](m map[appliance.ID]A, known map[appliance.ID]B) {
	maps.DeleteFunc(m, func(id appliance.ID, _ A) bool { _, ok := known[id]; return !ok })
}

// settle replaces the states of one check and, when there is one, its last reading.
func (l *live) settle(check appliance.ID, states []appliance.StateRecord, r *appliance.Reading) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.checks[check]
	if !ok {
		return // deleted while its run was under way
	}
	l.states[check] = states
	if r != nil {
		l.readings[check] = *r
		if r.Identity != nil {
			l.identities[c.Device] = *r.Identity
		}
	}
	l.views.touch(c.Device)
	l.flat = nil
	l.generation.Add(1)
}

// settleExpected replaces the states that no check gives.
func (l *live) settleExpected(states []appliance.StateRecord, devices ...appliance.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states[0] = states
	for _, d := range devices {
		l.views.touch(d)
	}
	l.flat = nil
	l.generation.Add(1)
}

func (l *live) device(id appliance.ID) (appliance.Device, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	d, ok := l.devices[id]
	return d, ok
}

func (l *live) check(id appliance.ID) (appliance.Check, appliance.Device, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	c, ok := l.checks[id]
	return c, l.devices[c.Device], ok
}

func (l *live) statesOf(check appliance.ID) []appliance.StateRecord {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.states[check]
}

func (l *live) reading(check appliance.ID) (appliance.Reading, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	r, ok := l.readings[check]
	return r, ok
}

func (l *live) identity(device appliance.ID) appliance.Identity {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.identities[device]
}

// checksOf gives the checks of a device, by name.
func (l *live) checksOf(device appliance.ID) []appliance.Check {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []appliance.Check
	for _, id := range l.byDevice[device] {
		out = append(out, l.checks[id])
	}
	return out
}

// allChecks gives every check, by device and name. The result is shared: do not change it.
func (l *live) allChecks() []appliance.Check {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.sorted
}

// allDevices gives every device, by number. The result is shared: do not change it.
func (l *live) allDevices() []appliance.Device {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.numbered
}

// allStates gives every state, by check and item. The result is shared: do not change it.
func (l *live) allStates() []appliance.StateRecord {
	l.mu.RLock()
	flat := l.flat
	l.mu.RUnlock()
	if flat != nil {
		return flat
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, states := range l.states {
		n += len(states)
	}
	flat = make([]appliance.StateRecord, 0, n)
	for _, check := range slices.Sorted(maps.Keys(l.states)) {
		flat = append(flat, l.states[check]...)
	}
	l.flat = flat
	return flat
}
