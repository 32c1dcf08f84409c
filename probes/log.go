package probes

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"siteward/appliance"
)

// Bounds of a run log: a device that talks without end must not fill the store.
const (
	maxLogLines = 100
	maxLogText  = 400 // bytes
)

// Log is a run's own log: "why did it fail" for the person who looks. It is safe for concurrent use, and all
// methods of a nil Log do nothing.
type Log struct {
	began time.Time

	mu      sync.Mutex
	lines   []appliance.LogLine
	dropped int
}

// NewLog starts the log of a run that begins now.
func NewLog(now time.Time) *Log { return &Log{began: now} }

// Began is the start of the run.
func (l *Log) Began() time.Time {
	if l == nil {
		return time.Time{}
	}
	return l.began
}

// Elapsed is the time since the start of the run.
func (l *Log) Elapsed() time.Duration {
	if l == nil {
		return 0
	}
	return time.Since(l.began)
}

// Printf adds a line. Control characters become spaces, long lines are cut, and what comes after the last line that
// fits is counted only.
func (l *Log) Printf(format string, args ...any) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) >= maxLogLines {
		l.dropped++
		return
	}
	l.lines = append(l.lines, appliance.LogLine{After: l.Elapsed(), Text: clean(fmt.Sprintf(format, args...), maxLogText)})
}

// Lines gives a copy of the lines so far, with a last line that says how many did not fit.
func (l *Log) Lines() []appliance.LogLine {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := append([]appliance.LogLine(nil), l.lines...)
	if l.dropped > 0 {
		lines = append(lines, appliance.LogLine{After: l.Elapsed(), Text: fmt.Sprintf("%d more lines left out", l.dropped)})
	}
	return lines
}

// clean makes text of a stranger fit for a log line: valid UTF-8, one line, at most limit bytes.
func clean(s string, limit int) string {
	if len(s) > 4*limit {
		s = s[:4*limit]
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
