package backuplog

import (
	"slices"
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
			if g == nil || r.praises && m.named(p, l) {
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
