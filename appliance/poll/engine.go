package poll

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"siteward/appliance"
)

// What ended a run before its time: the cause of its context.
var (
	ErrPaused  = errors.New("the appliance itself was away during the run") // such a run says nothing about the device
	ErrRemoved = errors.New("the check was removed")
	ErrStopped = errors.New("the appliance is stopping")
)

// ErrHanging is what Run ends with when runs do not return after their context has ended.
var ErrHanging = errors.New("poll: runs did not end in time")

// Options of an engine. Zero fields take the defaults.
type Options struct {
	// Workers is how many runs may be under way, 16. As many again serve runs that take long, so that devices which
	// do not answer wait for each other and nobody else does.
	Workers int
	// SlowAfter is when a run counts as taking long, 2 s.
	SlowAfter time.Duration
	// StopWait is how long Run waits for runs under way when it ends, 1500 ms.
	StopWait time.Duration
	Clock    Clock
	Logger   *slog.Logger
	// Missed hears of runs that did not happen in their slot, Pause of time that was lost. Both are called without
	// locks, by Tick or by a worker, one after the other per caller; nil for none.
	Missed func(Miss)
	Pause  func(Pause)
}

// Poll is one check as the engine sees it.
type Poll struct {
	Check    appliance.ID
	Interval time.Duration
	Timeout  time.Duration // of one run; 10 s when 0
	// Group names what must not be asked twice at the same time: the device, for SNMP. 0 is no group.
	Group appliance.ID
	// Last is the time of the last reading. A check that was due since is run within the first minute (all of them
	// spread), instead of in its next slot. Zero is never.
	Last time.Time
}

// Run is one run of a check.
type Run struct {
	Check  appliance.ID
	Slot   time.Time // when it was due
	Late   bool      // begun more than half an interval after its slot
	ByHand bool      // asked for by RunNow, out of turn
}

// Miss is a run that did not happen, or happened late.
type Miss struct {
	Check appliance.ID
	Slot  time.Time // the first one
	Count int       // of slots in a row
	Why   Why
}

// Stats are the engine's own figures.
type Stats struct {
	Checks  int
	Waiting int // due, without a worker
	Running int
	Slow    int // of Running, those that take long
	Runs    uint64
	Late    uint64
	Missed  uint64
	LastRun time.Time // begin of the newest run
}

// Engine runs polls. Make one with New.
type Engine struct {
	opt   Options
	run   func(context.Context, Run)
	clock Clock
	work  chan *entry

	mu      sync.Mutex
	base    context.Context // of all runs
	entries map[appliance.ID]*entry
	heap    dueHeap
	groups  map[appliance.ID]*group
	queue   [lanes][]*entry
	busy    [lanes]int
	running map[*entry]bool
	last    reading
	ticked  bool
	started bool
	stats   Stats
}

// New makes an engine that calls run for each due check, from several goroutines. run must return soon after its
// context ends; context.Cause tells why it ended.
func New(opt Options, run func(context.Context, Run)) *Engine {
	if opt.Workers <= 0 {
		opt.Workers = 16
	}
	if opt.SlowAfter <= 0 {
		opt.SlowAfter = 2 * time.Second
	}
	if opt.StopWait <= 0 {
		opt.StopWait = 1500 * time.Millisecond
	}
	if opt.Logger == nil {
		opt.Logger = slog.Default()
	}
	return &Engine{opt: opt, run: run, clock: opt.Clock.filled(), work: make(chan *entry, lanes*opt.Workers),
		entries: map[appliance.ID]*entry{}, groups: map[appliance.ID]*group{}, running: map[*entry]bool{}}
}

// Run serves polls until ctx ends. Then it ends the runs under way and waits for them, at most StopWait; an error
// names those that did not return. It may be called once.
func (e *Engine) Run(ctx context.Context) error {
	base, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(ErrStopped)
	e.mu.Lock()
	if e.started {
		e.mu.Unlock()
		return errors.New("poll: the engine was started before")
	}
	e.base, e.started = base, true
	e.dispatch(e.clock.read())
	e.mu.Unlock()
	var workers sync.WaitGroup
	for range lanes * e.opt.Workers {
		workers.Go(e.worker)
	}
	<-ctx.Done()
	e.mu.Lock()
	e.base = nil // nothing is dispatched from here on
	e.mu.Unlock()
	cancel(ErrStopped)
	close(e.work)
	done := make(chan struct{})
	go func() { workers.Wait(); close(done) }()
	limit := time.NewTimer(e.opt.StopWait)
	defer limit.Stop()
	select {
	case <-done:
		return nil
	case <-limit.C:
		return e.hanging()
	}
}

func (e *Engine) hanging() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var ids []appliance.ID
	for r := range e.running {
		ids = append(ids, r.poll.Check)
	}
	return fmt.Errorf("%w: checks %v after %s", ErrHanging, ids, e.opt.StopWait)
}

func (e *Engine) worker() {
	for r := range e.work {
		e.serve(r)
	}
}

// serve runs one poll and hands its worker, its group and its lane on.
func (e *Engine) serve(r *entry) {
	func() {
		defer func() {
			if p := recover(); p != nil {
				e.opt.Logger.Error("run panicked", "check", r.poll.Check, "panic", p, "stack", string(debug.Stack()))
			}
		}()
		e.run(r.ctx, r.now)
	}()
	r.cancel(nil)
	now := e.clock.read()
	e.mu.Lock()
	r.slow = now.mono-r.began > e.opt.SlowAfter
	delete(e.running, r)
	e.busy[r.lane]--
	e.release(r)
	e.rest(r)
	misses := e.dispatch(now)
	e.mu.Unlock()
	e.tell(misses, nil)
}

// Stats gives the figures of this moment.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.stats
	s.Checks, s.Running, s.Slow = len(e.heap), len(e.running), e.busy[slow]
	for _, r := range e.entries {
		if r.state == waiting {
			s.Waiting++
		}
	}
	return s
}

func (e *Engine) tell(misses []Miss, pause *Pause) {
	if pause != nil && e.opt.Pause != nil {
		e.opt.Pause(*pause)
	}
	if e.opt.Missed == nil {
		return
	}
	for _, m := range misses {
		e.opt.Missed(m)
	}
}
