package snmp

import (
	"fmt"
	"time"

	"siteward/appliance"
)

// runLog is a log of our own, for callers that bring none.
type runLog struct {
	began time.Time
	lines []appliance.LogLine
}

// maxRunLines bounds what a device can make us say.
const maxRunLines = 100

// Printf adds a line.
func (l *runLog) Printf(format string, args ...any) {
	if len(l.lines) < maxRunLines {
		l.lines = append(l.lines, appliance.LogLine{After: time.Since(l.began), Text: fmt.Sprintf(format, args...)})
	}
}

// capped lets a noisy device say only so much in a run, and counts the rest.
type capped struct {
	to      Log
	n, over int
}

// maxNotes is how many lines of a run tell of single requests.
const maxNotes = 40

func (c *capped) Printf(format string, args ...any) {
	if c.n++; c.n > maxNotes {
		c.over++
		return
	}
	c.to.Printf(format, args...)
}
