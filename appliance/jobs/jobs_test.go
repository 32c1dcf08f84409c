package jobs

import (
	"context"
	"errors"
	"io"
	"log/slog"
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

var (
	berlin = must(time.LoadLocation("Europe/Berlin"))
	quiet  = slog.New(slog.NewTextHandler(io.Discard, nil))
)

func must(loc *time.Location, err error) *time.Location {
	if err != nil {
		panic(err)
	}
	return loc
}

// memory is a recorder that outlives a restart.
type memory struct {
	mu   sync.Mutex
	runs map[string]appliance.JobRun
	puts int
	fail error
}

func (m *memory) Jobs() ([]appliance.JobRun, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []appliance.JobRun
	for _, r := range m.runs {
		all = append(all, r)
	}
	return all, m.fail
}

func (m *memory) PutJobRun(r appliance.JobRun) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs == nil {
		m.runs = map[string]appliance.JobRun{}
	}
	m.runs[r.Name] = r
	m.puts++
	return m.fail
}

// life is a machine whose clock starts at a time and whose program may be restarted.
type life struct {
	t      *testing.T
	memory memory
	offset time.Duration
	mu     sync.Mutex
	ran    []time.Time
}

func inBubble(t *testing.T, start time.Time, f func(l *life)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &life{t: t, offset: time.Until(start)}
		f(l)
	})
}

func (l *life) now() time.Time { return time.Now().Round(0).Add(l.offset).In(berlin) }

// run lives with a table for a while and stops.
func (l *life) run(d time.Duration, table ...Job) *Jobs {
	l.t.Helper()
	j, err := New(Options{Recorder: &l.memory, Location: func() *time.Location { return berlin }, Now: l.now, Logger: quiet}, table)
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(l.t.Context())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	time.Sleep(d)
	cancel()
	if err := <-done; err != nil {
		l.t.Fatal(err)
	}
	synctest.Wait()
	return j
}

func (l *life) daily(hour, minute int) Job {
	return Job{Name: "backup", Schedule: Daily(hour, minute), Func: func(context.Context) error {
		l.mu.Lock()
		l.ran = append(l.ran, l.now())
		l.mu.Unlock()
		return nil
	}}
}

func (l *life) days() string {
	var out []string
	for _, at := range l.ran {
		out = append(out, at.Format("02 15:04"))
	}
	return strings.Join(out, ", ")
}

// TestDailyAtBothChanges: the clock leaves out 02:00 to 03:00 on 2027-03-28 and shows it twice on 2026-10-25.
func TestDailyAtBothChanges(t *testing.T) {
	spring, autumn := time.Date(2027, 3, 27, 0, 0, 30, 0, berlin), time.Date(2026, 10, 24, 0, 0, 30, 0, berlin)
	for _, c := range []struct {
		name         string
		start        time.Time
		hour, minute int
		want         string
	}{
		{"before the gap", spring, 1, 30, "27 01:30, 28 01:30, 29 01:30"},
		{"in the gap: right after it", spring, 2, 30, "27 02:30, 28 03:00, 29 02:30"},
		{"after the gap", spring, 3, 10, "27 03:10, 28 03:10, 29 03:10"},
		{"before the hour that comes twice", autumn, 1, 30, "24 01:30, 25 01:30, 26 01:30"},
		{"in the hour that comes twice: once", autumn, 2, 30, "24 02:30, 25 02:30, 26 02:30"},
		{"after it", autumn, 3, 10, "24 03:10, 25 03:10, 26 03:10"},
		{"at midnight", autumn, 0, 0, "24 00:01, 25 00:00, 26 00:00"},
		{"at the end of the day", spring, 23, 59, "27 23:59, 28 23:59, 29 23:59"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, c.start, func(l *life) {
				l.run(c.start.AddDate(0, 0, 3).Sub(c.start)-30*time.Second, l.daily(c.hour, c.minute))
				if got := l.days(); got != c.want {
					t.Errorf("ran %s, want %s", got, c.want)
				}
			})
		})
		t.Run(c.name+", with a restart every 50 minutes", func(t *testing.T) {
			inBubble(t, c.start, func(l *life) {
				for end := l.now().AddDate(0, 0, 3).Add(-50 * time.Minute); l.now().Before(end); {
					l.run(50*time.Minute, l.daily(c.hour, c.minute))
				}
				seen := map[string]int{}
				for _, at := range l.ran {
					seen[at.Format(time.DateOnly)]++
				}
				for d, n := range seen {
					if n != 1 {
						t.Errorf("%d runs on %s: %s", n, d, l.days())
					}
				}
				if len(seen) < 2 {
					t.Errorf("ran %s", l.days())
				}
			})
		})
	}
}

