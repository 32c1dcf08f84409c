package access

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestThrottleWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := NewThrottle(3, time.Minute)
		want := []time.Duration{0, 0, 1, 2, 4, 8, 16, 32, 60, 60} // seconds to wait after each failure
		for i, w := range want {
			if wait := th.Begin("maria", time.Now()); wait != 0 {
				t.Fatalf("try %d after its wait: told to wait %s more", i+1, wait)
			}
			next := th.Begin("maria", time.Now())
			if i < 2 {
				if next != 0 {
					t.Fatalf("try %d is free, told to wait %s", i+2, next)
				}
				th.Cancel("maria") // that one was only a look
				continue
			}
			if next != w*time.Second {
				t.Fatalf("after failure %d: wait %s, want %s", i+1, next, w*time.Second)
			}
			time.Sleep(next - time.Millisecond)
			if wait := th.Begin("maria", time.Now()); wait != time.Millisecond {
				t.Fatalf("just before: wait %s", wait)
			}
			time.Sleep(time.Millisecond)
		}
		if wait := th.Begin("jan", time.Now()); wait != 0 {
			t.Errorf("somebody else waits %s", wait)
		}
	})
}

func TestThrottleForgives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := NewThrottle(1, time.Hour)
		th.Begin("a", time.Now())
		th.Succeed("a")
		if wait := th.Begin("a", time.Now()); wait != 0 {
			t.Errorf("after a success: wait %s", wait)
		}
		time.Sleep(25 * time.Hour)
		if wait := th.Begin("a", time.Now()); wait != 0 {
			t.Errorf("a day later: wait %s", wait)
		}
		if wait := th.Begin("a", time.Now()); wait != time.Second {
			t.Errorf("the count did not start again: wait %s", wait)
		}
	})
}

func TestThrottleSurvivesClockSetBack(t *testing.T) {
	th := NewThrottle(0, time.Minute)
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	th.Begin("a", now)
	if wait := th.Begin("a", now.AddDate(-10, 0, 0)); wait > time.Minute {
		t.Errorf("a clock set back shuts out for %s", wait)
	}
}

func TestThrottleCountsTogether(t *testing.T) {
	th := NewThrottle(5, time.Minute)
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	var through atomic.Int32
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if th.Begin("a", now) == 0 {
				through.Add(1)
			}
		})
	}
	wg.Wait()
	if through.Load() != 5 {
		t.Errorf("%d of 100 guesses at once went through, want 5", through.Load())
	}
}

// Somebody who tries with ever new names must neither fill the memory nor wash away an account under attack.
func TestThrottleBoundsMemory(t *testing.T) {
	th := NewThrottle(5, time.Hour)
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for range 12 {
		now = now.Add(th.Begin("maria", now))
		th.Begin("maria", now)
	}
	for i := range 3 * maxKeys {
		th.Begin(fmt.Sprint("name", i), now.Add(time.Duration(i)*time.Millisecond))
	}
	if n := th.Len(); n > maxKeys {
		t.Errorf("%d keys remembered", n)
	}
	if th.Begin("maria", now) == 0 {
		t.Error("the account under attack was forgotten")
	}
}

func TestAddressKey(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7":            "192.0.2.7",
		"::ffff:192.0.2.7":     "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"@":                    "?",
		"":                     "?",
	} {
		if got := addressKey(in); got != want {
			t.Errorf("addressKey(%q) = %q, want %q", in, got, want)
		}
	}
}
