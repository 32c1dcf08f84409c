package snmp

import (
	"sync"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/profile"
)

// watched is what is remembered of one check between two runs. Its lock is held for a whole run.
type watched struct {
	mu  sync.Mutex
	key watchKey

	mem *memory
	eng *engine

	plan       *profile.Plan
	profiles   *profile.Set // the plan was made with
	discovered time.Time
	unfinished bool // the device was too slow for a whole look; it is gone on with when a run has time left
	coldAt     time.Time
	gone       time.Time // when it last looked as if the device had changed
}

// watchKey is what a check's memory rests on. When one of it changes, everything is learned anew.
type watchKey struct {
	address string
	profile string
	sec     security
}

// How long things are believed.
const (
	coldEvery     = time.Hour
	discoverEvery = 24 * time.Hour
	// goneEvery is the least time between two discoveries because of changes, so that a device that changes all the
	// time is not walked at each poll.
	goneEvery = 10 * time.Minute
)

// of finds or makes a check's memory.
func (r *Reader) of(id appliance.ID) *watched {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.watched[id]
	if w == nil {
		w = &watched{}
		r.watched[id] = w
	}
	return w
}

// Forget drops what is remembered of a check: it was deleted, or the device is another one now.
func (r *Reader) Forget(check appliance.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.watched, check)
}

// settle begins anew when the check asks something else than before.
func (w *watched) settle(key watchKey) {
	if w.mem != nil && w.key == key {
		return
	}
	w.key, w.mem, w.eng = key, newMemory(&key.sec), newEngineFor(&key.sec)
	w.plan, w.unfinished, w.coldAt, w.gone = nil, false, time.Time{}, time.Time{}
}

// discoverDue says why the device has to be looked at anew, or "".
func (w *watched) discoverDue(now time.Time, set *profile.Set) string {
	switch {
	case w.plan == nil:
		return "first look"
	case w.profiles != set:
		return "the profiles have changed"
	case now.Sub(w.discovered) >= discoverEvery:
		return "daily look"
	}
	return ""
}

// relearn gives up sizes and habits learned: the device may be another one, or have new firmware.
func (w *watched) relearn() {
	answered, version, rtt := w.mem.answered, w.mem.version, w.mem.rtt
	*w.mem = memory{answered: answered, version: version, rtt: rtt}
}
