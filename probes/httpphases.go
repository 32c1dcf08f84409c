package probes

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"

	"siteward/appliance"
)

// phases is how long the parts of a visit took, summed over its redirects.
type phases struct {
	mu                                    sync.Mutex
	resolve, connect, tls, wait, transfer time.Duration
	wrote, first                          time.Time
}

func (p *phases) add(to *time.Duration, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*to += d
}

func (p *phases) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.wrote = time.Now()
		},
		GotFirstResponseByte: func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.first = time.Now()
			if !p.wrote.IsZero() { // an answer may come before the request was written in full
				p.wait += p.first.Sub(p.wrote)
			}
		},
	})
}

// end is called when the body has been read.
func (p *phases) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.first.IsZero() {
		p.transfer += time.Since(p.first)
	}
}

func (p *phases) values() []appliance.Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	var values []appliance.Value
	for _, v := range []struct {
		metric string
		took   time.Duration
	}{
		{"http.resolve", p.resolve}, {"http.connect", p.connect}, {"http.tls", p.tls},
		{"http.wait", p.wait}, {"http.transfer", p.transfer},
	} {
		if v.took > 0 {
			values = append(values, seconds(v.metric, v.took))
		}
	}
	return values
}
