package daemon

import (
	"strings"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/store"
)

// change makes an edit and the audit's line about it one step of the store, and then lets everybody know.
func (d *Daemon) change(by appliance.Actor, key, noun, name string, edit func(*store.Tx) error) error {
	event := d.audit(by, key, noun, name)
	return d.edit(func(tx *store.Tx) error {
		if err := edit(tx); err != nil {
			return err
		}
		return tx.Append([]appliance.Event{event})
	})
}

// audit is the journal's line that somebody did something to an object. The trail names it with its noun, in English as all of the trail;
// the sentence has the noun in the reader's language and gets the name alone.
func (d *Daemon) audit(by appliance.Actor, key, noun, name string) appliance.Event {
	object := strings.TrimSpace(noun + " " + name)
	return access.Audit(d.now(), by, object, appliance.Message{Key: key, Args: map[string]any{"object": name}, English: object})
}

// edit changes what people declare, in the store and then in memory. No verdict is made meanwhile, so that a reading that
// was under way brings back nothing that was deleted.
func (d *Daemon) edit(change func(*store.Tx) error) error {
	d.judging.Lock()
	err := d.store.Update(change)
	if err == nil {
		d.configured.Add(1)
		err = d.reload()
	}
	d.judging.Unlock()
	if err != nil {
		return err
	}
	d.tickAll()
	d.changes.publish(appliance.Change{Config: true})
	return nil
}

// reload reads what people declare from the store into memory and hands the checks to the poll engine. judging is held.
func (d *Daemon) reload() error {
	var site *appliance.Site
	if s, err := d.store.Site(); err == nil {
		site = &s
	} else if appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	devices, err := d.store.Devices()
	if err != nil {
		return err
	}
	checks, err := d.store.Checks()
	if err != nil {
		return err
	}
	gone := d.live.configure(site, devices, checks)
	for _, id := range gone {
		d.raters.forget(id)
		d.shapes.forget(id)
	}
	d.schedule(checks, gone)
	return nil
}
