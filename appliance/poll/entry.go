package poll

import (
	"container/heap"
	"context"
	"time"

	"siteward/appliance"
)

// A run waits and works in one of two lanes.
const (
	fast = iota
	slow // checks whose last run took long, and runs that are taking long now
	lanes
)

type status uint8

const (
	idle    status = iota
	waiting        // for its group or for a worker
	working
)

// entry is a poll with where it stands.
type entry struct {
	poll  Poll
	phase time.Duration
	due   time.Time // when it is taken from the heap
	slot  time.Time // the slot it then runs for
	index int       // in the heap, -1 outside

	state status
	slow  bool // the last run took long
	lane  int  // of the run
	now   Run
	began time.Duration
	ctx   context.Context
	// cancel ends the run with its cause.
	cancel context.CancelCauseFunc
	owed   bool // of the run: due while the appliance was away, so it is not late
	gone   bool // removed while waiting or working
}

// schedule sets the next slot after a time.
func (r *entry) schedule(after time.Time) {
	r.slot = slotAt(after, r.phase, r.poll.Interval).Add(r.poll.Interval)
	r.due = r.slot
}

// first sets when a poll is due that was just made known.
func (r *entry) first(now time.Time) {
	r.schedule(now)
	current := slotAt(now, r.phase, r.poll.Interval)
	if r.poll.Last.IsZero() || r.poll.Last.Before(current) {
		soon := now.Add(phase(r.poll.Check, min(overdueWithin, r.poll.Interval)))
		if soon.Before(r.due) {
			r.due, r.slot = soon, current
		}
	}
}

type dueHeap []*entry

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *dueHeap) Push(x any) {
	r := x.(*entry) //nolint:errcheck // only entries are pushed
	r.index = len(*h)
	*h = append(*h, r)
}
func (h *dueHeap) Pop() any {
	old := *h
	r := old[len(old)-1]
	r.index = -1
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return r
}

// group is a device that is asked one thing at a time.
type group struct {
	waiting []*entry
}

// Set adds a poll or changes it. What is under way goes on as it was.
func (e *Engine) Set(p Poll) {
	if p.Interval <= 0 {
		p.Interval = time.Minute
	}
	if p.Timeout <= 0 {
		p.Timeout = 10 * time.Second
	}
	now := e.clock.Wall()
	e.mu.Lock()
	defer e.mu.Unlock()
	r, known := e.entries[p.Check]
	if !known {
		r = &entry{index: -1}
		e.entries[p.Check] = r
	}
	if r.state != idle {
		p.Group = r.poll.Group // a run holds on to it; a check does not change its device
	}
	same := r.poll.Interval == p.Interval && !r.gone
	r.poll, r.gone = p, false
	if known && same {
		return
	}
	r.phase = phase(p.Check, p.Interval)
	r.first(now)
	if r.index >= 0 {
		heap.Fix(&e.heap, r.index)
		return
	}
	heap.Push(&e.heap, r)
}

// Remove forgets a poll and ends its run. It is no error when there is none.
func (e *Engine) Remove(check appliance.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, ok := e.entries[check]
	if !ok || r.gone {
		return
	}
	heap.Remove(&e.heap, r.index)
	r.gone = true
	switch r.state {
	case idle:
		delete(e.entries, check)
	case working:
		r.cancel(ErrRemoved)
	}
}

// RunNow asks for a run out of turn and says whether the check is known. A run that is waiting or under way is the
// answer already; the next slot is kept.
func (e *Engine) RunNow(check appliance.ID) bool {
	now := e.clock.read()
	e.mu.Lock()
	r, ok := e.entries[check]
	var misses []Miss
	ok = ok && !r.gone
	if ok && r.state == idle {
		r.owed = false
		r.now = Run{Check: check, Slot: slotAt(now.wall, r.phase, r.poll.Interval), ByHand: true}
		e.enqueue(r)
		misses = e.dispatch(now)
	}
	e.mu.Unlock()
	e.tell(misses, nil)
	return ok
}
