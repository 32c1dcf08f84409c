package storetest

import (
	"sync"
	"time"
)

// Clock is what the store under test has to take the time from.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock gives a clock that stands still.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)} }

// Now is the time of the clock.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }
