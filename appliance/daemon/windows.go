package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/expect"
	"siteward/appliance/window"
)

// windows are the maintenance windows in memory: every verdict asks whether one runs.
type windows struct {
	mu   sync.RWMutex
	all  []appliance.Window // by number
	next map[appliance.ID]appliance.WindowSpan
	runs map[appliance.ID]appliance.WindowRun // those that run now
	past []appliance.WindowRun                // of the time for which backups are judged
	busy sync.Mutex                           // one step at a time
}

// recallWindows reads the windows into memory and works out when each takes place next.
func (d *Daemon) recallWindows() error {
	all, err := d.store.Windows()
	if err != nil {
		return fmt.Errorf("read the maintenance windows: %w", err)
	}
	loc, now := d.location(), d.now()
	past, err := d.store.WindowRuns(0, pastRuns)
	if err != nil {
		return fmt.Errorf("read the runs of maintenance windows: %w", err)
	}
	past = slices.DeleteFunc(past, func(r appliance.WindowRun) bool { return r.Until.IsZero() || now.Sub(r.Until) > expect.Memory })
	next, runs := map[appliance.ID]appliance.WindowSpan{}, map[appliance.ID]appliance.WindowRun{}
	for _, w := range all {
		if w.State.Over() {
			continue
		}
		if w.State == appliance.WindowRunning {
			last, err := d.store.WindowRuns(w.ID, 1)
			if err != nil {
				return fmt.Errorf("read the runs of a maintenance window: %w", err)
			}
			if len(last) > 0 && last[0].Until.IsZero() {
				runs[w.ID], next[w.ID] = last[0], last[0].Plan
				continue
			}
		}
		next[w.ID] = nextOf(w, loc, now)
	}
	d.windows.mu.Lock()
	d.windows.all, d.windows.next, d.windows.runs, d.windows.past = all, next, runs, past
	d.windows.mu.Unlock()
	return nil
}

// nextOf is the next time of a window that has not been already: one that was ended early does not begin again.
func nextOf(w appliance.Window, loc *time.Location, now time.Time) appliance.WindowSpan {
	for _, s := range window.Times(w, loc, now, now.Add(window.Horizon), 2) {
		if s.From.After(w.Last) {
			return s
		}
	}
	return appliance.WindowSpan{}
}

// windowFor is the maintenance window that a device is in at a moment of the present, with the time that runs as its From and
// Until. Of several the one that ends last counts.
func (d *Daemon) windowFor(device appliance.ID, at time.Time) (appliance.Window, bool) {
	return d.windowWhere(at, func(w *appliance.Window) bool { return w.Affects(device) })
}

// windowForJob is windowFor of a backup job.
func (d *Daemon) windowForJob(job, device appliance.ID, at time.Time) (appliance.Window, bool) {
	return d.windowWhere(at, func(w *appliance.Window) bool { return w.AffectsJob(job, device) })
}

func (d *Daemon) windowWhere(at time.Time, affected func(*appliance.Window) bool) (found appliance.Window, ok bool) {
	d.windows.mu.RLock()
	defer d.windows.mu.RUnlock()
	for i := range d.windows.all {
		w := &d.windows.all[i]
		if !w.State.Due() {
			continue
		}
		span := d.windows.next[w.ID]
		if r, runs := d.windows.runs[w.ID]; runs {
			span = appliance.WindowSpan{From: r.From, Until: r.Plan.Until}
		}
		if !span.Covers(at) || ok && !span.Until.After(found.Until) || !affected(w) {
			continue
		}
		found, ok = *w, true
		found.From, found.Until = span.From, span.Until
	}
	return found, ok
}

// pastRuns bounds how many times of windows are looked back at.
const pastRuns = 2000

// windowsOfJob are the times at which maintenance windows of a backup job took place, and the one that runs.
func (d *Daemon) windowsOfJob(j appliance.BackupJob) (out []appliance.WindowSpan) {
	d.windows.mu.RLock()
	defer d.windows.mu.RUnlock()
	about := map[appliance.ID]bool{}
	for _, w := range d.windows.all {
		about[w.ID] = w.AffectsJob(j.ID, j.Device)
		if r, ok := d.windows.runs[w.ID]; ok && about[w.ID] {
			out = append(out, appliance.WindowSpan{From: r.From, Until: r.Plan.Until})
		}
	}
	for _, r := range d.windows.past {
		if about[r.Window] {
			out = append(out, appliance.WindowSpan{From: r.From, Until: r.Until})
		}
	}
	return out
}

// Windows is Windows.Windows.
func (d *Daemon) Windows(context.Context) ([]appliance.WindowView, error) {
	d.windows.mu.RLock()
	out := make([]appliance.WindowView, 0, len(d.windows.all))
	for _, w := range d.windows.all {
		out = append(out, d.windowView(w))
	}
	d.windows.mu.RUnlock()
	slices.SortFunc(out, func(a, b appliance.WindowView) int {
		if x, y := rank(a), rank(b); x != y {
			return cmp.Compare(x, y)
		}
		if rank(a) == 2 {
			return cmp.Or(b.From.Compare(a.From), cmp.Compare(b.ID, a.ID))
		}
		return cmp.Or(a.Next.From.Compare(b.Next.From), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// rank puts windows that run before those to come, and those before what is over.
func rank(v appliance.WindowView) int {
	switch {
	case v.Run != nil:
		return 0
	case !v.Next.IsZero():
		return 1
	}
	return 2
}

// windowView is called with the lock held.
func (d *Daemon) windowView(w appliance.Window) appliance.WindowView {
	v := appliance.WindowView{Window: w, Next: d.windows.next[w.ID]}
	if r, ok := d.windows.runs[w.ID]; ok {
		v.Run = &r
	}
	return v
}

// Window is Windows.Window.
func (d *Daemon) Window(_ context.Context, id appliance.ID) (appliance.WindowView, error) {
	d.windows.mu.RLock()
	defer d.windows.mu.RUnlock()
	for _, w := range d.windows.all {
		if w.ID == id {
			return d.windowView(w), nil
		}
	}
	return appliance.WindowView{}, appliance.ErrNotFound
}

// WindowTimes is Windows.WindowTimes.
func (d *Daemon) WindowTimes(ctx context.Context, id appliance.ID, limit int) ([]appliance.WindowSpan, error) {
	v, err := d.Window(ctx, id)
	if err != nil || v.State.Over() {
		return nil, err
	}
	now := d.now()
	return window.Times(v.Window, d.location(), now, now.Add(window.Horizon), min(max(limit, 1), 100)), nil
}
