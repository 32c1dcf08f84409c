package poll

import (
	"container/heap"
	"context"
	"time"
)

// Tick looks at the clock, takes what is due and gives it to workers. Call it about once a second.
func (e *Engine) Tick() {
	now := e.clock.read()
	e.mu.Lock()
	lost := e.watch(now)
	var misses []Miss
	if lost == nil {
		e.moveToSlow(now)
		misses = e.take(now)
	}
	misses = append(misses, e.dispatch(now)...)
	e.mu.Unlock()
	e.tell(misses, lost)
}

// watch finds time that was lost. Then what waited is let go, what is under way is ended, and all slots are counted
// anew from now on, so that nothing is caught up.
func (e *Engine) watch(now reading) *Pause {
	before := e.last
	e.last = now
	if !e.ticked {
		e.ticked = true
		return nil
	}
	p, lost := gap(before, now)
	if !lost {
		return nil
	}
	e.letGo()
	for r := range e.running {
		r.cancel(ErrPaused)
	}
	for _, r := range e.heap {
		r.schedule(now.wall)
	}
	heap.Init(&e.heap)
	return &p
}

// letGo ends all waiting: for a device, and for a worker.
func (e *Engine) letGo() {
	for _, g := range e.groups {
		for _, r := range g.waiting {
			e.rest(r)
		}
		g.waiting = nil
	}
	for lane, queue := range e.queue {
		for _, r := range queue {
			delete(e.groups, r.poll.Group)
			e.rest(r)
		}
		e.queue[lane] = nil
	}
}

// rest ends the part of an entry in a run, and the entry itself when it was removed meanwhile.
func (e *Engine) rest(r *entry) {
	r.state = idle
	if r.gone {
		delete(e.entries, r.poll.Check)
	}
}

// take moves what is due from the heap to its queue.
func (e *Engine) take(now reading) []Miss {
	var misses []Miss
	for len(e.heap) > 0 && !e.heap[0].due.After(now.wall) {
		r := e.heap[0]
		slot, step := r.slot, r.poll.Interval
		if skipped := int(now.wall.Sub(slot) / step); skipped > 0 && r.due.Equal(slot) {
			misses = append(misses, e.miss(r, slot, skipped, WhySkipped))
			slot = slot.Add(time.Duration(skipped) * step)
		}
		switch r.state {
		case idle:
			r.now, r.owed = Run{Check: r.poll.Check, Slot: slot}, !r.due.Equal(r.slot)
			e.enqueue(r)
		case waiting:
			misses = append(misses, e.miss(r, slot, 1, WhyWaiting))
		case working:
			misses = append(misses, e.miss(r, slot, 1, WhyRunning))
		}
		r.schedule(now.wall)
		heap.Fix(&e.heap, 0)
	}
	return misses
}

func (e *Engine) miss(r *entry, slot time.Time, count int, why Why) Miss {
	if why == WhyLate {
		e.stats.Late++
	} else {
		e.stats.Missed += uint64(count)
	}
	return Miss{Check: r.poll.Check, Slot: slot, Count: count, Why: why}
}

// enqueue lets a run wait for its device, or for a worker when the device is free.
func (e *Engine) enqueue(r *entry) {
	r.state = waiting
	if id := r.poll.Group; id != 0 {
		g, taken := e.groups[id]
		if taken {
			g.waiting = append(g.waiting, r)
			return
		}
		e.groups[id] = &group{}
	}
	e.line(r)
}

func (e *Engine) line(r *entry) {
	r.lane = fast
	if r.slow {
		r.lane = slow
	}
	e.queue[r.lane] = append(e.queue[r.lane], r)
}

// release gives the device of a run to the next that waits for it.
func (e *Engine) release(r *entry) {
	g := e.groups[r.poll.Group]
	if r.poll.Group == 0 || g == nil {
		return
	}
	for len(g.waiting) > 0 {
		next := g.waiting[0]
		g.waiting = g.waiting[1:]
		if !next.gone {
			e.line(next)
			return
		}
		e.rest(next)
	}
	delete(e.groups, r.poll.Group)
}

// moveToSlow takes runs that are taking long out of the way of others, as far as there is room.
func (e *Engine) moveToSlow(now reading) {
	for r := range e.running {
		if r.lane == fast && now.mono-r.began > e.opt.SlowAfter && e.busy[slow] < e.opt.Workers {
			r.lane = slow
			e.busy[fast]--
			e.busy[slow]++
		}
	}
}

// dispatch gives waiting runs to free workers, in the order in which they came.
func (e *Engine) dispatch(now reading) []Miss {
	if e.base == nil {
		return nil
	}
	var misses []Miss
	for lane := range e.queue {
		for len(e.queue[lane]) > 0 && e.busy[lane] < e.opt.Workers {
			r := e.queue[lane][0]
			e.queue[lane] = e.queue[lane][1:]
			if r.gone {
				e.release(r)
				e.rest(r)
				continue
			}
			if late := now.wall.Sub(r.now.Slot); late > r.poll.Interval/2 && !r.now.ByHand && !r.owed {
				r.now.Late = true
				misses = append(misses, e.miss(r, r.now.Slot, 1, WhyLate))
			}
			e.start(r, now)
		}
	}
	return misses
}

func (e *Engine) start(r *entry, now reading) {
	r.state, r.began = working, now.mono
	ctx, cancel := context.WithCancelCause(e.base)
	deadline, stop := context.WithTimeout(ctx, r.poll.Timeout)
	r.ctx = deadline
	r.cancel = func(cause error) { cancel(cause); stop() }
	e.busy[r.lane]++
	e.running[r] = true
	e.stats.Runs++
	e.stats.LastRun = now.wall
	e.work <- r
}
