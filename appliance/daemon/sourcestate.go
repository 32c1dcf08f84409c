package daemon

import (
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// sourceFamily begins the items of the states of sources: "source/3".
const sourceFamily = "source"

// expectSources settles the states of the sources that are asked at intervals, and of those that may not be silent for long. What else
// comes by itself is expected by its jobs.
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
		if v.Kind.Comes() && (v.Silence() == 0 || v.Status.Heard.IsZero() && !v.Silent(now)) || !v.Kind.Comes() && v.Status.Tried.IsZero() {
			continue
		}
		e := expectation{Item: sourceFamily + "/" + v.ID.String(), Device: d.standingDevice(v.Device), Label: v.Name, State: v.State(now)}
		e.Evidence = appliance.Evidence{At: v.Created, Why: appliance.Message{Key: "source.why_read", English: "it is read as planned"}}
		switch {
		case e.State == appliance.StatePaused:
			e.Evidence.Why = appliance.Message{Key: "source.why_paused", Args: map[string]any{"by": v.Paused.By, "reason": v.Paused.Reason}, English: "paused by " + v.Paused.By + ": " + v.Paused.Reason}
		case v.Silent(now) && v.Status.Heard.IsZero():
			e.Evidence.Why = appliance.Message{Key: "source.why_never", Args: map[string]any{"at": v.Deadline()}, English: "nothing has come yet"}
		case v.Silent(now):
			e.Evidence.At = v.Status.Heard
			e.Evidence.Why = appliance.Message{Key: "source.why_silent", Args: map[string]any{"at": v.Status.Heard, "limit": v.Silence().Seconds(), "unit": "s"},
				English: "nothing has come since " + v.Status.Heard.UTC().Format(time.RFC3339)}
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
