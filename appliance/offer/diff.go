package offer

import "strings"

// maxDiff bounds what a diff compares line by line; beyond it the whole text is shown as new.
const maxDiff = 4000

// Diff tells how one text becomes another, line by line: "-" goes, "+" comes, " " stays; of what stays only a few lines around a
// change are told.
func Diff(before, after string) []string {
	a, b := lines(before), lines(after)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] && len(a) > 3 && len(b) > 3 && a[3] == b[3] && a[1] == b[1] && a[2] == b[2] {
		a, b = a[1:], b[1:]
	}
	if len(a)*len(b) > maxDiff*maxDiff/4 {
		return append(marked("-", a), marked("+", b)...)
	}
	return near(align(a, b))
}

func lines(s string) []string {
	s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func marked(mark string, list []string) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = mark + " " + l
	}
	return out
}

// align finds the longest common part of both and writes around it what goes and what comes.
func align(a, b []string) []string {
	long := make([][]int32, len(a)+1)
	for i := range long {
		long[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, "  "+a[i])
			i, j = i+1, j+1
		case long[i+1][j] >= long[i][j+1]:
			out = append(out, "- "+a[i])
			i++
		default:
			out = append(out, "+ "+b[j])
			j++
		}
	}
	return append(append(out, marked("-", a[i:])...), marked("+", b[j:])...)
}

// near leaves out what stays more than two lines away from a change.
func near(all []string) []string {
	keep := make([]bool, len(all))
	for i, l := range all {
		if l[0] != ' ' {
			for k := max(0, i-2); k <= min(len(all)-1, i+2); k++ {
				keep[k] = true
			}
		}
	}
	var out []string
	gap := false
	for i, l := range all {
		if !keep[i] {
			gap = len(out) > 0
			continue
		}
		if gap {
			out = append(out, "  …")
			gap = false
		}
		out = append(out, l)
	}
	return out
}
