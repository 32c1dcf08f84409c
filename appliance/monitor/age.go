package monitor

import (
	"time"

	"siteward/appliance"
)

// missed is how many expected readings may stay away before nothing is known any more.
const missed = 3

// forgotten is how long an item may be missing from complete readings until its state is dropped.
const forgotten = 24 * time.Hour

// Patience is how long a check may be silent, in time during which the appliance was running.
func Patience(check appliance.Check) time.Duration {
	return missed*time.Duration(check.Interval) + time.Duration(check.Timeout)
}

// age turns states of which nothing was told for too long into No data.
func (c *court) age() {
	if c.states[appliance.ItemAnswer] == nil {
		c.never()
	}
	for _, r := range c.inOrder() { // the answer first, for the others ask what became of it
		c.ageOne(r)
	}
}

// never is a check that was set up and has not been run since.
func (c *court) never() {
	created := c.in.Check.Created
	if created.IsZero() || c.in.Running.Between(created, c.in.Now) <= Patience(c.in.Check) {
		return
	}
	r := c.state(appliance.ItemAnswer, "")
	r.Stale = true
	r.Evidence = appliance.Evidence{Why: say("monitor.never", nil), At: c.in.Now, Steps: c.silenceSteps(created)}
}

func (c *court) ageOne(r *appliance.StateRecord) {
	if c.told[r.Item] || r.Seen.IsZero() {
		return
	}
	if stale := c.in.Now.Sub(r.Seen) > Patience(c.in.Check); stale != r.Stale {
		r.Stale = stale
		c.dirty[r.Item] = true
	}
	if c.in.Running.Between(r.Seen, c.in.Now) <= Patience(c.in.Check) {
		return
	}
	switch {
	case r.State != appliance.StateNoData, r.UnreachableBy != 0:
		c.silence(r)
	case c.vanished(r):
		c.drop(r, say("monitor.dropped", nil))
	}
}

// silence says what the absence of readings means for one item.
func (c *court) silence(r *appliance.StateRecord) {
	c.dirty[r.Item] = true
	settle(r)
	r.UnreachableBy = 0
	answer := c.states[appliance.ItemAnswer]
	key, cause := "monitor.not_told", appliance.ID(0)
	switch {
	case r.Item == appliance.ItemAnswer:
		key = "monitor.stale"
	case answer != nil && answer.State != appliance.StateOK:
		key, cause = "monitor.with_answer", r.Device
	case c.in.Reading.Partial:
		key = "monitor.not_told_partial"
	}
	ev := appliance.Evidence{Why: say(key, nil), At: c.in.Now, Source: r.Evidence.Source, Steps: c.silenceSteps(r.Seen)}
	c.move(r, appliance.StateNoData, ev, cause)
}

func (c *court) silenceSteps(last time.Time) []appliance.Message {
	ran := c.in.Running.Between(last, c.in.Now)
	steps := []appliance.Message{
		say("monitor.step_last", args{"at": stamp(last)}),
		say("monitor.step_every", seconds(time.Duration(c.in.Check.Interval))),
		say("monitor.step_ran", seconds(ran.Round(time.Second))),
	}
	if off := c.in.Now.Sub(last) - ran; off >= time.Second {
		steps = append(steps, say("monitor.step_not_ran", seconds(off.Round(time.Second))))
	}
	return steps
}

// vanished says that complete readings have not had this item for a day: the row is gone from the device.
func (c *court) vanished(r *appliance.StateRecord) bool {
	reading := c.in.Reading
	complete := !reading.At.IsZero() && reading.Failure == nil && !reading.Partial
	return complete && r.Item != appliance.ItemAnswer && !c.present(r.Item) &&
		c.in.Now.Sub(r.Seen) > forgotten && c.in.Running.Between(r.Seen, c.in.Now) > forgotten
}

// present says that the reading knows the item, even when it has no number for it now.
func (c *court) present(item string) bool {
	for _, v := range c.in.Reading.Values {
		if appliance.Item(v.Metric, v.Instance) == item {
			return true
		}
	}
	for _, s := range c.in.Reading.Statuses {
		if appliance.Item(s.Name, s.Instance) == item {
			return true
		}
	}
	return false
}
