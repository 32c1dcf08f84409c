package daemon

import (
	"context"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/profile"
)

// asks are the checks that traps want to be run, each not more often than askApart.
type asks struct {
	mu    sync.Mutex
	due   map[appliance.ID][]time.Time // by check, in order
	asked map[appliance.ID]time.Time
	heard map[appliance.ID]time.Time // devices that have sent something, for when the system drops messages of nobody knows whom
}

// A device that tells trouble is asked at once and twice more, because a state counts when it was seen several times in a row.
const (
	askApart  = 5 * time.Second
	askAgain  = 10 * time.Second
	askEvery  = time.Second
	heardLong = 30 * time.Second
)

// follow does what a trap leads to: asking. Of a message that was dropped nobody knows what it told, so its sender is asked as well.
func (d *Daemon) follow(x meaning, now time.Time) {
	t := &x.trap
	switch t.Fate {
	case appliance.TrapKnown:
		d.post.asks.hear(t.Device, now)
		d.askAbout(t.Device, x.profile.Ask, x.profile.Severity >= appliance.SeverityWarning, now)
	case appliance.TrapUnknown:
		d.post.asks.hear(t.Device, now)
		d.askAbout(t.Device, profile.AskSNMP, false, now)
	case appliance.TrapDropped:
		if t.Device != 0 {
			d.askAbout(t.Device, profile.AskSNMP, false, now)
			return
		}
		for _, id := range d.post.asks.lately(now) {
			d.askAbout(id, profile.AskSNMP, false, now)
		}
	}
}

func (d *Daemon) askAbout(device appliance.ID, what profile.Ask, trouble bool, now time.Time) {
	if what == profile.AskNone {
		return
	}
	for _, c := range d.checksOf(device) {
		if what == profile.AskAll || c.Probe == appliance.ProbeSNMP {
			d.post.asks.add(c.ID, trouble, now)
		}
	}
	for _, id := range d.post.asks.take(now) {
		d.engine.RunNow(id)
	}
}

// askLater runs the checks that had to wait.
func (d *Daemon) askLater(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, id := range d.post.asks.take(d.now()) {
				d.engine.RunNow(id)
			}
		}
	}
}

func (a *asks) hear(device appliance.ID, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.heard == nil {
		a.heard = map[appliance.ID]time.Time{}
	}
	a.heard[device] = now
}

func (a *asks) lately(now time.Time) (out []appliance.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, at := range a.heard {
		if now.Sub(at) < heardLong {
			out = append(out, id)
		}
	}
	return out
}

// add makes a check due now, or when askApart has passed since it was asked; with trouble twice more after that.
func (a *asks) add(check appliance.ID, trouble bool, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.due == nil {
		a.due, a.asked = map[appliance.ID][]time.Time{}, map[appliance.ID]time.Time{}
	}
	first := now
	if last, ok := a.asked[check]; ok && now.Sub(last) < askApart && now.Sub(last) >= 0 {
		first = last.Add(askApart)
	}
	due := []time.Time{first}
	if trouble {
		due = append(due, first.Add(askAgain), first.Add(2*askAgain))
	}
	if len(due) < len(a.due[check]) { // a later run of those that wait tells what is asked for here
		return
	}
	if waiting := a.due[check]; len(waiting) > 0 && waiting[0].Before(first) {
		due[0] = waiting[0]
	}
	a.due[check] = due
}

// take gives the checks whose time has come.
func (a *asks) take(now time.Time) (out []appliance.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for check, due := range a.due {
		if due[0].After(now) && due[0].Sub(now) < time.Minute { // a clock that was set back must not leave it waiting
			continue
		}
		out = append(out, check)
		a.asked[check] = now
		if a.due[check] = due[1:]; len(due) == 1 {
			delete(a.due, check)
		}
	}
	return out
}
