package daemon

import (
	"context"
	"slices"

	"siteward/appliance"
)

// heldEvents bounds how much of the journal is read for one window.
const heldEvents = 10_000

// listHeld lists what a window has kept back: every item that became a problem while it ran, and what is not in order now.
func (d *Daemon) listHeld(ctx context.Context, w appliance.Window, r *appliance.WindowRun) error {
	events, err := d.Events(ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Since: r.From, Limit: heldEvents})
	if err != nil {
		return err
	}
	list, place := []appliance.Suppressed{}, map[appliance.StateKey]int{}
	for _, e := range slices.Backward(events) {
		if e.Window != w.ID || e.Cause != 0 || !r.Until.IsZero() && e.At.After(r.Until) {
			continue
		}
		key := appliance.StateKey{Check: e.Check, Item: e.Item}
		i, known := place[key]
		if !known {
			if e.To < appliance.StateNoData {
				continue
			}
			i, place[key] = len(list), len(list)
			list = append(list, appliance.Suppressed{StateKey: key, Device: e.Device, Label: e.Label, First: e.At})
		}
		s := &list[i]
		s.Last, s.Times = e.At, s.Times+1
		if e.To.Problem() && e.To >= s.Worst {
			s.Worst, s.Why = e.To, e.Message
		}
	}
	r.More = max(0, len(list)-appliance.MaxSuppressed)
	r.Suppressed = list[:len(list)-r.More]
	r.Left = nil
	for _, s := range d.live.allStates() {
		if s.Held != nil && s.Held.Window == w.ID && s.Held.State > appliance.StateNoData && len(r.Left) < appliance.MaxSuppressed {
			r.Left = append(r.Left, s.StateKey)
		}
	}
	return nil
}
