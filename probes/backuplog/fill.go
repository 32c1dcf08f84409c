package backuplog

import (
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// write keeps what a line says of its run.
func (m *machine) write(c *run, l line, r *rule, fields map[string]string) {
	if !l.time.IsZero() && r.at != "told" {
		if c.first.IsZero() || m.backwards && l.time.Before(c.first) {
			c.first = l.time
		}
		c.last = l.time
	}
	c.to = max(c.to, l.at+l.len)
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[r.mark] = true
	m.values(c, r, fields)
	switch {
	case l.time.IsZero():
	case r.at == "start":
		c.start = l.time
	case r.at == "end":
		c.end = l.time
	case r.at == "told":
		c.told = l.time
	}
	if r.reopen {
		c.verdict, c.ended = "", false
	}
	if r.clears {
		c.floor, c.pending, c.verdict, c.errors, c.best = "", "", "", nil, candidate{}
		delete(c.counted, "errors")
	}
	for _, what := range r.count {
		if name, less := strings.CutPrefix(what, "-"); less {
			c.count(name, -1)
		} else {
			c.count(what, 1)
		}
	}
	m.judgeLine(c, l, r, fields)
	if r.close {
		c.closed = true
	}
}

func (m *machine) judgeLine(c *run, l line, r *rule, fields map[string]string) {
	status := r.status
	if w := fields["status"]; w != "" {
		if s := statusOf(w, r.words, m.f.words); s != "" {
			status = s
		} else if status == "" && r.end {
			status = appliance.RunIncomplete
		}
	}
	if r.hasKind && c.kind != r.kind { // housekeeping beside a backup: it does not prove it, and only spoils it a little
		if severity(status) > severity(appliance.RunSuccess) {
			c.floor = worst(c.floor, appliance.RunWarning)
			c.offer(candidate{severity(appliance.RunWarning), true, l.at, clipText(l.text), clipText(l.whole)})
		}
		if r.end {
			c.aside = false
		}
		return
	}
	if c.aside && r.own && r.end { // what went wrong before keeps counting: this command was another one
		c.floor = worst(c.floor, c.pending)
		if severity(status) > severity(appliance.RunSuccess) {
			c.floor = worst(c.floor, appliance.RunWarning)
		}
		c.ended, c.aside = true, false
		return
	}
	if c.aside && severity(status) > severity(appliance.RunWarning) {
		status = appliance.RunWarning
	}
	switch {
	case r.final && (r.end || status == appliance.RunIncomplete):
		c.final, c.ended = status, c.ended || r.end
	case r.end && status == appliance.RunRunning:
		c.verdict = status
	case r.end:
		if status != appliance.RunIncomplete {
			c.verdict = worst(c.verdict, status)
			if c.verdict == appliance.RunRunning {
				c.verdict = status
			}
		}
		c.ended, c.aside = true, false
	case r.proof:
		c.verdict = worst(c.verdict, status)
	case status != "":
		c.floor = worst(c.floor, status)
	}
	if r.pending != "" {
		c.pending = worst(c.pending, r.pending)
		status = worst(status, r.pending)
	}
	if status != "" || r.cause {
		text := fields["message"]
		if text == "" {
			text = l.text
		}
		weight := severity(status)
		if status == "" {
			weight = severity(appliance.RunFailed) // what went wrong says more than that something did
		}
		c.offer(candidate{weight, r.cause || !r.end && !r.proof && status != "", l.at, clipText(text), clipText(l.whole)})
	}
}

// values reads the amounts and times of a line.
func (m *machine) values(c *run, r *rule, fields map[string]string) {
	when := m.clock
	if r.utc {
		when.loc = time.UTC
	}
	for name, v := range fields {
		keep := slices.Contains(r.keep, name)
		switch name {
		case "job":
			j := m.job(v)
			switch {
			case keep && c.job != "":
			case r.join && c.job != "" && !strings.Contains(c.job, j):
				c.job = clipText(c.job + ", " + j)
			case !r.join || c.job == "":
				c.job = j
			}
		case "start":
			if t, ok := when.parse(v); ok && (!keep || c.start.IsZero()) {
				c.start = t
			}
		case "end":
			if t, ok := when.parse(v); ok && (!keep || c.end.IsZero()) {
				c.end = t
			}
		case "took":
			if d, ok := span(v); ok {
				c.took = max(d, time.Millisecond) // "0:00" is less than a second, and yet told
			}
		case "bytes":
			if n, ok := size(v, m.f.binary); ok {
				if r.scale > 0 {
					n, _ = whole(float64(n) * r.scale)
				}
				c.bytes = amount(c.bytes, n, keep, slices.Contains(r.sum, name))
				if r.of != "" {
					c.of = r.of
				}
			}
		case "files", "errors":
			f, ok := decimal(v)
			if !ok || f < 0 {
				continue
			}
			n, ok := whole(f)
			if !ok {
				continue
			}
			if name == "files" {
				c.files = amount(c.files, n, keep, slices.Contains(r.sum, name))
			} else {
				c.errors = amount(c.errors, n, keep, slices.Contains(r.sum, name))
			}
		}
	}
}

func amount(old *int64, n int64, keep, sum bool) *int64 {
	switch {
	case old == nil || !keep && !sum:
		return &n
	case sum:
		return ptr(*old + n)
	}
	return old
}

func (r *run) count(what string, n int64) {
	if r.counted == nil {
		r.counted = map[string]int64{}
	}
	r.counted[what] += n
}

func clipText(s string) string {
	s = strings.TrimSpace(s)
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}
