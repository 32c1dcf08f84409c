package ui

import (
	"siteward/appliance"
	"siteward/appliance/sla"
	"siteward/ui/view"
)

// Widths of a clock's bar, in hundredths of it.
const (
	barPause = 5  // a pause has no minutes of its own: it is shown where it fell, and how long it was stands in the working
	barMost  = 45 // of all pauses together
)

// clockBar draws a clock: what has counted is ink, what stood still is blue, where we are is the edge of the last of them.
func clockBar(r appliance.ClockReading) []view.BarPart {
	n := 0
	for _, l := range r.Lines {
		if l.Kind == string(sla.Halted) {
			n++
		}
	}
	n = min(n, barMost/barPause)
	pauses := n * barPause
	whole := max(r.Target, r.Used, 1)
	at := 0.0
	var out []view.BarPart
	for _, l := range r.Lines {
		part := view.BarPart{X: at}
		switch l.Kind {
		case string(sla.Halted):
			if n--; n < 0 {
				continue
			}
			part.W, part.Pause = barPause, true
		case string(sla.Counted), string(sla.Over):
			part.W, part.Over = float64(l.Minutes)*float64(100-pauses)/float64(whole), l.Kind == string(sla.Over)
		}
		if part.W > 0 {
			at += part.W
			out = append(out, part)
		}
	}
	return out
}
