package backuplog

import (
	"slices"
	"time"

	"siteward/appliance"
)

// settled says that no later line can change a run.
func (m *machine) settled(n int, final bool) bool {
	c := m.runs[n]
	switch {
	case final || m.backwards:
		return true
	case m.group >= 0 && n >= m.group:
		return false
	case c.closed || c.replaced:
		return true
	}
	return c.key != "" && c.ended && c != m.now
}

// resume is where the first run begins that may still change.
func (m *machine) resume(end int64, final bool) int64 {
	for n, c := range m.runs {
		if !m.settled(n, final) {
			end = min(end, c.from)
		}
	}
	if m.group >= 0 && !final {
		end = min(end, m.since)
	}
	if m.flagsSeen && !final {
		end = min(end, m.lastAt)
	}
	return end
}

// finish makes the runs of what the lines said.
func (m *machine) finish(o Options) []appliance.Run {
	m.drain()
	backups := slices.ContainsFunc(m.runs, func(c *run) bool { return c.kind != appliance.RunList })
	var all []appliance.Run
	for n, c := range m.runs {
		if c.kind == appliance.RunList && backups {
			continue // a list of what is there, printed after the backup
		}
		all = append(all, m.result(c, o, !m.settled(n, o.Final)))
	}
	if m.backwards {
		slices.SortStableFunc(all, func(a, b appliance.Run) int { return a.Started.Compare(b.Started) })
	}
	return all
}

func (m *machine) result(c *run, o Options, open bool) appliance.Run {
	r := appliance.Run{
		Job: c.job, Product: m.f.Product, Kind: c.kind, Open: open,
		Started: c.start, Finished: c.end, Took: appliance.Duration(c.took), Bytes: c.bytes, BytesKind: c.of, Files: c.files, Errors: c.errors,
		Evidence: appliance.RunEvidence{Name: o.Name, Offset: c.from, Length: c.to - c.from, Line: c.best.line, LineAt: c.best.at},
		Message:  c.best.text,
	}
	if r.Job == "" && m.f.keyed {
		r.Job = m.job(c.key)
	}
	if r.Files == nil && c.counted["files"] > 0 {
		r.Files = ptr(c.counted["files"])
	}
	if n := c.counted["errors"]; n > 0 && (r.Errors == nil || *r.Errors == 0) {
		r.Errors = ptr(n)
	}
	r.Status = m.verdict(c, r)
	m.times(c, &r)
	switch {
	case r.Status == appliance.RunFailed || r.Status == appliance.RunWarning:
		if r.Errors == nil || *r.Errors == 0 {
			r.Errors = ptr(1)
		}
	case r.Status == appliance.RunSuccess && r.Errors == nil && c.kind == appliance.RunBackup:
		r.Errors = ptr(0)
	case r.Status == appliance.RunIncomplete && open && young(r, o):
		r.Status = appliance.RunRunning
	}
	return r
}

func (m *machine) verdict(c *run, r appliance.Run) appliance.RunStatus {
	status := c.status()
	for _, j := range m.f.judge {
		if slices.ContainsFunc(j.when, func(w condition) bool { return !w.holds(m.field(c, w.field, r, status)) }) {
			continue
		}
		status = j.status
	}
	return status
}

func (m *machine) field(c *run, name string, r appliance.Run, status appliance.RunStatus) float64 {
	v := map[string]*int64{"bytes": r.Bytes, "files": r.Files, "errors": r.Errors}[name]
	if n, counted := c.counted[name]; counted && (name == "kept" || name == "lost") {
		v = &n
	}
	switch {
	case name == "status":
		return float64(severity(status))
	case v == nil:
		return -1
	}
	return float64(*v)
}

// times fills in what the lines around tell, and lets no run end before it began because an hour came twice.
func (m *machine) times(c *run, r *appliance.Run) {
	if r.Started.IsZero() {
		r.Started = c.first
	}
	decided := r.Status != appliance.RunIncomplete && r.Status != appliance.RunRunning
	if r.Finished.IsZero() && decided {
		r.Finished = c.last
	}
	if r.Took > 0 && r.Finished.IsZero() && !r.Started.IsZero() && decided {
		r.Finished = r.Started.Add(time.Duration(r.Took))
	}
	if r.Finished.IsZero() && decided {
		r.Finished = c.told
	}
	if !decided {
		r.Finished = time.Time{}
	}
	if !r.Started.IsZero() && r.Finished.Before(r.Started) && !r.Finished.IsZero() {
		if later := r.Finished.Add(time.Hour); later.Hour() == r.Finished.Hour() && !later.Before(r.Started) {
			r.Finished = later
		}
		if earlier := r.Started.Add(-time.Hour); earlier.Hour() == r.Started.Hour() && !r.Finished.Before(earlier) {
			r.Started = earlier
		}
	}
	if r.Took > 0 && c.end.IsZero() && r.Finished.Equal(r.Started) && !r.Started.IsZero() && decided {
		r.Finished = r.Started.Add(time.Duration(r.Took)) // a mail tells when it began and how long it took
	}
	if r.Took == 0 && !r.Started.IsZero() && r.Finished.After(r.Started) {
		r.Took = appliance.Duration(r.Finished.Sub(r.Started))
	}
}

// silence is how long a program may write nothing while it works: a large file, a slow line.
const silence = 12 * time.Hour

// young says that a run without a verdict may still be at work: its log grew not long ago or, where that is unknown, it has not
// begun long ago.
func young(r appliance.Run, o Options) bool {
	since, limit := r.Started, 24*time.Hour
	if !o.Grown.IsZero() {
		since, limit = o.Grown, silence
	}
	return !since.IsZero() && o.Now.Sub(since) < limit && o.Now.After(since.Add(-time.Hour))
}

// enqueue keeps a line of a log that may stand newest first until the order is known.
func (m *machine) enqueue(q queued) {
	if !q.l.time.IsZero() {
		if !m.previous.IsZero() && q.l.time.Before(m.previous) {
			m.backwards = true
		}
		m.previous = q.l.time
	}
	if m.waiting += len(q.l.whole) + 100; m.waiting < maxQueue {
		m.queue = append(m.queue, q)
	}
	if !m.backwards && len(m.queue) >= 64 {
		m.drain()
	}
}

func (m *machine) drain() {
	if m.backwards {
		slices.Reverse(m.queue)
	}
	for _, q := range m.queue {
		m.apply(q.l, q.rules, q.job, q.key)
	}
	m.queue, m.waiting = nil, 0
}
