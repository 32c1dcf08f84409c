package daemon

import (
	"context"
	"slices"
	"strings"

	"siteward/appliance"
)

// sourceFamily begins the items of the states of sources: "source/3".
const sourceFamily = "source"

// expectSources settles the states of the sources that are asked at intervals. What comes by itself is expected by its jobs.
func (d *Daemon) expectSources(ctx context.Context) error {
	now := d.now()
	if !sane(now) {
		return nil
	}
	all, err := d.Sources(ctx)
	if err != nil {
		return err
	}
	var list []expectation
	for _, v := range all {
		if v.Kind.Comes() || v.Status.Tried.IsZero() {
			continue
		}
		e := expectation{Item: sourceFamily + "/" + v.ID.String(), Device: d.standingDevice(v.Device), Label: v.Name, State: v.State(now)}
		e.Evidence = appliance.Evidence{At: v.Created, Why: appliance.Message{Key: "source.why_read", English: "it is read as planned"}}
		switch {
		case e.State == appliance.StatePaused:
			e.Evidence.Why = appliance.Message{Key: "source.why_paused", Args: map[string]any{"by": v.Paused.By, "reason": v.Paused.Reason}, English: "paused by " + v.Paused.By + ": " + v.Paused.Reason}
		case v.Status.Error != nil:
			e.Evidence.At, e.Evidence.Why = v.Status.Read, *v.Status.Error // when it was last known, and why it is not any more
		}
		list = append(list, e)
	}
	var gone []string
	for _, r := range d.live.statesOf(0) {
		family, _, _ := strings.Cut(r.Item, "/")
		if family == sourceFamily && !slices.ContainsFunc(list, func(e expectation) bool { return e.Item == r.Item }) {
			gone = append(gone, r.Item)
		}
	}
	return d.expect(list, gone...)
}
