package series

import (
	"math"
	"slices"
	"time"

	"siteward/appliance"
)

// Run is a stretch of numbers one step apart: Numbers[i] belongs to slot First+i. NaN is a gap.
type Run struct {
	Step    int64 // seconds
	First   int64 // slot: unix seconds / Step
	Numbers []float64
}

// Slot is the slot of a step (in seconds) that t lies in.
func Slot(t time.Time, step int64) int64 { return floorDiv(t.Unix(), step) }

// StepSeconds is a series' step in whole seconds, at least 1.
func StepSeconds(d time.Duration) int64 { return max(1, int64(d/time.Second)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Start is the time of the first slot.
func (r Run) Start() int64 { return r.First * r.Step }

// End is the time just after the last slot.
func (r Run) End() int64 { return (r.First + int64(len(r.Numbers))) * r.Step }

// Merge puts runs of one series together: one run for each step, by step, the later one winning where two have the
// same slot. Gaps between them become NaN. No run may be longer than a chunk can be (MaxSlots).
func Merge(runs ...Run) []Run {
	var out []Run
	for _, r := range runs {
		i := slices.IndexFunc(out, func(o Run) bool { return o.Step == r.Step && span(o, r) <= MaxSlots })
		if i < 0 {
			out = append(out, Run{Step: r.Step, First: r.First, Numbers: slices.Clone(r.Numbers)})
			continue
		}
		out[i] = overlay(out[i], r)
	}
	slices.SortStableFunc(out, func(a, b Run) int { return int(a.Step - b.Step) })
	return out
}

func span(a, b Run) int64 {
	return max(a.First+int64(len(a.Numbers)), b.First+int64(len(b.Numbers))) - min(a.First, b.First)
}

func overlay(a, b Run) Run {
	first := min(a.First, b.First)
	out := Run{Step: a.Step, First: first, Numbers: gaps(int(span(a, b)))}
	copy(out.Numbers[a.First-first:], a.Numbers)
	for i, x := range b.Numbers {
		if !math.IsNaN(x) {
			out.Numbers[b.First-first+int64(i)] = x
		}
	}
	return out
}

func gaps(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// NewColumn makes an empty column of n steps from the slot that from lies in.
func NewColumn(from, to time.Time, step int64) appliance.Column {
	first := Slot(from, step)
	n := max(0, Slot(to.Add(time.Duration(step)*time.Second-1), step)-first)
	return appliance.Column{Start: time.Unix(first*step, 0).UTC(), Step: time.Duration(step) * time.Second, Number: gaps(int(n))}
}

// Fill puts the numbers of a run where they belong in a column; what lies outside is left out. A run of a finer
// step leaves the last number of each of the column's steps, one of a coarser step fills the first of its steps.
func Fill(c *appliance.Column, r Run) {
	step := StepSeconds(c.Step)
	first := c.Start.Unix() / step
	if r.Step == step {
		from := max(0, first-r.First)
		to := min(int64(len(r.Numbers)), first+int64(len(c.Number))-r.First)
		for i := from; i < to; i++ {
			if x := r.Numbers[i]; !math.IsNaN(x) {
				c.Number[r.First+i-first] = x
			}
		}
		return
	}
	for i, x := range r.Numbers {
		at := floorDiv((r.First+int64(i))*r.Step, step) - first
		if !math.IsNaN(x) && at >= 0 && at < int64(len(c.Number)) {
			c.Number[at] = x
		}
	}
}

// TakeUntil cuts off and gives the part of a run before a time (unix seconds), at least one slot.
func (r *Run) TakeUntil(end int64) Run {
	n := min(max(floorDiv(end-1, r.Step)+1-r.First, 1), int64(len(r.Numbers)))
	part := Run{Step: r.Step, First: r.First, Numbers: r.Numbers[:n]}
	r.First, r.Numbers = r.First+n, r.Numbers[n:]
	return part
}

// Empty says whether a run holds no number.
func (r Run) Empty() bool {
	return !slices.ContainsFunc(r.Numbers, func(x float64) bool { return !math.IsNaN(x) })
}
