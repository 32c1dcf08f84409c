package web

import (
	"cmp"
	"math"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/central"
)

// The rule of "worse together": among many sites some turn worse at the same time by chance, and a list of those is worse than none.
//
// Turns that share something (the reason, a version that the site has had for a day at most, the customer, that they fell silent, or
// nothing) belong together when more sites than chance allows had one within ten minutes, an hour or three hours. n turns that come at
// random within the time looked at would fall that close together, at any moment, with a probability of at most n·P(Bin(n-1, p) >= k-1),
// where p is the part of the time that the window is. What that gives is multiplied by how many things were tried, and has to stay below
// chance: of a hundred lists in which nothing happened, one shows something.
const (
	chance      = 0.01
	leastSites  = 3
	updateCause = 24 * time.Hour // how long after an update a turn for the worse may come from it
)

var windows = []time.Duration{10 * time.Minute, time.Hour, 3 * time.Hour}

// shared is something that turns have in common.
type shared struct {
	what  string // version, why, group, silent; "" for all turns
	value string
}

// sharedOf lists what a turn may have in common with others.
func sharedOf(t *central.Turn) []shared {
	out := []shared{{}}
	for _, s := range []shared{{"version", t.Version}, {"why", t.Why}, {"silent", string(t.Silent)}} {
		if s.value != "" {
			out = append(out, s)
		}
	}
	if t.Group != 0 {
		out = append(out, shared{"group", t.Group.String()})
	}
	return out
}

// updated gives each turn for the worse the version that its site was updated to shortly before, and leaves the version of the others
// out: that ten thousand sites run the same one says nothing. Turns are the newest first.
func updated(turns []central.Turn) []central.Turn {
	type update struct {
		version string
		at      time.Time
	}
	last := map[central.SiteID]update{}
	var out []central.Turn
	for _, t := range slices.Backward(turns) {
		if t.Version != "" && t.Silent == central.Speaking {
			last[t.Site] = update{t.Version, t.At}
		}
		if !regressed(&t) {
			continue
		}
		t.Version = ""
		if u, ok := last[t.Site]; ok && t.At.Sub(u.at) <= updateCause {
			t.Version = u.version
		}
		out = append(out, t)
	}
	slices.Reverse(out)
	return out
}

// bursts finds turns for the worse, the newest first, that came together within a span of time that was looked at.
func bursts(turns []central.Turn, span time.Duration) (out [][]central.Turn) {
	tried := map[shared][]int{} // turns by what they share, the newest first
	for i := range turns {
		for _, s := range sharedOf(&turns[i]) {
			tried[s] = append(tried[s], i)
		}
	}
	type found struct {
		shared
		near

		part, odds float64
	}
	var all []found
	tests := 0
	for _, list := range tried {
		if len(list) >= leastSites {
			tests += len(windows)
		}
	}
	for s, list := range tried {
		for _, w := range windows {
			part := float64(w) / float64(span)
			for _, v := range dense(turns, list, w) {
				if o := odds(v.of, len(v.turns), part) * float64(tests); o < chance {
					all = append(all, found{s, v, part, o})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.odds, b.odds), cmp.Compare(len(b.turns), len(a.turns)), cmp.Compare(b.what, a.what), cmp.Compare(a.value, b.value))
	})
	used := make([]bool, len(turns))
	for _, f := range all {
		// What another burst explains is told there; what is left has to be more than chance by itself.
		f.turns = slices.DeleteFunc(f.turns, func(i int) bool { return used[i] })
		if len(f.turns) < leastSites || odds(f.of, len(f.turns), f.part)*float64(tests) >= chance {
			continue
		}
		var b []central.Turn
		for _, i := range f.turns {
			used[i] = true
			b = append(b, turns[i])
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b []central.Turn) int { return b[0].At.Compare(a[0].At) })
	return out
}

// near is what lies within one window: turns of sites, each site once, and how many there were in all.
type near struct {
	turns []int
	of    int
}

// dense gives the windows in which most sites turned worse, none of them within another. A site that turns again and again counts
// once within a window.
func dense(turns []central.Turn, list []int, w time.Duration) (out []near) {
	var once []int
	last := map[central.SiteID]time.Time{}
	for _, i := range list {
		t := &turns[i]
		if at, ok := last[t.Site]; !ok || at.Sub(t.At) > w {
			last[t.Site] = t.At
			once = append(once, i)
		}
	}
	all := len(once)
	for len(once) >= leastSites {
		from, to, to2 := 0, 0, 0
		for i := range once {
			for to2 < len(once) && turns[once[i]].At.Sub(turns[once[to2]].At) <= w {
				to2++
			}
			if to2-i > to-from {
				from, to = i, to2
			}
		}
		if to-from < leastSites {
			break
		}
		out = append(out, near{turns: slices.Clone(once[from:to]), of: all})
		if len(out) == maxBursts {
			break
		}
		once = slices.Delete(once, from, to)
	}
	return out
}

// maxBursts bounds how many windows of one thing are tried.
const maxBursts = 20

// odds bounds how likely it is that k of n turns fall into some window which is a part p of the time, by chance: Chernoff's bound of the
// tail, for each turn as the first of the window.
func odds(n, k int, p float64) float64 {
	if k < 2 || n < 2 {
		return 1
	}
	if p = min(p, 1); p == 1 {
		return 1
	}
	a := float64(k-1) / float64(n-1)
	if a <= p {
		return 1
	}
	d := a * math.Log(a/p)
	if a < 1 {
		d += (1 - a) * math.Log((1-a)/(1-p))
	}
	return min(1, float64(n)*math.Exp(-float64(n-1)*d))
}

// worse orders states: a turn to a higher one is news.
var worse = map[appliance.State]int{appliance.StateOK: 0, appliance.StatePaused: 0, appliance.StateMaintenance: 0, appliance.StateNoData: 1, appliance.StateWarning: 2, appliance.StateCritical: 3}

func regressed(t *central.Turn) bool {
	return !t.Back && (t.Silent != central.Speaking && t.Silent != central.Stopped || worse[t.To] > worse[t.From])
}
