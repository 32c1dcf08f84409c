package backuplog

import (
	"time"

	"siteward/appliance"
)

// run is a run while its lines come.
type run struct {
	kind  appliance.RunKind
	key   string
	job   string
	aside bool // what comes now is housekeeping, which does not undo the backup

	start, end  time.Time // as the log says
	first, last time.Time // of its lines
	told        time.Time // when a mail said how it ended, which is later
	took        time.Duration
	bytes       *int64
	of          string
	files       *int64
	errors      *int64
	counted     map[string]int64
	seen        map[string]bool // marks

	floor, pending, verdict, final appliance.RunStatus
	ended, closed, replaced        bool

	best     candidate
	from, to int64
}

// candidate is a line that may be the one that decides.
type candidate struct {
	severity int
	cause    bool
	at       int64
	text     string
	line     string
}

// severity orders verdicts; a later success replaces an earlier one.
func severity(s appliance.RunStatus) int {
	switch s {
	case appliance.RunSuccess:
		return 1
	case appliance.RunWarning:
		return 2
	case appliance.RunFailed:
		return 3
	}
	return 0
}

func worst(a, b appliance.RunStatus) appliance.RunStatus {
	if severity(b) > severity(a) || a == "" {
		return b
	}
	return a
}

// offer proposes a line. The worst wins; of equals a cause before its consequence, then the first; of successes the last.
func (r *run) offer(c candidate) {
	b := r.best
	switch {
	case b.text == "" || c.severity > b.severity:
	case c.severity < b.severity:
		return
	case c.cause && !b.cause:
	case c.severity <= 1 && c.cause == b.cause:
	default:
		return
	}
	r.best = c
}

// status is the verdict as far as it is known.
func (r *run) status() appliance.RunStatus {
	switch {
	case r.final != "":
		return r.final
	case r.verdict == appliance.RunSuccess || r.verdict == appliance.RunWarning || r.verdict == appliance.RunFailed:
		return worst(r.verdict, r.floor)
	case r.floor == appliance.RunFailed || r.pending == appliance.RunFailed:
		return appliance.RunFailed
	case r.verdict == appliance.RunRunning:
		return appliance.RunRunning
	}
	return appliance.RunIncomplete
}

func ptr(v int64) *int64 { return &v }
