package trap

import (
	"math"
	"time"

	"siteward/appliance"
)

// Engine is what is known of an SNMPv3 engine that sends traps: how often it was started and its time. With them a message that
// somebody recorded cannot be sent again (RFC 3414 2.2.3, 3.2 (7)).
type Engine struct {
	ID      string    `json:"id"` // octets, as text in hexadecimal where it is shown
	Boots   uint32    `json:"boots"`
	Seconds uint32    `json:"seconds"` // the latest it sent, since its last start
	At      time.Time `json:"at"`      // when it did, by our clock
}

// timeWindow is how many seconds a message may be late (RFC 3414 2.2.3).
const timeWindow = 150

// engines are those that have sent something authentic.
type engines struct {
	known map[string]*heard
}

type heard struct {
	Engine
	since time.Time // of Seconds, by the clock that nobody sets; zero after a restart of ours
}

func newEngines(stored []Engine) engines {
	e := engines{known: map[string]*heard{}}
	for _, s := range stored {
		e.known[s.ID] = &heard{Engine: s}
	}
	return e
}

// timely judges boots and time of an authentic message, and takes them over when they are newer.
func (e *engines) timely(id string, boots, seconds int64, now, wall time.Time) appliance.TrapRefusal {
	if boots < 0 || boots >= math.MaxInt32 || seconds < 0 || seconds > math.MaxInt32 {
		return appliance.TrapWindow
	}
	k := e.known[id]
	if k == nil {
		k = &heard{Engine: Engine{ID: id}}
		e.known[id] = k
	}
	b, s := uint32(boots), uint32(seconds)
	switch {
	case b < k.Boots:
		return appliance.TrapReboots
	case b == k.Boots && int64(s) < k.notion(now)-timeWindow:
		return appliance.TrapWindow
	case b > k.Boots || s > k.Seconds || k.since.IsZero():
		k.Boots, k.Seconds, k.At, k.since = b, max(s, k.atLeast(b)), wall, now
	}
	return ""
}

// notion is what the engine's time should be now.
func (k *heard) notion(now time.Time) int64 {
	if k.since.IsZero() {
		return int64(k.Seconds)
	}
	return int64(k.Seconds) + int64(now.Sub(k.since)/time.Second)
}

// atLeast is the time that the engine has told already in this life of it.
func (k *heard) atLeast(boots uint32) uint32 {
	if boots == k.Boots {
		return k.Seconds
	}
	return 0
}
