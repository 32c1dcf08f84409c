package backuplog

import (
	"regexp/syntax"
	"strings"
)

// A pattern's anchors are fixed texts of which one stands in every line the pattern matches. Lines without any anchor are
// passed over at the speed of memory; the patterns see the others only.
const (
	minAnchor = 3
	maxAnchor = 14
	maxSpread = 24 // alternatives one pattern may have as anchors
)

// anchorsOf finds the best set of anchors of a pattern: the one whose shortest text is longest. nil when there is none.
func anchorsOf(pattern string) []string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	best := anchorSet(re)
	if best == nil || shortest(best) < minAnchor {
		return nil
	}
	for i, a := range best {
		best[i] = clip(a)
	}
	return best
}

func anchorSet(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return one(plainRun(string(re.Rune)))
	case syntax.OpCapture:
		return anchorSet(re.Sub[0])
	case syntax.OpPlus:
		return anchorSet(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return anchorSet(re.Sub[0])
		}
	case syntax.OpConcat:
		return concat(re.Sub)
	case syntax.OpAlternate:
		return alternate(re.Sub)
	}
	return nil
}

// concat takes the best set of the parts. Parts that are fixed texts beside each other are one text.
func concat(subs []*syntax.Regexp) (best []string) {
	for i := 0; i < len(subs); i++ {
		set := anchorSet(subs[i])
		if subs[i].Op == syntax.OpLiteral {
			text := string(subs[i].Rune)
			for i+1 < len(subs) && subs[i+1].Op == syntax.OpLiteral {
				i++
				text += string(subs[i].Rune)
			}
			set = one(plainRun(text))
		}
		if set != nil && better(set, best) {
			best = set
		}
	}
	return best
}

func alternate(subs []*syntax.Regexp) (all []string) {
	for _, s := range subs {
		set := anchorSet(s)
		if set == nil {
			return nil
		}
		all = append(all, set...)
	}
	if len(all) > maxSpread {
		return nil
	}
	return all
}

func better(a, b []string) bool {
	if b == nil {
		return true
	}
	x, y := min(shortest(a), maxAnchor), min(shortest(b), maxAnchor)
	return x > y || x == y && len(a) < len(b)
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func shortest(set []string) int {
	n := 1 << 10
	for _, s := range set {
		n = min(n, len(s))
	}
	return n
}

// plainRun is the longest piece of s that reads the same in every encoding.
func plainRun(s string) string {
	best := ""
	for _, run := range strings.FieldsFunc(s, func(r rune) bool { return r >= 0x80 || r == '\n' || r == '\r' }) {
		if len(run) > len(best) {
			best = run
		}
	}
	return best
}

// clip keeps the end of a long text: words at the end of a phrase differ more than those at its beginning.
func clip(s string) string {
	if len(s) > maxAnchor {
		s = s[len(s)-maxAnchor:]
	}
	return strings.ToLower(s)
}
