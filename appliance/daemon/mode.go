package daemon

import (
	"context"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

// mode is whether the store took writes when somebody looked last.
type mode struct {
	mu       sync.Mutex
	readOnly bool
	since    time.Time
}

// modeEvery is how soon the pages say that the store takes no writes, and that it takes them again.
const modeEvery = 5 * time.Second

// watchMode tells when the store stops or begins to take writes. Without room there is nowhere to write that down: the lines
// wait in memory until there is.
func (d *Daemon) watchMode(context.Context) error {
	d.mode.mu.Lock()
	defer d.mode.mu.Unlock()
	was := d.mode.readOnly
	if was { // the store looks at the disk when it is asked to write
		_ = d.keepAlive()
	}
	readOnly, why := d.store.Mode()
	if readOnly == was {
		return nil
	}
	now := d.now()
	e := appliance.Event{At: now, Kind: appliance.EventMonitor}
	if readOnly {
		e.Message = appliance.Message{Key: "event.store_readonly", Args: map[string]any{"why": why.Key}, English: "the store takes no writes: " + why.English}
		d.log.Error("the store takes no writes", "why", why.English)
		d.mode.since = now
	} else {
		e.Message = appliance.Message{Key: "event.store_back", Args: map[string]any{"from": d.mode.since}, English: "the store takes writes again, for the first time since " + d.mode.since.Format(time.RFC3339)}
		d.log.Info("the store takes writes again", "read_only_since", d.mode.since)
	}
	d.mode.readOnly = readOnly
	d.judging.Lock()
	err := d.record(store.Batch{At: now, Events: []appliance.Event{e}})
	d.judging.Unlock()
	d.live.generation.Add(1)
	d.changes.publish(appliance.Change{Config: true})
	return err
}
