package main

import (
	"fmt"
	"strings"
)

// figure is one row of the table: what is to be reached. Each part of it is a number that is good when it is small.
type figure struct {
	number  int
	name    string
	against string
	parts   []part
}

// part is one number of a figure with the goal of the first release and the one after it.
type part struct {
	unit        string // printed behind the numbers
	first, goal float64
}

// outcome is what was measured for one figure.
type outcome struct {
	values   []float64 // one a part
	detail   string    // how the numbers came about
	recorded bool      // the other side is not installed here: its number is one that was measured earlier
	err      error
}

// verdict says whether the first goal is reached.
func (f figure) verdict(o outcome) string {
	switch {
	case o.err != nil:
		return "not measured"
	case len(o.values) != len(f.parts):
		return "not measured"
	}
	for i, p := range f.parts {
		if !(o.values[i] <= p.first) {
			return "MISSED"
		}
	}
	for i, p := range f.parts {
		if !(o.values[i] <= p.goal) {
			return "reached"
		}
	}
	return "goal"
}

func (f figure) measured(o outcome) string {
	if o.err != nil || len(o.values) != len(f.parts) {
		return "-"
	}
	return f.each(func(i int, p part) string { return number(o.values[i]) + p.unit })
}

func (f figure) firstGoal() string {
	return f.each(func(_ int, p part) string { return "≤ " + number(p.first) + p.unit })
}
func (f figure) finalGoal() string {
	return f.each(func(_ int, p part) string { return number(p.goal) + p.unit })
}

func (f figure) each(say func(int, part) string) string {
	var out []string
	for i, p := range f.parts {
		out = append(out, say(i, p))
	}
	return strings.Join(out, "; ")
}

// number prints three digits that matter.
func number(v float64) string {
	switch {
	case v == float64(int64(v)):
		return fmt.Sprintf("%d", int64(v))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
