package daemon

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes/snmp/trap"
)

// takeTraps keeps a batch of messages, writes what they mean into the journal, and asks the devices they are about. A trap alone
// changes no state: the device's own answer does. The error means that nothing was kept.
func (d *Daemon) takeTraps(ctx context.Context, batch []trap.Message) error {
	set, err := d.profiles()
	if err != nil {
		return err
	}
	table, err := d.post.names()
	if err != nil {
		return err
	}
	var events []appliance.Event
	var power []appliance.UPSEvent
	engines := map[string]store.TrapEngine{}
	folds := d.post.folds.begin()
	for i := range batch {
		m := &batch[i]
		if e, ok := m.Heard(); ok {
			engines[hex.EncodeToString([]byte(e.ID))] = store.TrapEngine{Boots: e.Boots, Seconds: e.Seconds, At: e.At}
		}
		x := d.understand(m, set, table)
		d.follow(x, d.now())
		if x.profile != nil && x.profile.UPS != "" {
			power = append(power, upsEvent(x))
		}
		if at, again := folds.find(x.trap); again {
			folds.add(at, x.trap)
			continue
		}
		folds.open(x.trap)
		if x.profile != nil {
			events = append(events, trapEvent(x))
		}
	}
	kept := folds.changed()
	err = d.store.Update(func(tx *store.Tx) error {
		for id, e := range engines {
			if err := tx.PutTrapEngine(id, e); err != nil {
				return err
			}
		}
		if err := tx.PutTraps(kept, keptTraps); err != nil {
			return err
		}
		return tx.Append(events)
	})
	if err != nil {
		folds.undo()
		return fmt.Errorf("keep traps: %w", err)
	}
	folds.end(kept)
	d.count(batch)
	if err := d.takeUPSEvents(ctx, power); err != nil {
		d.log.Error("what traps tell of UPSes could not be kept", "err", err)
	}
	for _, e := range events {
		d.changes.publish(appliance.Change{Device: e.Device})
	}
	return nil
}

// count adds to the totals of the settings' page.
func (d *Daemon) count(batch []trap.Message) {
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	for i := range batch {
		m := &batch[i]
		switch {
		case m.Dropped():
		case m.Why == appliance.TrapGarbled:
			d.post.kept[appliance.TrapMalformed]++
		case m.Why != "":
			d.post.kept[appliance.TrapUntrusted]++
		default:
			d.post.kept[appliance.TrapKnown]++
		}
	}
}

func trapEvent(x meaning) appliance.Event {
	t := &x.trap
	vars := make([]string, 0, len(t.Vars))
	for _, v := range t.Vars {
		vars = append(vars, cmp.Or(v.Name, v.OID)+" = "+v.Value)
	}
	return appliance.Event{At: t.At, Kind: appliance.EventTrap, Device: t.Device, Message: t.Message, Severity: t.Severity, Label: x.label,
		Evidence: &appliance.Evidence{Why: t.Message, Source: "SNMP trap " + t.OID + " from " + t.Address, Verbatim: t.Name + ": " + strings.Join(vars, ", ")}}
}

func upsEvent(x meaning) appliance.UPSEvent {
	return appliance.UPSEvent{Device: x.trap.Device, At: x.trap.At, Kind: x.profile.UPS, Text: x.trap.Name + " (" + x.trap.OID + ")",
		Told: []string{"trap"}, Source: x.trap.Address}
}

// folds lets the same message again within foldWithin be one record with a count: a port that flaps for hours is one line, and so is
// a storm.
type folds struct {
	last map[string]appliance.Trap
	now  map[string]bool // changed in this batch
}

// foldWithin and maxFolds bound what is folded.
const (
	foldWithin = 10 * time.Minute
	maxFolds   = 1000
)

func (f *folds) begin() *folds {
	if f.last == nil || len(f.last) > maxFolds {
		f.last = map[string]appliance.Trap{}
	}
	f.now = map[string]bool{}
	return f
}

func foldKey(t *appliance.Trap) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s|%s|%d", t.Address, t.Fate, t.Why, t.OID, t.Device)
	for _, v := range t.Vars {
		fmt.Fprintf(&b, "|%s=%s", v.OID, v.Value)
	}
	return b.String()
}

func (f *folds) find(t appliance.Trap) (string, bool) {
	key := foldKey(&t)
	old, ok := f.last[key]
	return key, ok && t.At.Sub(old.Last).Abs() < foldWithin
}

func (f *folds) add(key string, t appliance.Trap) {
	old := f.last[key]
	old.Count += t.Count
	old.Last, old.Detail, old.Uptime = t.Last, t.Detail, t.Uptime
	f.last[key], f.now[key] = old, true
}

func (f *folds) open(t appliance.Trap) {
	key := foldKey(&t)
	f.last[key], f.now[key] = t, true
}

// changed are the records to be written, oldest first.
func (f *folds) changed() []appliance.Trap {
	var out []appliance.Trap
	for key := range f.now {
		out = append(out, f.last[key])
	}
	slices.SortFunc(out, func(a, b appliance.Trap) int { return a.At.Compare(b.At) })
	return out
}

// end notes the numbers that new records got.
func (f *folds) end(kept []appliance.Trap) {
	for _, t := range kept {
		f.last[foldKey(&t)] = t
	}
	maps.DeleteFunc(f.last, func(_ string, t appliance.Trap) bool { return t.Seq == 0 })
}

// undo forgets what could not be kept.
func (f *folds) undo() {
	for key := range f.now {
		delete(f.last, key)
	}
}
