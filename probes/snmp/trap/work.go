package trap

import (
	"context"
	"net"
	"net/netip"
	"time"

	"siteward/appliance"
)

// work decodes what waits, hands it on in batches and answers.
func (r *Receiver) work(ctx context.Context) {
	drops := time.NewTicker(dropsEvery)
	defer drops.Stop()
	var batch []Message
	for {
		select {
		case d, open := <-r.queue:
			if !open {
				r.hand(context.WithoutCancel(ctx), r.dropped())
				return
			}
			batch = r.gather(d, batch[:0])
			r.hand(context.WithoutCancel(ctx), batch)
		case <-drops.C:
			r.hand(context.WithoutCancel(ctx), r.dropped())
		case engine := <-r.forget:
			delete(r.engines.known, engine)
		}
	}
}

// gather decodes a datagram and those that come within batchWait.
func (r *Receiver) gather(d datagram, batch []Message) []Message {
	batch = r.decode(d, batch)
	wait := time.NewTimer(batchWait)
	defer wait.Stop()
	for len(batch) < maxBatch {
		select {
		case d, open := <-r.queue:
			if !open {
				return batch
			}
			batch = r.decode(d, batch)
		case <-wait.C:
			return batch
		}
	}
	return batch
}

func (r *Receiver) decode(d datagram, batch []Message) []Message {
	r.queued.Add(-int64(len(d.b)))
	if len(r.late) > maxSenders {
		clear(r.late)
	}
	m, reply, ok := r.read(d.b, d.from, time.Now())
	r.send(reply, d.from)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total.Received++
	if !ok {
		return batch
	}
	if m.request != "" {
		if answer, again := r.done.get(m.request, m.At); again { // our answer was lost on the way
			r.send(answer, d.from)
			return batch
		}
	}
	return append(batch, m)
}

// hand gives messages to whoever keeps them, and answers the informs among them.
func (r *Receiver) hand(ctx context.Context, batch []Message) {
	if len(batch) == 0 {
		return
	}
	if err := r.o.Take(ctx, batch); err != nil {
		r.refusedAll(batch)
		return
	}
	for i := range batch {
		m := &batch[i]
		if m.answer == nil {
			continue
		}
		r.send(m.answer, m.From)
		r.done.put(m.request, m.answer, m.At)
		r.mu.Lock()
		r.total.Answered++
		r.mu.Unlock()
	}
}

func (r *Receiver) send(b []byte, to netip.AddrPort) {
	if b != nil {
		_, _ = r.conn.WriteTo(b, net.UDPAddrFromAddrPort(to)) // a lost answer is asked for again
	}
}

// refusedAll counts what could not be kept. Informs come again; counts of drops are kept for the next time.
func (r *Receiver) refusedAll(batch []Message) {
	for i := range batch {
		m := &batch[i]
		switch {
		case m.Dropped():
			r.drop(m.From.Addr(), m.Why, m.Count)
			r.mu.Lock() // they are in the total already
			r.total.Received -= m.Count
			r.total.Dropped -= m.Count
			r.mu.Unlock()
		case m.answer == nil:
			r.drop(m.From.Addr(), appliance.TrapCannotBeKept, 1)
			r.mu.Lock()
			r.total.Received--
			r.mu.Unlock()
		}
	}
}

// answered are the last informs that were answered, so that one that is repeated is not kept twice.
type answered struct {
	by   map[string]reply
	ring [512]string
	next int
}

type reply struct {
	b  []byte
	at time.Time
}

// repeatWithin is how long a sender repeats an inform; the same number later is another one.
const repeatWithin = time.Minute

func (a *answered) get(request string, now time.Time) ([]byte, bool) {
	r, ok := a.by[request]
	return r.b, ok && now.Sub(r.at) < repeatWithin
}

func (a *answered) put(request string, b []byte, now time.Time) {
	if a.by == nil {
		a.by = map[string]reply{}
	}
	if _, known := a.by[request]; !known {
		delete(a.by, a.ring[a.next])
		a.ring[a.next] = request
		a.next = (a.next + 1) % len(a.ring)
	}
	a.by[request] = reply{b, now}
}
