package discover

import (
	"context"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// pace lets one packet after the other go, and counts.
type pace struct {
	limiter *rate.Limiter
	sent    atomic.Int64
	got     atomic.Int64
}

func newPace(perSecond int) *pace {
	perSecond = max(perSecond, 1)
	return &pace{limiter: rate.NewLimiter(rate.Limit(perSecond), max(1, perSecond/10))}
}

// wait is called before each packet.
func (p *pace) wait(ctx context.Context) error {
	if err := p.limiter.Wait(ctx); err != nil {
		return err
	}
	p.sent.Add(1)
	return nil
}

func (p *pace) answered() { p.got.Add(1) }
