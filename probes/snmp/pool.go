package snmp

import (
	"context"
	"errors"
	"fmt"
)

// errBusy means that all sessions were in use until the run's time was over: ours, not the device's.
var errBusy = errors.New("all SNMP sessions of the appliance were busy until the check's time was over; raise the number of workers or the interval")

// pool keeps as many sessions as there are workers, because each holds a buffer of 64 kB. They are made when they are
// first needed.
type pool struct{ slots chan *session }

func newPool(n int) *pool {
	p := &pool{slots: make(chan *session, n)}
	for range n {
		p.slots <- nil
	}
	return p
}

// take waits for a session.
func (p *pool) take(ctx context.Context) (*session, error) {
	select {
	case s := <-p.slots:
		return ready(s), nil
	default:
	}
	select {
	case s := <-p.slots:
		return ready(s), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errBusy, ctx.Err())
	}
}

// spare gives a session only if one is free at once.
func (p *pool) spare() *session {
	select {
	case s := <-p.slots:
		return ready(s)
	default:
		return nil
	}
}

func ready(s *session) *session {
	if s == nil {
		s = newSession()
	}
	return s
}

// give takes a session back.
func (p *pool) give(s *session) {
	s.release()
	p.slots <- s
}
