package daemon

import (
	"encoding/json"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

// aliveKey is where the store keeps the last time the appliance was at work; the next start tells from it how long it was not.
const aliveKey = "daemon.alive"

// aliveEvery is how exact that is.
const aliveEvery = 30 * time.Second

// keepAlive notes that the appliance is at work. A clock that is not set yet must not wipe out what was known.
func (d *Daemon) keepAlive() error {
	now := d.now()
	if !sane(now) {
		return nil
	}
	b, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return d.store.PutMeta(aliveKey, b)
}

func (d *Daemon) lastAlive() (time.Time, bool) {
	var t time.Time
	b, err := d.store.Meta(aliveKey)
	if err != nil || len(b) == 0 || json.Unmarshal(b, &t) != nil {
		return t, false
	}
	return t, true
}

// tellStart writes into the journal that the appliance starts, since when it was away, and what is wrong with its clock or
// its settings.
func (d *Daemon) tellStart() {
	now := d.now()
	last, known := d.lastAlive()
	switch {
	case !sane(now):
		d.line("event.clock_unset", map[string]any{"at": now}, "the clock is not set: it says "+now.Format(time.RFC3339))
		d.log.Error("the clock is not set; samples are not kept until it is", "clock", now)
	case known && last.Sub(now) > 2*aliveEvery:
		d.line("event.clock_back", map[string]any{"from": last, "to": now}, "the clock says "+now.Format(time.RFC3339)+", but it was "+last.Format(time.RFC3339)+" before")
		d.log.Error("the clock is behind the last time the appliance ran", "clock", now, "last", last)
	case known && now.Sub(last) > 2*aliveEvery:
		d.line("event.absent", map[string]any{"from": last, "to": now}, "not running from "+last.Format(time.RFC3339)+" to "+now.Format(time.RFC3339))
	}
	d.line("event.started", map[string]any{"version": d.about.Version}, "Siteward started, version "+d.about.Version)
	for _, n := range d.notes {
		d.line(n.Key, n.Args, n.English)
	}
	if err := d.keepAlive(); err != nil {
		d.log.Error("the start could not be noted", "err", err)
	}
}

// tellStop writes into the journal that the appliance stops because it was told to.
func (d *Daemon) tellStop() {
	d.line("event.stopped", nil, "Siteward stopped")
	if err := d.keepAlive(); err != nil {
		d.log.Error("the end could not be noted", "err", err)
	}
}

// line writes one line about the appliance itself into the journal.
func (d *Daemon) line(key string, args map[string]any, english string) {
	d.judging.Lock()
	defer d.judging.Unlock()
	now := d.now()
	err := d.record(store.Batch{At: now, Events: []appliance.Event{{At: now, Kind: appliance.EventMonitor,
		Message: appliance.Message{Key: key, Args: args, English: english}}}})
	if err != nil {
		d.log.Error("a line of the journal could not be stored", "event", key, "err", err)
	}
}
