package daemon

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/poll"
	"siteward/appliance/store"
)

// misses are the runs that did not happen in their slot. The gap in the chart is what is kept of each; the journal has a line for
// a check at most once an hour, or one for all when there are many: then it is the appliance that is overloaded.
type misses struct {
	mu      sync.Mutex
	waiting map[appliance.ID]missed
	told    map[appliance.ID]time.Time
}

type missed struct {
	since time.Time
	count int
}

const (
	missedEvery = time.Hour
	missedLines = 10 // checks that get a line of their own
)

// add hears of a miss from the engine. A late run is only counted: it did happen, though its numbers have no slot.
func (m *misses) add(miss poll.Miss) {
	if miss.Why == poll.WhyLate {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting == nil {
		m.waiting, m.told = map[appliance.ID]missed{}, map[appliance.ID]time.Time{}
	}
	w := m.waiting[miss.Check]
	if w.count == 0 {
		w.since = miss.Slot
	}
	w.count += miss.Count
	m.waiting[miss.Check] = w
}

func (m *misses) forget(check appliance.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.waiting, check)
	delete(m.told, check)
}

// due takes what is to be told now; what was told within the hour waits on, and counts on.
func (m *misses) due(now time.Time) map[appliance.ID]missed {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[appliance.ID]missed{}
	for id, w := range m.waiting {
		if last, ok := m.told[id]; ok && now.Sub(last).Abs() < missedEvery {
			continue
		}
		out[id], m.told[id] = w, now
		delete(m.waiting, id)
	}
	return out
}

func (d *Daemon) tellMisses(context.Context) error {
	now := d.now()
	due := d.misses.due(now)
	if len(due) == 0 {
		return nil
	}
	var events []appliance.Event
	runs := 0
	for id, w := range due {
		c, dev, ok := d.live.check(id)
		if !ok {
			continue
		}
		runs += w.count
		d.log.Warn("runs of a check were missed", "device", dev.Name, "check", c.Name, "since", w.since, "count", w.count)
		events = append(events, appliance.Event{At: now, Kind: appliance.EventMonitor, Device: dev.ID, Check: id, Message: appliance.Message{
			Key: "event.missed", Args: map[string]any{"n": w.count, "since": w.since}, English: fmt.Sprintf("%d runs of %s were missed since %s", w.count, c.Name, w.since.Format(time.RFC3339))}})
	}
	if n := len(events); n > missedLines {
		events = []appliance.Event{{At: now, Kind: appliance.EventMonitor, Message: appliance.Message{
			Key: "event.missed_many", Args: map[string]any{"n": n, "runs": runs}, English: fmt.Sprintf("%d runs of %d checks were missed: the appliance is overloaded", runs, n)}}}
	}
	slices.SortFunc(events, func(a, b appliance.Event) int { return int(int64(a.Check) - int64(b.Check)) })
	d.judging.Lock()
	defer d.judging.Unlock()
	return d.record(store.Batch{At: now, Events: events})
}
