package poll

import "time"

// Clock is how the engine reads time. The zero value is the machine's.
type Clock struct {
	Wall func() time.Time     // may jump
	Mono func() time.Duration // never jumps and stands still while the machine is suspended
	Boot func() time.Duration // as Mono, but goes on while suspended
}

func (c Clock) filled() Clock {
	start := time.Now()
	if c.Wall == nil {
		c.Wall = func() time.Time { return time.Now().Round(0) }
	}
	if c.Mono == nil {
		c.Mono = func() time.Duration { return time.Since(start) }
	}
	if c.Boot == nil {
		c.Boot = sinceBoot
		if c.Boot == nil {
			c.Boot = c.Mono
		}
	}
	return c
}

// Why says why a run or a stretch of time was lost.
type Why string

// Reasons of pauses, and of single runs that were missed or late.
const (
	WhySuspended Why = "suspended" // the machine was asleep
	WhyForward   Why = "forward"   // the clock was set forward, or a virtual machine was frozen
	WhyBack      Why = "back"      // the clock was set back
	WhyStalled   Why = "stalled"   // the program did not get to run

	WhyRunning Why = "running" // missed: the run before is not finished
	WhyWaiting Why = "waiting" // missed: the run before has not begun, no worker or the device is busy
	WhySkipped Why = "skipped" // missed: the tick came too late for it
	WhyLate    Why = "late"    // begun more than half an interval after its slot
)

// Pause is a stretch of wall-clock time in which the appliance did not look. After WhyBack, To is before From.
type Pause struct {
	From, To time.Time
	Why      Why
}

// Small steps are the daily work of time synchronisation and scheduling; they are no news.
const (
	jumpTolerance  = 2 * time.Second
	stallTolerance = 30 * time.Second
)

type reading struct {
	wall       time.Time
	mono, boot time.Duration
}

func (c Clock) read() reading { return reading{c.Wall(), c.Mono(), c.Boot()} }

// gap compares two readings of the clocks and says whether the time between them was lost.
func gap(before, now reading) (Pause, bool) {
	passed := now.mono - before.mono
	jump := now.wall.Sub(before.wall) - passed
	p := Pause{From: before.wall, To: now.wall}
	switch {
	case jump < -jumpTolerance:
		p.Why = WhyBack
	case jump > jumpTolerance && (now.boot-before.boot)-passed > jumpTolerance:
		p.Why = WhySuspended
	case jump > jumpTolerance:
		p.Why = WhyForward
	case passed > stallTolerance:
		p.Why = WhyStalled
	}
	return p, p.Why != ""
}
