package daemon

import (
	"context"
	"sync"

	"siteward/appliance"
)

// changes tells whoever listens what has been stored. Nobody is waited for: a reader that is slow misses notes.
type changes struct {
	mu      sync.Mutex
	readers map[chan appliance.Change]struct{}
}

// backlog is how many notes a reader may be behind: a page that is this late should reload anyway.
const backlog = 256

func (c *changes) subscribe(ctx context.Context) <-chan appliance.Change {
	ch := make(chan appliance.Change, backlog)
	c.mu.Lock()
	if c.readers == nil {
		c.readers = map[chan appliance.Change]struct{}{}
	}
	c.readers[ch] = struct{}{}
	c.mu.Unlock()
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.readers, ch)
		close(ch)
	})
	return ch
}

func (c *changes) publish(change appliance.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ch := range c.readers {
		select {
		case ch <- change:
		default:
		}
	}
}
