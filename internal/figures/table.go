package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// printTable prints each measured figure beside its goals and tells how many first goals were missed.
func printTable(w io.Writer, outcomes map[int]outcome) (missed int) {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "#\tFIGURE\tAGAINST\tMEASURED\tFIRST\tGOAL\t")
	for _, f := range figures {
		o, ok := outcomes[f.number]
		if !ok {
			continue
		}
		v := f.verdict(o)
		if v == "MISSED" || v == "not measured" {
			missed++
		}
		against := f.against
		if o.recorded {
			against += " (recorded)"
		}
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", f.number, f.name, against, f.measured(o), f.firstGoal(), f.finalGoal(), v)
	}
	_ = tw.Flush()
	fmt.Fprintln(w)
	for _, f := range figures {
		if o, ok := outcomes[f.number]; ok {
			fmt.Fprintf(w, "%2d  %s\n", f.number, note(o))
		}
	}
	return missed
}

// note is what stands below the table about one figure.
func note(o outcome) string {
	if o.err != nil {
		return "not measured: " + strings.ReplaceAll(strings.TrimSpace(o.err.Error()), "\n", "\n    ")
	}
	if o.recorded {
		return o.detail + "; against the recorded figure"
	}
	return o.detail
}
