package daemon

import (
	"context"
	"strings"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/appliance/store"
)

// States is App.States.
func (d *Daemon) States(context.Context) ([]appliance.StateRecord, error) {
	return d.live.allStates(), nil
}

// Acknowledge is App.Acknowledge. The incident that rests on the state is acknowledged with it.
func (d *Daemon) Acknowledge(_ context.Context, by appliance.Actor, key appliance.StateKey, reason string) error {
	ack := appliance.Ack{By: by.Name, Reason: reason, At: d.now()}
	if err := d.takeState(by, key, ack); err != nil {
		return err
	}
	return d.followAck(key, &ack)
}

func (d *Daemon) takeState(by appliance.Actor, key appliance.StateKey, ack appliance.Ack) error {
	return d.editState(by, key, "audit.acknowledged", func(r appliance.StateRecord) (appliance.StateRecord, error) {
		r, err := monitor.Acknowledge(r, ack.By, ack.Reason, ack.At)
		if err == nil {
			r.Ack.Until = ack.Until
		}
		return r, err
	})
}

// Unacknowledge is App.Unacknowledge.
func (d *Daemon) Unacknowledge(_ context.Context, by appliance.Actor, key appliance.StateKey) error {
	if err := d.giveState(by, key); err != nil {
		return err
	}
	return d.followAck(key, nil)
}

func (d *Daemon) giveState(by appliance.Actor, key appliance.StateKey) error {
	return d.editState(by, key, "audit.unacknowledged", func(r appliance.StateRecord) (appliance.StateRecord, error) {
		return monitor.Unacknowledge(r), nil
	})
}

// editState changes one state as a person wants it; judging waits meanwhile.
func (d *Daemon) editState(by appliance.Actor, key appliance.StateKey, verb string, edit func(appliance.StateRecord) (appliance.StateRecord, error)) error {
	d.judging.Lock()
	defer d.judging.Unlock()
	states := d.live.statesOf(key.Check)
	for i, old := range states {
		if old.Item != key.Item {
			continue
		}
		changed, err := edit(old)
		if err != nil {
			return err
		}
		event := d.audit(by, verb, "state", d.stateName(old)+" "+key.Item)
		event.Device, event.Check, event.Item = old.Device, key.Check, key.Item
		if err := d.store.Record(store.Batch{At: d.now(), States: []appliance.StateRecord{changed}, Events: []appliance.Event{event}}); err != nil {
			return err
		}
		next := append([]appliance.StateRecord(nil), states...)
		next[i] = changed
		if key.Check == 0 {
			d.live.settleExpected(next, old.Device)
		} else {
			d.live.settle(key.Check, next, nil)
		}
		d.changes.publish(appliance.Change{Device: old.Device, Check: key.Check, Items: []string{key.Item}})
		return nil
	}
	return appliance.ErrNotFound
}

func (d *Daemon) stateName(r appliance.StateRecord) string {
	if r.Check == 0 {
		dev, _ := d.live.device(r.Device)
		return strings.TrimPrefix(dev.Name+" / "+r.Label, " / ")
	}
	c, dev, _ := d.live.check(r.Check)
	return dev.Name + " / " + c.Name
}
