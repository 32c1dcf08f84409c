package ingest

import (
	"sync"
	"time"
)

// limits count requests by name in buckets that fill with time. There are never more buckets than sites.
type limits struct {
	mu    sync.Mutex
	rate  float64 // a second
	burst float64
	of    map[string]*bucket
	swept time.Time
}

type bucket struct {
	left float64
	at   time.Time
}

// maxBuckets bounds them: ids that do not exist have buckets too until they are swept.
const maxBuckets = 200_000

func newLimits(rate float64, burst int) *limits {
	return &limits{rate: rate, burst: float64(burst), of: map[string]*bucket{}}
}

// take takes one request of a name, and says how long to wait when there is none left.
func (l *limits) take(name string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	b := l.of[name]
	if b == nil {
		if len(l.of) >= maxBuckets {
			return time.Minute
		}
		b = &bucket{left: l.burst, at: now}
		l.of[name] = b
	}
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left = min(l.burst, b.left+passed*l.rate)
	}
	b.at = now
	if b.left < 1 {
		return time.Duration((1 - b.left) / l.rate * float64(time.Second))
	}
	b.left--
	return 0
}

// sweep forgets buckets that are full again.
func (l *limits) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute && len(l.of) < maxBuckets {
		return
	}
	l.swept = now
	for name, b := range l.of {
		if b.left+now.Sub(b.at).Seconds()*l.rate >= l.burst {
			delete(l.of, name)
		}
	}
}
