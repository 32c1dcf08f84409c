package poll

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"siteward/appliance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is an engine in a bubble of virtual time with a clock that tests may set.
type bench struct {
	*Engine
	t      *testing.T
	jump   atomic.Int64 // added to the wall clock
	asleep atomic.Int64 // added to the wall and the boot clock

	mu     sync.Mutex
	runs   []Run
	misses []Miss
	pauses []Pause
	causes []error

	stop func()
	done chan error
}

// inBubble plays f against a running engine that is ticked each second.
func inBubble(t *testing.T, opt Options, run func(context.Context, Run), f func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, done: make(chan error, 1)}
		start := time.Now()
		opt.Clock = Clock{
			Wall: func() time.Time { return time.Now().Round(0).Add(time.Duration(b.jump.Load() + b.asleep.Load())) },
			Mono: func() time.Duration { return time.Since(start) },
			Boot: func() time.Duration { return time.Since(start) + time.Duration(b.asleep.Load()) },
		}
		opt.Missed = func(m Miss) { b.mu.Lock(); b.misses = append(b.misses, m); b.mu.Unlock() }
		opt.Pause = func(p Pause) { b.mu.Lock(); b.pauses = append(b.pauses, p); b.mu.Unlock() }
		b.Engine = New(opt, func(ctx context.Context, r Run) {
			b.mu.Lock()
			b.runs = append(b.runs, r)
			b.mu.Unlock()
			if run != nil {
				run(ctx, r)
			}
			b.mu.Lock()
			b.causes = append(b.causes, context.Cause(ctx))
			b.mu.Unlock()
		})
		ctx, cancel := context.WithCancel(t.Context())
		b.stop = cancel
		go func() { b.done <- b.Run(ctx) }()
		f(b)
		cancel()
		<-b.done
		synctest.Wait()
	})
}

// pass lets time go by, with a tick each second.
func (b *bench) pass(d time.Duration) {
	for range int(d / time.Second) {
		time.Sleep(time.Second)
		b.Tick()
	}
	synctest.Wait()
}

func (b *bench) taken() ([]Run, []Miss, []Pause) {
	b.mu.Lock()
	defer b.mu.Unlock()
	runs, misses, pauses := b.runs, b.misses, b.pauses
	b.runs, b.misses, b.pauses = nil, nil, nil
	return runs, misses, pauses
}

func (b *bench) add(count int, interval time.Duration) {
	for id := range count {
		b.Set(Poll{Check: appliance.ID(id + 1), Interval: interval, Timeout: 5 * time.Second, Last: time.Now()})
	}
}

