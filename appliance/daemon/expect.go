package daemon

import (
	"cmp"
	"slices"

	"siteward/appliance"
	"siteward/appliance/store"
)

// expectation is how something stands that should happen: a backup, a self-test, the daily round. It becomes a state without a
// check, which is shown, acknowledged and told like every other.
type expectation struct {
	Item     string       // "backup/3": the family and the number of what is expected
	Device   appliance.ID // what it is about, 0 = the site
	Label    string       // what a person calls it: "File server"
	State    appliance.State
	Evidence appliance.Evidence
}

// expect settles how expectations stand: a change of state is an event, and acknowledgements end with the problem. There is no
// hysteresis: a deadline passes once. gone names items that are expected no longer.
func (d *Daemon) expect(list []expectation, gone ...string) error {
	d.judging.Lock()
	defer d.judging.Unlock()
	now := d.now()
	next := slices.Clone(d.live.statesOf(0))
	b := store.Batch{At: now}
	spans := d.running.get()
	begun := spans[len(spans)-1].From
	var touched []appliance.ID
	var items []string
	proved := false
	for _, e := range list {
		i := slices.IndexFunc(next, func(r appliance.StateRecord) bool { return r.Item == e.Item })
		first := i < 0
		if first {
			next, i = append(next, appliance.StateRecord{StateKey: appliance.StateKey{Item: e.Item}, State: appliance.StateNoData, Since: now}), len(next)
		}
		held := next[i].Held
		r := next[i].Plain()
		w, in := d.windowOfItem(e, now)
		if !first && (held != nil) == in && (held == nil || held.Window == w.ID) && r.State == e.State && r.Device == e.Device && r.Label == e.Label && sameWhy(r.Evidence, e.Evidence) {
			if next[i].Seen.Before(begun) { // from before a start or a jump of the clock; nobody is called for what is not looked at again
				next[i].Seen, proved = now, true
			}
			continue
		}
		touched = append(touched, r.Device, e.Device)
		if r.State != e.State {
			r.Since = now
			if ev := e.Evidence; !first || e.State.Problem() { // that something new is in order is no news
				b.Events = append(b.Events, appliance.Event{Window: w.ID, At: now, Kind: appliance.EventState, Device: e.Device, Item: e.Item, Label: e.Label,
					From: r.State, To: e.State, Message: e.Evidence.Why, Evidence: &ev})
			}
			if e.State == appliance.StateOK || e.State == appliance.StatePaused {
				r.Ack = nil
			}
		}
		before := r
		r.State, r.Device, r.Label, r.Evidence, r.Seen = e.State, e.Device, e.Label, e.Evidence, now
		if event, ok := holdExpected(&r, before, next[i], w, in, now); ok {
			b.Events = append(slices.DeleteFunc(b.Events, func(x appliance.Event) bool { return !in && x.Item == r.Item }), event)
		}
		next[i] = r
		b.States = append(b.States, r)
		items = append(items, e.Item)
	}
	for _, item := range gone {
		i := slices.IndexFunc(next, func(r appliance.StateRecord) bool { return r.Item == item })
		if i < 0 {
			continue
		}
		touched, items = append(touched, next[i].Device), append(items, item)
		b.Gone = append(b.Gone, next[i].StateKey)
		next = slices.Delete(next, i, i+1)
	}
	if len(items) == 0 {
		if proved {
			d.live.settleExpected(next)
			d.incidents.changed()
		}
		return nil
	}
	slices.SortFunc(next, func(x, y appliance.StateRecord) int { return cmp.Compare(x.Item, y.Item) })
	if err := d.record(b); err != nil {
		return err
	}
	d.live.settleExpected(next, touched...)
	d.incidents.changed()
	for _, device := range slices.Compact(slices.Sorted(slices.Values(touched))) {
		d.changes.publish(appliance.Change{Device: device, Items: items})
	}
	return nil
}

// sameWhy says that the receipt of a verdict is the one that stands there already.
func sameWhy(a, b appliance.Evidence) bool {
	return a.Why.English == b.Why.English && a.Why.Key == b.Why.Key && a.At.Equal(b.At) && a.Verbatim == b.Verbatim && len(a.Steps) == len(b.Steps)
}
