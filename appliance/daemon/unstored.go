package daemon

import (
	"maps"
	"slices"

	"siteward/appliance"
	"siteward/appliance/store"
)

// unstored is what became known while the store took no writes: the newest state of each item, and the journal's lines. Pages
// go on showing the truth meanwhile (with a banner that says so), and the first write that succeeds takes all of it along.
// Samples of that time are lost, and stand as a gap.
type unstored struct {
	states map[appliance.StateKey]appliance.StateRecord
	gone   map[appliance.StateKey]struct{}
	events []appliance.Event
}

// maxUnstored bounds the lines that wait; what comes after them is told by the states.
const maxUnstored = 2000

func (u *unstored) empty() bool { return len(u.states)+len(u.gone)+len(u.events) == 0 }

func (u *unstored) keep(b store.Batch) {
	if u.states == nil {
		u.states, u.gone = map[appliance.StateKey]appliance.StateRecord{}, map[appliance.StateKey]struct{}{}
	}
	for _, s := range b.States {
		u.states[s.StateKey] = s
		delete(u.gone, s.StateKey)
	}
	for _, k := range b.Gone {
		u.gone[k] = struct{}{}
		delete(u.states, k)
	}
	room := max(0, maxUnstored-len(u.events))
	u.events = append(u.events, b.Events[:min(room, len(b.Events))]...)
}

// into puts what waited before a batch.
func (u *unstored) into(b store.Batch, known func(appliance.ID) bool) store.Batch {
	told := map[appliance.StateKey]bool{}
	for _, s := range b.States {
		told[s.StateKey] = true
	}
	for _, k := range b.Gone {
		told[k] = true
	}
	b.States, b.Gone = slices.Clone(b.States), slices.Clone(b.Gone)
	for k, s := range u.states {
		if !told[k] && known(k.Check) {
			b.States = append(b.States, s)
		}
	}
	for k := range maps.Keys(u.gone) {
		if !told[k] && known(k.Check) {
			b.Gone = append(b.Gone, k)
		}
	}
	b.Events = slices.Concat(u.events, b.Events)
	return b
}

// record stores a batch, or keeps it in mind while the store takes no writes.
func (d *Daemon) record(b store.Batch) error {
	wait, err := d.accept(b)
	if err != nil {
		return err
	}
	return stored(wait())
}

// accept is record without the waiting for the disk, for those who hold judging: wait is called when it is free again.
func (d *Daemon) accept(b store.Batch) (wait func() error, err error) {
	whole := b
	if !d.unstored.empty() {
		whole = d.unstored.into(b, func(check appliance.ID) bool { _, _, ok := d.live.check(check); return ok || check == 0 })
	}
	wait, err = d.store.Accept(whole)
	if appliance.CodeOf(err) == appliance.CodeReadOnly {
		d.unstored.keep(b)
		return nothing, nil
	}
	if err == nil {
		d.unstored = unstored{}
	}
	return wait, err
}

// stored is what waiting for the disk came to. A disk that fails makes the store read-only, which is told elsewhere; the change is known,
// and whatever follows from it is written when the store takes writes again.
func stored(err error) error {
	if appliance.CodeOf(err) == appliance.CodeReadOnly {
		return nil
	}
	return err
}