func TestThousandChecks(t *testing.T) {
	inBubble(t, Options{}, nil, func(b *bench) {
		b.add(1000, time.Minute)
		b.pass(time.Minute)
		b.taken()
		b.pass(10 * time.Minute)
		runs, misses, _ := b.taken()
		if len(runs) != 10_000 || len(misses) != 0 {
			t.Fatalf("%d runs, %d misses; want 10000 and none", len(runs), len(misses))
		}
		perCheck, perSecond := map[appliance.ID][]time.Time{}, map[time.Time]int{}
		for _, r := range runs {
			perCheck[r.Check] = append(perCheck[r.Check], r.Slot)
			perSecond[r.Slot]++
		}
		for id, slots := range perCheck {
			for i, s := range slots[1:] {
				if s.Sub(slots[i]) != time.Minute {
					t.Fatalf("check %d: slots %v", id, slots)
				}
			}
		}
		for s, n := range perSecond {
			if n > 40 { // 16.7 on average
				t.Errorf("%d checks at %v", n, s)
			}
		}
		if s := b.Stats(); s.Checks != 1000 || s.Running != 0 || s.Waiting != 0 || s.Missed != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestSlotsAreTheSameAfterARestart(t *testing.T) {
	var first []Run
	for i := range 2 {
		inBubble(t, Options{}, nil, func(b *bench) {
			time.Sleep(time.Duration(i) * 20 * time.Second) // a bubble begins at the same time each
			b.add(50, time.Minute)
			b.pass(2*time.Minute + 50*time.Second)
			runs, _, _ := b.taken()
			runs = slices.DeleteFunc(runs, func(r Run) bool {
				return r.Slot.Minute() != 2 || r.Slot.Second() > 45
			})
			slices.SortFunc(runs, func(a, b Run) int { return int(a.Check) - int(b.Check) })
			if first == nil {
				first = runs
				return
			}
			if len(first) == 0 || !slices.EqualFunc(first, runs, func(a, b Run) bool { return a.Check == b.Check && a.Slot.Equal(b.Slot) }) {
				t.Errorf("first %v\nthen %v", first, runs)
			}
		})
	}
}

func TestAHangingRunHoldsOnlyItself(t *testing.T) {
	var released atomic.Bool
	hang := func(_ context.Context, r Run) {
		for r.Check == 1 && !released.Load() {
			time.Sleep(time.Second) // it does not even listen to its context
		}
	}
	inBubble(t, Options{Workers: 1, StopWait: time.Second}, hang, func(b *bench) {
		b.add(20, time.Minute)
		b.pass(10 * time.Minute)
		runs, misses, _ := b.taken()
		count := map[appliance.ID]int{}
		for _, r := range runs {
			count[r.Check]++
		}
		if count[1] != 1 {
			t.Errorf("the hanging check was begun %d times", count[1])
		}
		for id := appliance.ID(2); id <= 20; id++ {
			if count[id] < 9 {
				t.Errorf("check %d was run %d times beside it", id, count[id])
			}
		}
		for _, m := range misses {
			if m.Check == 1 && m.Why != WhyRunning {
				t.Errorf("missed %+v", m)
			}
		}
		if s := b.Stats(); s.Missed < 8 || s.Running != 1 || s.Slow != 1 {
			t.Errorf("stats %+v", s)
		}
		b.stop()
		err := <-b.done
		if !errors.Is(err, ErrHanging) || !strings.Contains(err.Error(), "[1] after 1s") {
			t.Errorf("stop: %v", err)
		}
		released.Store(true)
		time.Sleep(2 * time.Second)
		b.done <- nil
	})
}

func TestSilentDevicesDelayNobody(t *testing.T) {
	silent := func(ctx context.Context, r Run) {
		if r.Check <= 300 {
			<-ctx.Done() // a time-out of 5 s
		}
	}
	inBubble(t, Options{}, silent, func(b *bench) {
		b.add(1000, time.Minute)
		b.pass(2 * time.Minute) // it takes one round to learn who is slow
		b.taken()
		b.pass(10 * time.Minute)
		runs, misses, _ := b.taken()
		good := 0
		for _, r := range runs {
			if r.Check > 300 {
				good++
			}
		}
		for _, m := range misses {
			if m.Check > 300 {
				t.Fatalf("a good check suffers: %+v", m)
			}
		}
		if good != 7000 {
			t.Errorf("%d runs of good checks, want 7000", good)
		}
		if bad := len(runs) - good; bad < 1500 {
			t.Errorf("only %d runs of silent ones", bad)
		}
	})
}

func TestOneRunADevice(t *testing.T) {
	var under, most atomic.Int32
	run := func(ctx context.Context, r Run) {
		most.Store(max(most.Load(), under.Add(1)))
		select {
		case <-time.After(3 * time.Second):
		case <-ctx.Done():
		}
		under.Add(-1)
	}
	inBubble(t, Options{}, run, func(b *bench) {
		for id := appliance.ID(1); id <= 10; id++ {
			b.Set(Poll{Check: id, Interval: time.Minute, Group: 7, Last: time.Now()})
			b.RunNow(id)
		}
		b.pass(5 * time.Minute)
		runs, _, _ := b.taken()
		if most.Load() != 1 {
			t.Errorf("%d at the same time", most.Load())
		}
		if len(runs) < 40 {
			t.Errorf("%d runs", len(runs))
		}
	})
}

func TestLateAndMissed(t *testing.T) {
	var long atomic.Bool
	run := func(ctx context.Context, r Run) {
		if r.Check == 1 && long.Load() {
			time.Sleep(45 * time.Second)
		}
	}
	inBubble(t, Options{}, run, func(b *bench) {
		b.Set(Poll{Check: 1, Interval: 20 * time.Second, Group: 7, Last: time.Now()})
		b.Set(Poll{Check: 2, Interval: 20 * time.Second, Group: 7, Last: time.Now()})
		b.pass(time.Minute)
		if _, misses, _ := b.taken(); len(misses) != 0 {
			t.Fatalf("%+v", misses)
		}
		long.Store(true)
		b.pass(2 * time.Minute)
		runs, misses, _ := b.taken()
		why := map[Why]int{}
		for _, m := range misses {
			why[m.Why]++
		}
		if why[WhyRunning] == 0 || why[WhyWaiting] == 0 || why[WhyLate] == 0 {
			t.Errorf("misses %v", why)
		}
		late := 0
		for _, r := range runs {
			if r.Late {
				late++
			}
		}
		if late != why[WhyLate] || b.Stats().Late != uint64(late) {
			t.Errorf("%d late runs, %d told, %d counted", late, why[WhyLate], b.Stats().Late)
		}
	})
}

func TestOverdueChecksAreSpread(t *testing.T) {
	inBubble(t, Options{}, nil, func(b *bench) {
		for id := range appliance.ID(600) { // once an hour, last seen yesterday
			b.Set(Poll{Check: id + 1, Interval: time.Hour, Last: time.Now().Add(-24 * time.Hour)})
		}
		most := 0
		total := 0
		for range 61 {
			b.pass(time.Second)
			runs, misses, _ := b.taken()
			most, total = max(most, len(runs)), total+len(runs)
			if len(misses) > 0 {
				t.Fatalf("%+v", misses)
			}
		}
		if total < 600 || total > 620 || most > 30 {
			t.Errorf("%d runs, at most %d in a second", total, most)
		}
	})
}

func TestSetAndRemove(t *testing.T) {
	inBubble(t, Options{}, func(ctx context.Context, r Run) {
		if r.ByHand {
			<-ctx.Done()
		}
	}, func(b *bench) {
		if b.RunNow(1) {
			t.Error("an unknown check was run")
		}
		b.Set(Poll{Check: 1, Interval: time.Minute, Last: time.Now()})
		for range 2 { // the second is answered by the first
			if !b.RunNow(1) {
				t.Error("a known check was not run")
			}
		}
		synctest.Wait()
		b.Remove(1)
		b.Remove(1)
		b.Remove(2)
		b.Set(Poll{Check: 1, Interval: 10 * time.Second, Last: time.Now()}) // back before the run has ended
		synctest.Wait()
		b.mu.Lock()
		if len(b.causes) != 1 || !errors.Is(b.causes[0], ErrRemoved) {
			t.Errorf("ended by %v", b.causes)
		}
		b.mu.Unlock()
		b.taken()
		b.pass(time.Minute)
		if runs, _, _ := b.taken(); len(runs) != 6 {
			t.Errorf("%d runs a minute, want 6", len(runs))
		}
		b.Set(Poll{Check: 1, Interval: 30 * time.Second, Last: time.Now()})
		b.pass(time.Minute)
		if runs, _, _ := b.taken(); len(runs) != 2 {
			t.Errorf("%d runs a minute, want 2", len(runs))
		}
		b.Remove(1)
		b.pass(time.Minute)
		if runs, _, _ := b.taken(); len(runs) != 0 || b.Stats().Checks != 0 {
			t.Errorf("%d runs after it was removed", len(runs))
		}
	})
}

func TestRemovedWhileWaiting(t *testing.T) {
	inBubble(t, Options{Workers: 1}, func(ctx context.Context, _ Run) { <-ctx.Done() }, func(b *bench) {
		for id := appliance.ID(1); id <= 4; id++ {
			b.Set(Poll{Check: id, Interval: time.Hour, Timeout: 5 * time.Second, Group: 7, Last: time.Now()})
			b.RunNow(id)
		}
		b.Set(Poll{Check: 5, Interval: time.Hour, Timeout: 5 * time.Second, Last: time.Now()})
		b.RunNow(5)
		b.Remove(2)
		b.Remove(3)
		b.Remove(5)
		b.pass(11 * time.Second)
		runs, _, _ := b.taken()
		var ids []appliance.ID
		for _, r := range runs {
			ids = append(ids, r.Check)
		}
		if !slices.Equal(ids, []appliance.ID{1, 4}) {
			t.Errorf("run: %v", ids)
		}
	})
}

func TestPanicIsNoEnd(t *testing.T) {
	inBubble(t, Options{Workers: 1}, func(context.Context, Run) { panic("probe") }, func(b *bench) {
		b.add(3, time.Minute)
		b.pass(3 * time.Minute)
		if s := b.Stats(); s.Runs < 8 || s.Running != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestRunOnce(t *testing.T) {
	inBubble(t, Options{}, nil, func(b *bench) {
		synctest.Wait()
		if err := b.Run(t.Context()); err == nil {
			t.Error("a second Run was accepted")
		}
	})
}

func TestPhase(t *testing.T) {
	var tenths [10]int
	for id := range appliance.ID(1000) {
		p := phase(id+1, time.Minute)
		if p < 0 || p >= time.Minute || p%time.Second != 0 {
			t.Fatalf("phase %s", p)
		}
		tenths[p/(6*time.Second)]++
	}
	for i, n := range tenths {
		if n < 60 || n > 140 {
			t.Errorf("%d of 1000 checks in tenth %d", n, i)
		}
	}
}

// BenchmarkThousandPolls is the engine's own cost of 1,000 polls, ticks included.
func BenchmarkThousandPolls(b *testing.B) {
	var wall, served atomic.Int64
	e := New(Options{Clock: Clock{
		Wall: func() time.Time { return time.Unix(0, wall.Load()) },
		Mono: func() time.Duration { return time.Duration(wall.Load()) },
		Boot: func() time.Duration { return time.Duration(wall.Load()) },
	}}, func(context.Context, Run) { served.Add(1) })
	for id := range appliance.ID(1000) {
		e.Set(Poll{Check: id + 1, Interval: time.Minute, Last: time.Unix(0, 1)})
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- e.Run(ctx) }()
	b.ReportAllocs()
	for b.Loop() {
		want := served.Load() + 1000
		for range 60 {
			wall.Add(int64(time.Second))
			e.Tick()
			for s := e.Stats(); s.Running+s.Waiting > 0; s = e.Stats() {
				runtime.Gosched()
			}
		}
		if served.Load() < want-1 {
			b.Fatalf("%d runs, want %d", served.Load(), want)
		}
	}
	cancel()
	if err := <-stopped; err != nil {
		b.Error(err)
	}
}
