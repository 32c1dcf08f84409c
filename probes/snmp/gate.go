package snmp

import (
	"context"
	"sync"
)

// gates lets one request at a time through to each device, however many checks ask it.
type gates struct {
	mu   sync.Mutex
	open map[string]*gate
}

// gate is the way to one device. Its channel holds a token while a request is under way.
type gate struct {
	all   *gates
	name  string
	token chan struct{}
	users int
}

// of gives the gate of an address; it must be given back with close.
func (g *gates) of(name string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open = map[string]*gate{}
	}
	one := g.open[name]
	if one == nil {
		one = &gate{all: g, name: name, token: make(chan struct{}, 1)}
		g.open[name] = one
	}
	one.users++
	return one
}

func (g *gate) close() {
	g.all.mu.Lock()
	defer g.all.mu.Unlock()
	if g.users--; g.users == 0 {
		delete(g.all.open, g.name)
	}
}

// enter waits for its turn.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.token <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) leave() { <-g.token }
