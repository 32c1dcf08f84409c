package monitor

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"siteward/appliance"
)

// pauseOf is the pause that holds now, the device's before the check's.
func pauseOf(in Input) *appliance.Pause {
	if in.Device.Paused.Active(in.Now) {
		return in.Device.Paused
	}
	if in.Check.Paused.Active(in.Now) {
		return in.Check.Paused
	}
	return nil
}

// pause takes a check out of judgement: who did it, why and until when stand in the evidence, and alarms end.
func (c *court) pause(p appliance.Pause) {
	if c.states[appliance.ItemAnswer] == nil {
		c.state(appliance.ItemAnswer, "")
	}
	why := say("monitor.paused", args{"by": p.By, "reason": p.Reason})
	steps := []appliance.Message{say("monitor.step_paused_since", args{"at": stamp(p.Since)})}
	if p.Until.IsZero() {
		steps = append(steps, say("monitor.step_paused_open", nil))
	} else {
		steps = append(steps, say("monitor.step_paused_until", args{"at": stamp(p.Until)}))
	}
	ev := appliance.Evidence{Why: why, At: p.Since, Verbatim: p.Reason, Steps: steps}
	for _, r := range c.inOrder() {
		if r.State == appliance.StatePaused && samePause(r.Evidence, ev) {
			continue
		}
		c.dirty[r.Item] = true
		settle(r)
		r.Stale, r.UnreachableBy = false, 0
		c.move(r, appliance.StatePaused, ev, c.followsAnswer(r))
	}
}

func samePause(a, b appliance.Evidence) bool {
	return a.At.Equal(b.At) && a.Why.English == b.Why.English && len(a.Steps) == len(b.Steps) && a.Steps[1].English == b.Steps[1].English
}

// resume ends pauses that hold no longer. What stood before the pause is not brought back: nothing is known until the
// next reading, which counts like a first one.
func (c *court) resume() {
	for _, r := range c.inOrder() {
		if r.State != appliance.StatePaused {
			continue
		}
		c.dirty[r.Item] = true
		c.move(r, appliance.StateNoData, appliance.Evidence{Why: say("monitor.resumed", nil), At: c.in.Now}, c.followsAnswer(r))
	}
}

// inOrder gives the states with the answer first, so that the journal reads cause before consequence.
func (c *court) inOrder() []*appliance.StateRecord {
	return slices.SortedFunc(maps.Values(c.states), func(a, b *appliance.StateRecord) int {
		if x, y := a.Item == appliance.ItemAnswer, b.Item == appliance.ItemAnswer; x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Item, b.Item)
	})
}

func (c *court) followsAnswer(r *appliance.StateRecord) appliance.ID {
	if r.Item == appliance.ItemAnswer {
		return 0
	}
	return r.Device
}

// Acknowledge notes that a person takes care. It fails with CodeConflict when there is nothing to take care of.
// The journal's entry is the audit event of the caller.
func Acknowledge(r appliance.StateRecord, by, reason string, now time.Time) (appliance.StateRecord, error) {
	if !r.State.Problem() {
		return r, &appliance.Error{Code: appliance.CodeConflict, Message: say("monitor.ack_nothing", nil)}
	}
	if r.Ack != nil && r.Ack.By != by {
		return r, &appliance.Error{Code: appliance.CodeConflict, Message: say("monitor.ack_taken", args{"by": r.Ack.By})}
	}
	r.Ack = &appliance.Ack{By: by, Reason: reason, At: now}
	return r, nil
}

// Unacknowledge gives a problem back.
func Unacknowledge(r appliance.StateRecord) appliance.StateRecord {
	r.Ack = nil
	return r
}
