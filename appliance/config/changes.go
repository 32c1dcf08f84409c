package config

import (
	"fmt"
	"strings"

	"siteward/appliance"
)

// Verb is what happens to an object.
type Verb string

// The verbs, in the order they are counted.
const (
	Create   Verb = "create"
	Update   Verb = "change"
	TakeOver Verb = "take over"
	Delete   Verb = "delete"
)

// Change is what applying a file does to one object. Lines are the difference as site file lines, each with + or - before it;
// secrets are in none of them.
type Change struct {
	Verb  Verb     `json:"verb"`
	Noun  string   `json:"noun"` // site, contract, credential, device, check, source, backup job, mail server, contact, route, window
	Name  string   `json:"name"` // of a check: device/check
	Lines []string `json:"lines,omitempty"`

	do func(*applier) error
}

// Follow is a step of a window that follows from a file: people are told of it, which is for whoever applies the file to do, in the same
// transaction.
type Follow struct {
	Window appliance.ID
	State  appliance.WindowState // WindowAnnounced or WindowCancelled
	At     Position
}

// Changes is what applying a file does, in the order it is done.
type Changes []Change

// String is for people: a paragraph for each object, and the sum.
func (c Changes) String() string {
	if len(c) == 0 {
		return "Nothing to change.\n"
	}
	var b strings.Builder
	sum := map[Verb]int{}
	for _, change := range c {
		sum[change.Verb]++
		fmt.Fprintf(&b, "%s %s %s\n", change.Verb, change.Noun, change.Name)
		for _, line := range change.Lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	var counts []string
	for _, v := range []Verb{Create, Update, TakeOver, Delete} {
		if n := sum[v]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d to %s", n, v))
		}
	}
	fmt.Fprintf(&b, "%s.\n", strings.Join(counts, ", "))
	return b.String()
}

// difference is what must be taken out of and put into the old lines to make the new ones (longest common subsequence).
func difference(before, after string) []string {
	a, b := lines(before), lines(after)
	same := make([][]int, len(a)+1)
	for i := range same {
		same[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				same[i][j] = same[i+1][j+1] + 1
			} else {
				same[i][j] = max(same[i+1][j], same[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && same[i+1][j] >= same[i][j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return out
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
