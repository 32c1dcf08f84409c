package monitor

import (
	"slices"
	"time"

	"siteward/appliance"
)

// stepHeld is the step of an evidence that says which window keeps the state back.
const stepHeld = "monitor.step_window"

// heldState is what a maintenance window has kept back until now, and since when.
type heldState struct {
	appliance.Held
	since time.Time
}

// lift takes a record out of its maintenance window: it is judged as if there were none.
func (c *court) lift(r *appliance.StateRecord) {
	if r.Held == nil {
		return
	}
	c.kept[r.Item] = heldState{*r.Held, r.Since}
	*r = r.Plain()
	r.Evidence.Steps = slices.DeleteFunc(slices.Clone(r.Evidence.Steps), func(m appliance.Message) bool { return m.Key == stepHeld })
}

// hold puts the judged states into the maintenance window that runs, or lets them out of one that has ended. What changes
// while a window runs stands in the journal as its own; what is told when it ends is only how things are then.
func (c *court) hold() {
	w := c.in.Window
	if w != nil {
		for i := range c.events {
			c.events[i].Window = w.ID
		}
	}
	for _, r := range c.inOrder() {
		before, was := c.kept[r.Item]
		switch {
		case r.State == appliance.StatePaused: // somebody said so, and that counts before the plan
			for i := range c.events {
				if e := &c.events[i]; e.Item == r.Item && was {
					e.From, e.Window = appliance.StateMaintenance, 0
				}
			}
		case w == nil && was:
			c.release(r, before)
		case w != nil:
			c.keep(r, *w, before, was)
		}
	}
}

// keep makes a state Maintenance and remembers what it would be.
func (c *court) keep(r *appliance.StateRecord, w appliance.Window, held heldState, was bool) {
	if !was {
		held = heldState{appliance.Held{Before: r.State}, c.in.Now}
		if r.Item == appliance.ItemAnswer || alarm(r.State) {
			c.events = append(c.events, c.heldEvent(r, r.State, appliance.StateMaintenance, say("monitor.window_began", args{"title": w.Title})))
		}
	}
	c.dirty[r.Item] = c.dirty[r.Item] || held.Window != w.ID
	r.Held = &appliance.Held{Window: w.ID, Before: held.Before, State: r.State, Since: r.Since}
	r.State, r.Since = appliance.StateMaintenance, held.since
	r.Evidence.Steps = append(slices.Clone(r.Evidence.Steps), say(stepHeld, args{"title": w.Title, "until": stamp(w.Until)}))
}

// release lets a state out: one line of the journal says how it stands, when there was a problem or is one.
func (c *court) release(r *appliance.StateRecord, held heldState) {
	c.dirty[r.Item] = true
	c.events = slices.DeleteFunc(c.events, func(e appliance.Event) bool { return e.Item == r.Item })
	if r.Item != appliance.ItemAnswer && !alarm(r.State) && !alarm(held.Before) {
		r.Quiet = r.State != appliance.StateOK
		return
	}
	r.Quiet = false
	c.events = append(c.events, c.heldEvent(r, appliance.StateMaintenance, r.State, r.Evidence.Why))
}

func (c *court) heldEvent(r *appliance.StateRecord, from, to appliance.State, why appliance.Message) appliance.Event {
	ev := r.Evidence
	e := appliance.Event{At: c.in.Now, Kind: appliance.EventState, Device: r.Device, Check: r.Check, Item: r.Item, Label: r.Label,
		From: from, To: to, Message: why, Evidence: &ev}
	if to == appliance.StateMaintenance {
		e.Window = c.in.Window.ID
	}
	e.Cause = r.UnreachableBy
	return e
}