func TestDailyAndTheClock(t *testing.T) {
	start := time.Date(2026, 11, 20, 0, 0, 30, 0, berlin)
	t.Run("off at that time: later the same day", func(t *testing.T) {
		inBubble(t, start.Add(9*time.Hour), func(l *life) {
			l.run(5*time.Minute, l.daily(3, 10))
			if l.days() != "20 09:01" {
				t.Errorf("ran %s", l.days())
			}
		})
	})
	t.Run("suspended over it", func(t *testing.T) {
		inBubble(t, start, func(l *life) {
			l.run(time.Hour, l.daily(3, 10))
			l.offset += 7 * time.Hour
			l.run(time.Hour, l.daily(3, 10))
			if l.days() != "20 08:01" {
				t.Errorf("ran %s", l.days())
			}
		})
	})
	t.Run("a clock of 1970 runs nothing", func(t *testing.T) {
		inBubble(t, time.Date(1970, 1, 1, 0, 0, 0, 0, berlin), func(l *life) {
			l.run(25*time.Hour, l.daily(3, 10))
			if l.days() != "" {
				t.Errorf("ran %s", l.days())
			}
		})
	})
	t.Run("a last run in the future does not stop it for years", func(t *testing.T) {
		inBubble(t, start, func(l *life) {
			l.memory.runs = map[string]appliance.JobRun{"backup": {Name: "backup", Began: start.AddDate(4, 0, 0)}}
			l.run(4*time.Hour, l.daily(3, 10))
			if l.days() != "20 03:10" {
				t.Errorf("ran %s", l.days())
			}
		})
	})
}

func TestEvery(t *testing.T) {
	inBubble(t, time.Date(2026, 11, 20, 12, 0, 0, 0, berlin), func(l *life) {
		var ticks, hours atomic.Int32
		table := []Job{
			{Name: "tick", Schedule: Every(time.Second), Quiet: true, Func: func(context.Context) error { ticks.Add(1); return nil }},
			{Name: "hour", Schedule: Every(time.Hour), Func: func(context.Context) error { hours.Add(1); return nil }},
		}
		l.run(3*time.Hour+2*time.Minute, table...)
		if n := ticks.Load(); n < 10_900 || n > 10_921 {
			t.Errorf("%d ticks", n)
		}
		if hours.Load() != 4 || l.memory.puts != 4 {
			t.Errorf("%d runs, %d recorded, want 4 of each", hours.Load(), l.memory.puts)
		}
		l.run(30*time.Minute, table...) // a restart is no reason to run again
		if hours.Load() != 4 {
			t.Errorf("%d runs after a restart", hours.Load())
		}
	})
}

func TestFailuresAreKept(t *testing.T) {
	inBubble(t, time.Date(2026, 11, 20, 12, 0, 0, 0, berlin), func(l *life) {
		fail := errors.New("no space left")
		var n atomic.Int32
		job := Job{Name: "backup", Schedule: Every(10 * time.Minute), Func: func(context.Context) error {
			switch n.Add(1) {
			case 1:
				return fail
			case 2:
				panic("out of cheese")
			}
			return nil
		}}
		j := l.run(5*time.Minute, job)
		r := j.Runs()[0]
		if r.Error != "no space left" || r.Failed.IsZero() || r.Schedule != "every 10 min" {
			t.Errorf("%+v", r)
		}
		j = l.run(8*time.Minute, job)
		if r = j.Runs()[0]; r.Error != "the job broke off: out of cheese" {
			t.Errorf("%+v", r)
		}
		failed := r.Failed
		j = l.run(10*time.Minute, job)
		if r = j.Runs()[0]; r.Error != "" || !r.Failed.Equal(failed) || !r.Next.Equal(r.Began.Add(10*time.Minute)) {
			t.Errorf("%+v", r)
		}
	})
}

func TestNeverBesideItself(t *testing.T) {
	inBubble(t, time.Date(2026, 11, 20, 12, 0, 0, 0, berlin), func(l *life) {
		var under, most, other atomic.Int32
		long := func(ctx context.Context) error {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			select {
			case <-time.After(150 * time.Second):
			case <-ctx.Done():
			}
			return ctx.Err()
		}
		l.run(time.Hour, Job{Name: "a", Schedule: Every(time.Minute), Func: long}, Job{Name: "b", Schedule: Every(time.Minute), Func: long},
			Job{Name: "tick", Schedule: Every(time.Second), Quiet: true, Func: func(context.Context) error { other.Add(1); return nil }})
		if most.Load() != 1 {
			t.Errorf("%d recorded rows at the same time", most.Load())
		}
		if other.Load() < 3590 {
			t.Errorf("%d ticks beside them", other.Load())
		}
	})
}

