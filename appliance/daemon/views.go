package daemon

import (
	"cmp"
	"slices"
	"time"

	"siteward/appliance"
)

// views are the devices as pages show them, by name. A reading makes only the view of its own device anew, and only when
// somebody looks.
type views struct {
	order []appliance.ID
	place map[appliance.ID]int // in order
	made  []appliance.DeviceView
	old   map[appliance.ID]struct{} // whose view is to be made anew
}

func (v *views) rebuild(devices []appliance.Device) {
	byName := slices.SortedFunc(slices.Values(devices), func(a, b appliance.Device) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	*v = views{order: make([]appliance.ID, len(byName)), place: make(map[appliance.ID]int, len(byName)), old: map[appliance.ID]struct{}{}}
	for i, d := range byName {
		v.order[i], v.place[d.ID] = d.ID, i
	}
}

func (v *views) touch(device appliance.ID) {
	if v.made != nil {
		v.old[device] = struct{}{}
	}
}

// deviceViews gives every device with what is known of it, by name. The result is shared: do not change it.
func (l *live) deviceViews() []appliance.DeviceView {
	l.mu.RLock()
	made, fresh := l.views.made, len(l.views.old) == 0
	l.mu.RUnlock()
	if made != nil && fresh {
		return made
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	v := &l.views
	if v.made == nil {
		v.made = make([]appliance.DeviceView, len(v.order))
		for i, id := range v.order {
			v.made[i] = l.view(id)
		}
		return v.made
	}
	v.made = slices.Clone(v.made) // readers may still hold the last one
	for id := range v.old {
		if i, ok := v.place[id]; ok {
			v.made[i] = l.view(id)
		}
	}
	clear(v.old)
	return v.made
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
	n := 0
	for _, cid := range l.byDevice[id] {
		n += len(l.states[cid])
	}
	v.Checks, v.States = make([]appliance.Check, 0, len(l.byDevice[id])), make([]appliance.StateRecord, 0, n)
	for _, cid := range l.byDevice[id] {
		v.Checks = append(v.Checks, l.checks[cid])
		v.States = append(v.States, l.states[cid]...)
		if r, ok := l.readings[cid]; ok && r.Failure == nil {
			v.Seen = later(v.Seen, r.At)
			v.UpSince = later(v.UpSince, r.UpSince)
		}
	}
	for _, s := range l.states[0] {
		if s.Device == id {
			v.States = append(v.States, s)
		}
	}
	for i := range v.States {
		s := &v.States[i]
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
