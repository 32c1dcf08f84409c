package poll

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"siteward/appliance"
)

func TestClock(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(b *bench)
		why    Why
		lost   time.Duration
	}{
		{"suspended for a night", func(b *bench) { b.asleep.Add(int64(8 * time.Hour)) }, WhySuspended, 8 * time.Hour},
		{"set forward by a day", func(b *bench) { b.jump.Add(int64(24 * time.Hour)) }, WhyForward, 24 * time.Hour},
		{"set back by a day", func(b *bench) { b.jump.Add(-int64(24 * time.Hour)) }, WhyBack, -24 * time.Hour},
		{"begun in 1970 and set by the network", func(b *bench) { b.jump.Add(int64(26 * 365 * 24 * time.Hour)) }, WhyForward, 26 * 365 * 24 * time.Hour},
		{"the program stood still", func(*bench) { time.Sleep(40 * time.Second) }, WhyStalled, 40 * time.Second},
		{"time synchronisation", func(b *bench) { b.jump.Add(int64(time.Second)) }, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			wait := func(ctx context.Context, r Run) {
				if r.Check == 1 {
					<-ctx.Done()
				}
			}
			inBubble(t, Options{}, wait, func(b *bench) {
				if c.name == "begun in 1970 and set by the network" {
					b.jump.Store(-int64(30 * 365 * 24 * time.Hour))
				}
				b.add(100, time.Minute)
				b.pass(2 * time.Minute)
				b.taken()
				b.RunNow(1)
				synctest.Wait()
				c.happen(b)
				b.pass(time.Second)
				runs, misses, pauses := b.taken()
				if c.why == "" {
					if len(pauses) != 0 {
						t.Errorf("pauses %+v", pauses)
					}
					return
				}
				if len(pauses) != 1 || pauses[0].Why != c.why || (pauses[0].To.Sub(pauses[0].From)-c.lost).Abs() > 2*time.Second {
					t.Fatalf("pauses %+v, want %s of %s", pauses, c.why, c.lost)
				}
				if len(misses) != 0 || len(runs) > 3 {
					t.Errorf("a storm: %d runs, misses %+v", len(runs), misses)
				}
				if c.why != WhyStalled {
					b.mu.Lock()
					if !slices.ContainsFunc(b.causes, func(err error) bool { return errors.Is(err, ErrPaused) }) {
						t.Error("the run that was under way was not ended as ours")
					}
					b.mu.Unlock()
				}
				b.pass(time.Minute + time.Second)
				runs, misses, _ = b.taken()
				if len(misses) != 0 || len(runs) < 99 || len(runs) > 103 {
					t.Errorf("in the minute after: %d runs, misses %+v", len(runs), misses)
				}
			})
		})
	}
}

func TestWaitingIsForgottenInAPause(t *testing.T) {
	run := func(ctx context.Context, _ Run) { <-ctx.Done() }
	inBubble(t, Options{Workers: 1}, run, func(b *bench) {
		b.add(5, time.Hour)
		for id := appliance.ID(11); id <= 13; id++ {
			b.Set(Poll{Check: id, Interval: time.Hour, Timeout: 5 * time.Second, Group: 7, Last: time.Now()})
		}
		b.Tick()
		for id := appliance.ID(1); id <= 13; id++ {
			b.RunNow(id)
		}
		synctest.Wait()
		if s := b.Stats(); s.Running != 1 || s.Waiting != 7 {
			t.Fatalf("stats %+v", s)
		}
		b.asleep.Add(int64(time.Hour / 2))
		b.Tick()
		synctest.Wait()
		if s := b.Stats(); s.Running != 0 || s.Waiting != 0 {
			t.Errorf("stats %+v", s)
		}
		if !b.RunNow(12) {
			t.Error("the device is held by nobody, but cannot be asked")
		}
		synctest.Wait()
		if s := b.Stats(); s.Running != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestDaylightSaving: slots are instants, so neither change moves, doubles or drops one.
func TestDaylightSaving(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Time{time.Date(2027, 3, 28, 0, 0, 0, 0, berlin), time.Date(2026, 10, 25, 0, 0, 0, 0, berlin)} {
		inBubble(t, Options{}, nil, func(b *bench) {
			b.jump.Store(int64(time.Until(day)))
			b.Set(Poll{Check: 1, Interval: time.Hour, Last: day})
			b.pass(6 * time.Hour)
			runs, misses, pauses := b.taken()
			if len(runs) != 6 || len(misses)+len(pauses) != 0 {
				t.Errorf("%s: %d runs, %d misses, %d pauses", day, len(runs), len(misses), len(pauses))
			}
		})
	}
}