func TestARowApartHoldsNobodyUp(t *testing.T) {
	inBubble(t, time.Date(2026, 11, 20, 3, 0, 0, 0, berlin), func(l *life) {
		var searches, retained atomic.Int32
		search := func(ctx context.Context) error {
			searches.Add(1)
			select {
			case <-time.After(2 * time.Hour):
			case <-ctx.Done():
			}
			return ctx.Err()
		}
		l.run(time.Hour, Job{Name: "discovery", Schedule: Every(time.Minute), Func: search, Apart: true},
			Job{Name: "retention", Schedule: Daily(3, 10), Func: func(context.Context) error { retained.Add(1); return nil }})
		if searches.Load() != 1 || retained.Load() != 1 {
			t.Errorf("%d searches beside each other, %d times tidied up", searches.Load(), retained.Load())
		}
	})
}

func TestStop(t *testing.T) {
	t.Run("a run that listens is waited for and is due again", func(t *testing.T) {
		inBubble(t, time.Date(2026, 11, 20, 12, 0, 0, 0, berlin), func(l *life) {
			ended := false
			l.run(2*time.Minute, Job{Name: "verify", Schedule: Daily(3, 10), Func: func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended = true
				return ctx.Err()
			}})
			if !ended || l.memory.puts != 0 {
				t.Errorf("ended %v, recorded %d", ended, l.memory.puts)
			}
		})
	})
	t.Run("one that does not is given up after the bound", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			j, err := New(Options{Recorder: &memory{}, Logger: quiet}, []Job{{Name: "deaf", Schedule: Every(time.Second), Func: func(context.Context) error {
				time.Sleep(time.Minute)
				return nil
			}}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- j.Run(ctx) }()
			time.Sleep(2 * time.Second)
			cancel()
			began := time.Now()
			if err := <-done; err == nil || time.Since(began) > 2*time.Second {
				t.Errorf("%v after %s", err, time.Since(began))
			}
			time.Sleep(2 * time.Minute)
		})
	})
}

func TestRunNow(t *testing.T) {
	inBubble(t, time.Date(2026, 11, 20, 12, 0, 0, 0, berlin), func(l *life) {
		j, err := New(Options{Recorder: &l.memory, Now: l.now, Logger: quiet}, []Job{l.daily(3, 10),
			{Name: "tick", Schedule: Every(time.Second), Quiet: true, Func: func(context.Context) error { return nil }}})
		if err != nil {
			t.Fatal(err)
		}
		if err := j.RunNow(l.t.Context(), "backup"); err != nil || l.days() != "20 12:00" || l.memory.puts != 1 {
			t.Errorf("%v, ran %s", err, l.days())
		}
		for _, name := range []string{"tick", "nonsense"} {
			if err := j.RunNow(l.t.Context(), name); !errors.Is(err, appliance.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		j.rows[0].busy.Lock()
		if err := j.RunNow(l.t.Context(), "backup"); !errors.Is(err, ErrBusy) {
			t.Errorf("%v", err)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	f := func(context.Context) error { return nil }
	for _, c := range []struct {
		name  string
		table []Job
	}{
		{"no name", []Job{{Schedule: Every(time.Minute), Func: f}}},
		{"no function", []Job{{Name: "a", Schedule: Every(time.Minute)}}},
		{"too often", []Job{{Name: "a", Schedule: Every(time.Millisecond), Func: f}}},
		{"no such time", []Job{{Name: "a", Schedule: Daily(24, 0), Func: f}}},
		{"quiet once a day", []Job{{Name: "a", Schedule: Daily(3, 0), Func: f, Quiet: true}}},
		{"twice", []Job{{Name: "a", Schedule: Daily(3, 0), Func: f}, {Name: "a", Schedule: Daily(4, 0), Func: f}}},
	} {
		if _, err := New(Options{Recorder: &memory{}}, c.table); err == nil {
			t.Errorf("%s: accepted", c.name)
		}
	}
	if _, err := New(Options{}, nil); err == nil {
		t.Error("accepted without a recorder")
	}
	synctest.Test(t, func(t *testing.T) {
		j, err := New(Options{Recorder: &memory{fail: io.ErrUnexpectedEOF}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Run(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v", err)
		}
	})
}

func TestHousehold(t *testing.T) {
	f := func(context.Context) error { return nil }
	table := Household(Work{Tick: f, Judge: f, Flatten: f, Sessions: f, Retention: f, Backup: f, Verify: f})
	if _, err := New(Options{Recorder: &memory{}}, table); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, j := range table {
		names = append(names, j.Name+" "+j.Schedule.String())
	}
	want := []string{"tick every 1 s", "judge every 15 s", "flatten every 1 min", "sessions every 1 h",
		"retention every day at 03:10", "backup every day at 03:30", "verify every day at 04:10"}
	if !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	if got := Household(Work{Tick: f}); len(got) != 1 {
		t.Errorf("%d rows of one function", len(got))
	}
}
