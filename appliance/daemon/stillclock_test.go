package daemon

import (
	"sync/atomic"
	"time"
)

// stillClock is a clock that shows what it was set to. The store's own work reads it while a test moves it.
type stillClock struct{ unix atomic.Int64 }

func still(t time.Time) *stillClock {
	c := &stillClock{}
	c.set(t)
	return c
}

func (c *stillClock) now() time.Time          { return time.Unix(c.unix.Load(), 0).UTC() }
func (c *stillClock) set(t time.Time)         { c.unix.Store(t.Unix()) }
func (c *stillClock) advance(d time.Duration) { c.set(c.now().Add(d)) }
