package daemon

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

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
	states     map[appliance.ID][]appliance.StateRecord // by check
	readings   map[appliance.ID]appliance.Reading       // the last one of a check
	views      []appliance.DeviceView                   // made on demand, nil when something has changed
	generation atomic.Uint64
}

func newLive() *live {
	return &live{
		devices: map[appliance.ID]appliance.Device{}, checks: map[appliance.ID]appliance.Check{},
		byDevice: map[appliance.ID][]appliance.ID{}, identities: map[appliance.ID]appliance.Identity{},
		states: map[appliance.ID][]appliance.StateRecord{}, readings: map[appliance.ID]appliance.Reading{},
	}
}

// configure replaces what people declare; states and readings of checks that are gone go too. It gives the numbers of those.
func (l *live) configure(site *appliance.Site, devices []appliance.Device, checks []appliance.Check) (gone []appliance.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.site = site
	l.changed()
	before := maps.Clone(l.checks)
	clear(l.devices)
	clear(l.checks)
	clear(l.byDevice)
	for _, d := range devices {
		l.devices[d.ID] = d
	}
	slices.SortFunc(checks, func(a, b appliance.Check) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	for _, c := range checks {
		l.checks[c.ID] = c
		l.byDevice[c.Device] = append(l.byDevice[c.Device], c.ID)
	}
	for id := range before {
		if _, ok := l.checks[id]; !ok {
			delete(l.states, id)
			delete(l.readings, id)
			gone = append(gone, id)
		}
	}
	for id := range l.identities {
		if _, ok := l.devices[id]; !ok {
			delete(l.identities, id)
		}
	}
	return gone
}

// changed is called with the lock held.
func (l *live) changed() {
	l.views = nil
	l.generation.Add(1)
}

// setStates replaces the states of one check.
func (l *live) setStates(check appliance.ID, states []appliance.StateRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.checks[check]; !ok {
		return // deleted while its run was under way
	}
	l.states[check] = states
	l.changed()
}

func (l *live) setReading(r appliance.Reading) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.checks[r.Check]
	if !ok {
		return
	}
	l.readings[r.Check] = r
	l.changed()
	if r.Identity != nil {
		l.identities[c.Device] = *r.Identity
	}
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

// all gives every device and every state, for what is judged over the whole site.
func (l *live) all() (devices []appliance.Device, states []appliance.StateRecord) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, d := range l.devices {
		devices = append(devices, d)
	}
	for _, s := range l.states {
		states = append(states, s...)
	}
	slices.SortFunc(devices, func(a, b appliance.Device) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(states, func(a, b appliance.StateRecord) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Item, b.Item))
	})
	return devices, states
}

// allChecks gives every check, by device and name.
func (l *live) allChecks() []appliance.Check {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]appliance.Check, 0, len(l.checks))
	for _, c := range l.checks {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b appliance.Check) int {
		return cmp.Or(cmp.Compare(a.Device, b.Device), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// deviceViews gives every device with what is known of it, by name. The result is shared: do not change it.
func (l *live) deviceViews() []appliance.DeviceView {
	l.mu.RLock()
	views := l.views
	l.mu.RUnlock()
	if views != nil {
		return views
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	views = make([]appliance.DeviceView, 0, len(l.devices))
	for id := range l.devices {
		views = append(views, l.view(id))
	}
	slices.SortFunc(views, func(a, b appliance.DeviceView) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	l.views = views
	return views
}

func (l *live) deviceView(id appliance.ID) (appliance.DeviceView, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if _, ok := l.devices[id]; !ok {
		return appliance.DeviceView{}, false
	}
	return l.view(id), true
}

// view is called with the lock held.
func (l *live) view(id appliance.ID) appliance.DeviceView {
	v := appliance.DeviceView{Device: l.devices[id], Identity: l.identities[id], Worst: appliance.StateNoData}
	for _, cid := range l.byDevice[id] {
		v.Checks = append(v.Checks, l.checks[cid])
		v.States = append(v.States, l.states[cid]...)
		if r, ok := l.readings[cid]; ok && r.Failure == nil {
			v.Seen = later(v.Seen, r.At)
			v.UpSince = later(v.UpSince, r.UpSince)
		}
	}
	for i, s := range v.States {
		if i == 0 || s.State > v.Worst || s.State == v.Worst && s.Since.Before(v.Since) {
			v.Worst, v.Since = s.State, s.Since
		}
		v.Seen = later(v.Seen, s.Seen)
	}
	return v
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (l *live) identity(device appliance.ID) appliance.Identity {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.identities[device]
}

// remember takes over what the store knew at the start.
func (l *live) remember(identities map[appliance.ID]appliance.Identity, states []appliance.StateRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.Copy(l.identities, identities)
	for _, s := range states {
		l.states[s.Check] = append(l.states[s.Check], s)
	}
	l.changed()
}
