package daemon

import (
	"context"
	"errors"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/poll"
)

// stopWait is how long runs and jobs under way may take to end when the appliance stops; all in all that takes less than 2 s.
const stopWait = time.Second

func (d *Daemon) newEngine() *poll.Engine {
	return poll.New(poll.Options{Workers: d.Workers, Logger: d.log, Clock: poll.Clock{Wall: d.now}, StopWait: stopWait,
		Missed: d.misses.add, Pause: d.paused}, d.run)
}

// schedule hands what is configured to the engine and forgets what is gone.
func (d *Daemon) schedule(checks []appliance.Check, gone []appliance.ID) {
	if d.serving.Load() {
		d.prepare(checks)
	}
	for _, id := range gone {
		d.engine.Remove(id)
		d.reader.Forget(id)
		d.misses.forget(id)
	}
	for _, c := range checks {
		p := poll.Poll{Check: c.ID, Interval: time.Duration(c.Interval), Timeout: time.Duration(c.Timeout)}
		if c.Probe == appliance.ProbeSNMP {
			p.Group = c.Device // an agent is asked by one check at a time
		}
		for _, s := range d.live.statesOf(c.ID) {
			p.Last = later(p.Last, s.Seen)
		}
		d.engine.Set(p)
	}
}

// prepare reads the profiles before the first poll that needs them: on a small machine that takes longer than an answer may. What
// goes wrong is told by the poll.
func (d *Daemon) prepare(checks []appliance.Check) {
	if slices.ContainsFunc(checks, func(c appliance.Check) bool { return c.Probe == appliance.ProbeSNMP }) {
		_, _ = d.profiles()
	}
}

// run is what a worker of the engine does with a check that is due.
func (d *Daemon) run(ctx context.Context, due poll.Run) {
	c, dev, ok := d.live.check(due.Check)
	if !ok {
		d.waiters.tell(due.Check, outcome{err: appliance.ErrNotFound})
		return
	}
	if dev.Paused.Active(d.now()) || c.Paused.Active(d.now()) {
		d.tick(due.Check)
		d.waiters.tell(due.Check, outcome{err: errBrokenOff})
		return
	}
	r := d.ask(ctx, dev, c)
	d.engine.Tick() // finds out whether the clock was set or the machine was asleep during the run
	if cause := context.Cause(ctx); errors.Is(cause, poll.ErrPaused) || errors.Is(cause, poll.ErrRemoved) || errors.Is(cause, poll.ErrStopped) {
		d.waiters.tell(due.Check, outcome{err: errBrokenOff}) // such a run says nothing about the device
		return
	}
	err := d.takeSoon(r, due.Slot, due.Late)
	if err != nil {
		d.log.Error("a reading could not be stored", "device", dev.Name, "check", c.Name, "err", err)
	}
	d.waiters.tell(due.Check, outcome{r, err})
}

// paused hears of time that was lost to the appliance itself. It is no device's outage, and it stands in the journal.
func (d *Daemon) paused(p poll.Pause) {
	d.running.pause(p.From, p.To)
	d.log.Warn("the appliance itself was held up", "from", p.From, "to", p.To, "why", p.Why)
	d.line("event.suspended", map[string]any{"from": p.From, "to": p.To, "why": "event.why_" + string(p.Why)},
		"held up from "+p.From.Format(time.RFC3339)+" to "+p.To.Format(time.RFC3339)+": "+string(p.Why))
}

// judgeTime lets time pass for every check: pauses end, silence becomes No data. The clock is looked at first, so that a clock
// that was set is not taken for silence.
func (d *Daemon) judgeTime(ctx context.Context) error {
	d.engine.Tick()
	d.tickAll()
	return d.tellMisses(ctx)
}
