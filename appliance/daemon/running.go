package daemon

import (
	"encoding/json"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
)

// running remembers when the appliance itself was at work, so that its own absence is never a device's outage.
type running struct {
	mu    sync.Mutex
	spans monitor.Running
}

func (r *running) start(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = monitor.StartedAt(now)
}

func (r *running) pause(from, to time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = r.spans.Pause(from, to)
}

func (r *running) get() monitor.Running {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spans
}

// aliveKey is where the store keeps the last time the appliance was at work; the next start tells from it how long it was not.
const aliveKey = "daemon.alive"

// aliveEvery is how exact that is.
const aliveEvery = 30 * time.Second

func (d *Daemon) keepAlive() error {
	b, err := json.Marshal(d.now())
	if err != nil {
		return err
	}
	return d.store.PutMeta(aliveKey, b)
}

// tellStart writes into the journal that the appliance starts, and since when it was away.
func (d *Daemon) tellStart() error {
	now := d.now()
	events := []appliance.Event{{At: now, Kind: appliance.EventMonitor, Message: appliance.Message{
		Key: "event.started", Args: map[string]any{"version": d.about.Version}, English: "Siteward started, version " + d.about.Version}}}
	if last, ok := d.lastAlive(); ok && now.Sub(last) > 2*aliveEvery {
		events = append([]appliance.Event{{At: now, Kind: appliance.EventMonitor, Message: appliance.Message{
			Key: "event.absent", Args: map[string]any{"from": last, "to": now}, English: "not running from " + last.Format(time.RFC3339) + " to " + now.Format(time.RFC3339)}}}, events...)
	}
	return d.store.Append(events)
}

func (d *Daemon) lastAlive() (time.Time, bool) {
	var t time.Time
	b, err := d.store.Meta(aliveKey)
	if err != nil || len(b) == 0 || json.Unmarshal(b, &t) != nil {
		return t, false
	}
	return t, true
}
