package access

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Throttle slows guessing down. Each key (an account, an address) has some tries free; from then on each failure
// doubles the wait, up to a limit, so that nobody is shut out for good. An attempt counts as failed from its
// beginning and is forgiven when it succeeds: many guesses at the same time gain nothing.
//
// Memory is bounded: beyond maxKeys, what has calmed down goes first, then what failed least.
type Throttle struct {
	free    int           // tries before the first wait
	longest time.Duration // of one wait
	forget  time.Duration // after the last failure

	mu   sync.Mutex
	keys map[string]*failures
}

type failures struct {
	count int
	until time.Time // next try
	last  time.Time
}

const (
	maxKeys   = 4096
	firstWait = time.Second
)

// NewThrottle makes a throttle with so many free tries and so long a wait at most. It forgets after a day of quiet.
func NewThrottle(free int, longest time.Duration) *Throttle {
	return &Throttle{free: free, longest: longest, forget: 24 * time.Hour, keys: map[string]*failures{}}
}

// Begin starts an attempt for a key. It returns how long to wait, and counts nothing, when it is too early.
func (t *Throttle) Begin(key string, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.keys[key]
	if f != nil && now.Sub(f.last) > t.forget {
		f = nil
	}
	if f == nil {
		t.makeRoom(now)
		f = &failures{}
		t.keys[key] = f
	}
	// A clock that was set back must not shut anybody out for longer than the longest wait.
	if wait := min(f.until.Sub(now), t.longest); wait > 0 {
		return wait
	}
	f.count++
	f.last = now
	f.until = now.Add(t.wait(f.count))
	return 0
}

// Succeed forgives all failures of a key.
func (t *Throttle) Succeed(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.keys, key)
}

// Cancel takes back one attempt that was not judged, such as one refused by another key.
func (t *Throttle) Cancel(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.keys[key]; f != nil {
		f.count--
		f.until = time.Time{}
		if f.count <= 0 {
			delete(t.keys, key)
		}
	}
}

// Len is how many keys are remembered.
func (t *Throttle) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.keys)
}

func (t *Throttle) wait(count int) time.Duration {
	over := count - t.free
	if over < 0 {
		return 0
	}
	if over > 20 {
		return t.longest
	}
	return min(firstWait<<over, t.longest)
}

func (t *Throttle) makeRoom(now time.Time) {
	if len(t.keys) < maxKeys {
		return
	}
	type entry struct {
		key string
		*failures
	}
	var left []entry
	for k, f := range t.keys {
		if now.Sub(f.last) > t.forget {
			delete(t.keys, k)
			continue
		}
		left = append(left, entry{k, f})
	}
	if len(left) < maxKeys {
		return
	}
	slices.SortFunc(left, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.count, b.count), a.last.Compare(b.last))
	})
	for _, e := range left[:maxKeys/10] {
		delete(t.keys, e.key)
	}
}

// addressKey is what an address counts as: an IPv4 address, or the /64 of an IPv6 one, which is one customer's line.
func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "?"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, _ := a.Prefix(64)
	return p.String()
}
