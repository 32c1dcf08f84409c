package trap

import (
	"net/netip"
	"time"

	"siteward/appliance"
)

// rate is a token bucket's size and how fast it fills.
type rate struct {
	burst  float64
	second float64 // tokens in one
}

// The bounds of what is taken. A device that restarts a stack of switches sends some hundred linkUp at once; a loop in the cabling
// sends that each second and for hours. Those we know have a total of their own, so that nobody who invents senders' addresses
// crowds them out.
var (
	knownSender   = rate{burst: 200, second: 10}
	unknownSender = rate{burst: 30, second: 2}
	knownTotal    = rate{burst: 1000, second: 100}
	unknownTotal  = rate{burst: 100, second: 10}
)

// maxSenders bounds what is remembered of senders. Beyond it unknown ones share one bucket.
const maxSenders = 2048

type bucket struct {
	tokens float64
	filled time.Time
}

func (b *bucket) take(r rate, now time.Time) bool {
	if b.filled.IsZero() {
		b.tokens = r.burst
	} else if passed := now.Sub(b.filled).Seconds(); passed > 0 {
		b.tokens = min(r.burst, b.tokens+passed*r.second)
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// limiter says what is taken. It is for one goroutine.
type limiter struct {
	senders map[netip.Addr]*bucket
	others  bucket
	total   [2]bucket // unknown, known
	swept   time.Time
}

// allow takes one message of a sender, or says why not.
func (l *limiter) allow(from netip.Addr, known bool, now time.Time) appliance.TrapRefusal {
	of, total, sum := unknownSender, unknownTotal, &l.total[0]
	if known {
		of, total, sum = knownSender, knownTotal, &l.total[1]
	}
	if !l.bucket(from, known, now).take(of, now) {
		return appliance.TrapStorm
	}
	if !sum.take(total, now) {
		return appliance.TrapTotal
	}
	return ""
}

func (l *limiter) bucket(from netip.Addr, known bool, now time.Time) *bucket {
	if l.senders == nil {
		l.senders = map[netip.Addr]*bucket{}
	}
	if b := l.senders[from]; b != nil {
		return b
	}
	if len(l.senders) >= maxSenders {
		l.sweep(now)
	}
	if len(l.senders) >= maxSenders && !known {
		return &l.others
	}
	b := &bucket{}
	l.senders[from] = b
	return b
}

// sweep forgets senders whose bucket is full again: they are as if never seen.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for a, b := range l.senders {
		if now.Sub(b.filled) > 30*time.Second {
			delete(l.senders, a)
		}
	}
}
