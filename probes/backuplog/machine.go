package backuplog

import (
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// machine follows the lines of one format through a log.
type machine struct {
	f     *Format
	clock clock
	name  string

	signs int // lines that nobody else writes
	runs  []*run
	now   *run            // the one that lines without a key belong to
	keyed map[string]*run // open ones by what the log calls them
	group int             // runs from here on are of one session whose verdict is still to come; -1 = none
	since int64           // where that session begins

	events    []appliance.UPSEvent
	state     *UPSState
	flags     string
	flagsSeen bool
	lastAt    int64 // start of the last line with flags
	resumed   bool
	queue     []queued
	waiting   int // bytes in the queue
	backwards bool
	previous  time.Time
}

// queued is a line of a log that may stand newest first.
type queued struct {
	l        line
	rules    []int
	job, key string
}

// Bounds of what one log may tell.
const (
	maxRuns   = 4000
	maxOpen   = 200
	maxEvents = 30_000
	maxQueue  = 4 << 20
	maxText   = 1000
)

func (m *machine) full() bool { return len(m.runs) >= maxRuns || len(m.events) >= maxEvents }

// take looks at a line in which texts of the given rules stand.
func (m *machine) take(l line, rules []int) {
	if l.program != "" && len(m.f.programs) > 0 && !slices.Contains(m.f.programs, l.program) {
		return
	}
	job, key := m.unwrap(&l)
	if m.f.reversed {
		m.enqueue(queued{l, slices.Clone(rules), job, key})
		return
	}
	m.apply(l, rules, job, key)
}

// unwrap takes off what the format itself puts around a line.
func (m *machine) unwrap(l *line) (job, key string) {
	for _, p := range m.f.line {
		g := p.re.FindStringSubmatch(l.text)
		if g == nil {
			if g = p.re.FindStringSubmatch(l.whole); g == nil {
				continue
			}
		}
		for i, name := range p.groups {
			switch v := g[i]; {
			case v == "" && name != "text":
			case name == "text":
				l.text = v
			case name == "time":
				if t, ok := m.clock.parse(v); ok {
					l.time = t
				}
			case name == "level":
				l.level = v
			case name == "job":
				job = v
			case name == "key":
				key = v
			}
		}
		return job, key
	}
	return "", ""
}

func (m *machine) apply(l line, rules []int, job, key string) {
	for _, n := range rules {
		r := m.f.rules[n]
		for _, p := range r.match {
			g := p.re.FindStringSubmatch(l.text)
			if g == nil && len(l.text) != len(l.whole) {
				g = p.re.FindStringSubmatch(l.whole)
			}
			if g == nil {
				continue
			}
			fields := map[string]string{}
			if job != "" {
				fields["job"] = job
			}
			if key != "" {
				fields["key"] = key
			}
			for k, v := range r.set {
				fields[k] = v
			}
			for i, name := range p.groups {
				if name != "" && g[i] != "" {
					fields[name] = g[i]
				}
			}
			m.act(l, r, fields)
			if !r.also {
				return
			}
			break
		}
	}
}

// act does what a rule says.
func (m *machine) act(l line, r *rule, fields map[string]string) {
	if r.sign {
		m.signs++
	}
	if r.ignore {
		return
	}
	if v := fields["time"]; v != "" {
		if t, ok := m.clock.parse(v); ok {
			l.time = t
		}
	}
	switch {
	case r.event != "" || r.flags:
		m.tell(l, r, fields)
		return
	case r.state != "":
		m.note(r.state, fields["text"])
		return
	case r.begin == "group":
		m.group, m.since = len(m.runs), l.at
		m.now = nil
		if len(fields) == 0 {
			return
		}
	}
	if r.overall != "" {
		m.overall(l, r)
		return
	}
	if c := m.target(l, r, fields); c != nil {
		m.write(c, l, r, fields)
	}
}

// overall is the verdict on a session of several runs: where none of them is as bad, it is the last one's.
func (m *machine) overall(l line, r *rule) {
	from := max(m.group, 0)
	if m.group < 0 {
		from = max(0, len(m.runs)-1)
	}
	known := false
	for _, c := range m.runs[from:] {
		known = known || severity(c.status()) >= severity(r.overall)
	}
	if !known {
		c := m.now
		if c == nil && len(m.runs) > from {
			c = m.runs[len(m.runs)-1]
		}
		if c == nil {
			c = m.open(l, r, "")
		}
		floor := r.overall
		if len(m.runs) == from+1 && c.verdict == "" && c.first.IsZero() && severity(floor) > 1 && len(c.seen) == 0 {
			floor = appliance.RunFailed // it ended before anything was backed up
		}
		if c.status() == appliance.RunIncomplete {
			c.verdict, c.ended = floor, true
		}
		c.floor = worst(c.floor, floor)
		c.offer(candidate{severity(floor), false, l.at, clipText(l.text), clipText(l.whole)})
		c.to = l.at + l.len
	}
	m.group = -1
}

// target finds the run a line belongs to, or opens one.
func (m *machine) target(l line, r *rule, fields map[string]string) *run {
	key := fields["key"]
	if key != "" {
		c := m.keyed[key]
		if c != nil && !c.closed && r.begin != "always" && (r.begin != "decided" || !c.ended) && !m.late(c, l) {
			m.now = c
			return c
		}
		if r.inside {
			return nil
		}
		if c == nil && m.now != nil && m.now.key == "" && !m.now.ended && r.begin == "" {
			m.now.key = key // the name comes after the beginning
			m.keyed[key] = m.now
			return m.now
		}
		return m.open(l, r, key)
	}
	c := m.now
	if c != nil && (c.closed || m.late(c, l)) {
		c = nil
	}
	switch {
	case c == nil && r.inside:
		return nil
	case c == nil:
		return m.open(l, r, "")
	case r.begin == "always":
		if c.kind != appliance.RunBackup && !c.ended && !r.hasKind {
			c.kind = appliance.RunBackup // housekeeping came first
			return c
		}
		return m.open(l, r, "")
	case r.hasKind && r.kind != appliance.RunBackup && c.kind != r.kind:
		c.aside = c.aside || c.kind == appliance.RunBackup
		return c
	case (r.begin == "decided" || r.begin == "again") && c.ended && !c.aside:
		return m.open(l, r, "")
	case r.begin == "clean" && c.ended && c.floor == "" && c.status() == appliance.RunSuccess && !c.aside:
		return m.open(l, r, "")
	case (r.begin == "repeat" || r.begin == "again") && c.seen[r.mark] && !c.aside:
		return m.open(l, r, "")
	case r.begin != "" && c.kind != appliance.RunBackup && !r.hasKind && !c.ended && !r.neutral():
		c.kind = appliance.RunBackup
	case r.begin == "job" && (c.ended || c.job != "" && fields["job"] != "" && m.job(fields["job"]) != c.job):
		return m.open(l, r, "")
	}
	return c
}

// neutral says that a rule tells nothing of what was done: a check has errors and a verdict as a backup has.
func (r *rule) neutral() bool {
	return r.own || r.begin == "decided" && severity(worst(r.status, r.pending)) > severity(appliance.RunSuccess)
}

// late says that a line is too long after a verdict to belong to its run.
func (m *machine) late(c *run, l line) bool {
	return (c.ended || c.verdict != "") && !l.time.IsZero() && !c.last.IsZero() && l.time.Sub(c.last) > m.f.gap
}

func (m *machine) open(l line, r *rule, key string) *run {
	if m.now != nil && m.now.key == "" {
		m.now.replaced = true
	}
	if old := m.keyed[key]; old != nil {
		old.replaced = true
	}
	c := &run{kind: r.kind, key: key, from: l.at}
	m.runs = append(m.runs, c)
	m.now = c
	if key != "" {
		if len(m.keyed) >= maxOpen {
			clear(m.keyed)
		}
		m.keyed[key] = c
	}
	return c
}

// job is the name without what changes from run to run.
func (m *machine) job(s string) string {
	s = strings.TrimSpace(s)
	for _, re := range m.f.strip {
		if t := strings.TrimSpace(re.ReplaceAllString(s, "")); t != "" {
			s = t
		}
	}
	return clipText(s)
}

// write keeps what a line says of its run.
func (m *machine) write(c *run, l line, r *rule, fields map[string]string) {
	if !l.time.IsZero() {
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
	case r.final && r.end:
		c.final, c.ended = status, true
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
				c.took = d
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
