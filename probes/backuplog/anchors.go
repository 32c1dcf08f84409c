package backuplog

import (
	"regexp/syntax"
	"slices"
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

// concat takes the best set of the parts. Parts that are fixed texts beside each other are one text; the parser has taken
// alternatives apart into what they share and what they do not, which is put together again here.
func concat(subs []*syntax.Regexp) (best []string) {
	for i := 0; i < len(subs); i++ {
		set := anchorSet(subs[i])
		if texts := exact(subs[i]); texts != nil {
			for i+1 < len(subs) {
				more := exact(subs[i+1])
				if more == nil || len(texts)*len(more) > maxSpread {
					break
				}
				texts = product(texts, more)
				i++
			}
			set = plainRuns(texts)
		}
		if set != nil && better(set, best) {
			best = set
		}
	}
	return best
}

// exact lists all texts that an expression matches, nil when they are many.
func exact(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpEmptyMatch:
		return []string{""}
	case syntax.OpCapture:
		return exact(re.Sub[0])
	case syntax.OpCharClass:
		return classTexts(re.Rune)
	case syntax.OpQuest:
		if texts := exact(re.Sub[0]); texts != nil && len(texts) < maxSpread {
			return append([]string{""}, texts...)
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, s := range re.Sub {
			more := exact(s)
			if more == nil || len(all)*len(more) > maxSpread {
				return nil
			}
			all = product(all, more)
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, s := range re.Sub {
			more := exact(s)
			if more == nil || len(all)+len(more) > maxSpread {
				return nil
			}
			all = append(all, more...)
		}
		return all
	}
	return nil
}

// classTexts takes small classes: [Bb].
func classTexts(ranges []rune) (all []string) {
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if len(all) == 4 {
				return nil
			}
			all = append(all, string(r))
		}
	}
	return all
}

func product(a, b []string) (all []string) {
	for _, x := range a {
		for _, y := range b {
			all = append(all, x+y)
		}
	}
	return all
}

// plainRuns is the longest plain piece of each text, each once.
func plainRuns(texts []string) (set []string) {
	for _, t := range texts {
		run := strings.ToLower(plainRun(t))
		if run == "" {
			return nil
		}
		if !slices.Contains(set, run) {
			set = append(set, run)
		}
	}
	return set
}

func alternate(subs []*syntax.Regexp) (all []string) {
	for _, s := range subs {
		set := anchorSet(s)
		if texts := exact(s); texts != nil {
			set = plainRuns(texts)
		}
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
