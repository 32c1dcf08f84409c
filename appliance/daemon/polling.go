package daemon

import (
	"context"
	"errors"
	"time"

	"siteward/appliance"
	"siteward/appliance/poll"
)

func (d *Daemon) newEngine() *poll.Engine {
	return poll.New(poll.Options{Workers: d.Workers, Logger: d.log, Missed: d.missed, Pause: d.paused}, func(ctx context.Context, r poll.Run) {
		d.run(ctx, r.Check, r.Slot)
	})
}

// schedule hands what is configured to the engine and forgets what is gone.
func (d *Daemon) schedule(checks []appliance.Check, gone []appliance.ID) {
	for _, id := range gone {
		d.engine.Remove(id)
		d.reader.Forget(id)
		d.raters.forget(id)
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

// run is what a worker of the engine does with a check that is due.
func (d *Daemon) run(ctx context.Context, id appliance.ID, slot time.Time) {
	c, dev, ok := d.live.check(id)
	if !ok {
		return
	}
	if dev.Paused.Active(d.now()) || c.Paused.Active(d.now()) {
		d.tick(id)
		return
	}
	r := d.ask(ctx, dev, c)
	if cause := context.Cause(ctx); errors.Is(cause, poll.ErrPaused) || errors.Is(cause, poll.ErrRemoved) || errors.Is(cause, poll.ErrStopped) {
		return // such a run says nothing about the device
	}
	if err := d.take(r, slot); err != nil {
		d.log.Error("a reading could not be stored", "device", dev.Name, "check", c.Name, "err", err)
	}
}

// missed hears of runs that did not happen. The gap in the chart is what is kept of them; the log says why.
func (d *Daemon) missed(m poll.Miss) {
	c, dev, _ := d.live.check(m.Check)
	level := d.log.Warn
	if m.Why == poll.WhyRunning || m.Why == poll.WhyLate {
		level = d.log.Debug // a slow device is told by its own reading
	}
	level("runs of a check were left out", "device", dev.Name, "check", c.Name, "slot", m.Slot, "count", m.Count, "why", m.Why)
}

// paused hears of time that was lost to the appliance itself. It is no device's outage, and it stands in the journal.
func (d *Daemon) paused(p poll.Pause) {
	if p.To.After(p.From) {
		d.running.pause(p.From, p.To)
	}
	err := d.store.Append([]appliance.Event{{At: d.now(), Kind: appliance.EventMonitor, Message: appliance.Message{
		Key: "event.suspended", Args: map[string]any{"from": p.From, "to": p.To, "why": "event.why_" + string(p.Why)},
		English: "held up from " + p.From.Format(time.RFC3339) + " to " + p.To.Format(time.RFC3339) + ": " + string(p.Why)}}})
	if err != nil {
		d.log.Error("a pause of the appliance could not be stored", "err", err)
	}
	d.log.Warn("the appliance itself was held up", "from", p.From, "to", p.To, "why", p.Why)
}

// tickAll lets time pass for every check: pauses end, silence becomes No data.
func (d *Daemon) tickAll(context.Context) error {
	for _, c := range d.live.allChecks() {
		d.tick(c.ID)
	}
	return nil
}
