package daemon

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes/agentlog"
)

// Agents collect what happened since they last sent: a few requests a second are plenty.
const (
	eventPushBurst = 60
	eventPushEvery = 100 * time.Millisecond
)

// PushEvents is App.PushEvents. What is acknowledged is on the disk.
func (d *Daemon) PushEvents(_ context.Context, token string, p appliance.EventPush) (int, error) {
	now := d.now()
	s, err := d.pushSource(token, appliance.SourceEvents, p.From)
	if err != nil {
		return 0, err
	}
	if !d.sources.limits.source(s.ID, rate.Every(eventPushEvery), eventPushBurst, now) {
		return 0, errPushTooMany
	}
	ms, more := agentlog.Parse(p.Body, now, s.Location(d.location()))
	if len(p.Body) > appliance.MaxEventPush || more {
		return 0, &appliance.Error{Code: appliance.CodeTooLarge, Message: appliance.Message{Key: "source.error_events_large",
			Args: map[string]any{"megabytes": appliance.MaxEventPush >> 20, "messages": agentlog.MaxMessages}, English: "too much at once; let the agent send smaller batches"}}
	}
	if len(ms) == 0 || s.Paused.Active(now) {
		return 0, nil // heard, and nothing in it or not wanted now
	}
	for i := range ms {
		ms[i].Source, ms[i].Device = p.From, s.Device
	}
	d.takeLog(ms)
	if err := d.flushInbox(); err != nil {
		return 0, &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_events_disk",
			English: "the messages cannot be kept at the moment; send them again in a few minutes"}}
	}
	return len(ms), d.heardEvents(s, int64(len(p.Body)), now)
}

// heardEvents notes that a source was heard.
func (d *Daemon) heardEvents(s appliance.Source, size int64, now time.Time) error {
	return d.store.Update(func(tx *store.Tx) error {
		if _, err := tx.Source(s.ID); err != nil {
			return nil //nolint:nilerr // deleted meanwhile
		}
		st, err := tx.SourceStatus(s.ID)
		if err != nil {
			return err
		}
		st.Heard, st.Bytes = now, st.Bytes+size
		return tx.PutSourceStatus(st)
	})
}
