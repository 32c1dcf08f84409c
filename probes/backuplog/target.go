package backuplog

import (
	"strings"

	"siteward/appliance"
)

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
	case r.instead && !c.ended && c.status() == appliance.RunIncomplete:
		c.kind = r.kind
		return c
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
