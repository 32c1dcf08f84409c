package daemon

import (
	"sync"
	"time"

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

// firstSane is the year before which a clock is not set yet: machines without a battery begin in 1970.
const firstSane = 2025

// sane says whether a time can be the real one.
func sane(t time.Time) bool { return t.Year() >= firstSane }
