package backuplog

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAutomatonFindsWhatIndexFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab ]{1,4}`)
		texts := rapid.SliceOfN(word, 1, 6).Draw(t, "texts")
		in := rapid.StringMatching(`[abAB \n]{0,40}`).Draw(t, "in")
		a := newAutomaton(texts)
		got := map[int]bool{}
		for at, state := 0, uint16(0); at < len(in); {
			var n int
			state, n = a.find([]byte(in)[at:], state)
			at += n
			if state >= a.first {
				for _, k := range a.texts(state) {
					got[int(k)] = true
				}
			}
		}
		for k, text := range texts {
			if want := strings.Contains(strings.ToLower(in), text); want != got[k] {
				t.Fatalf("%q in %q: found %v", text, in, got[k])
			}
		}
	})
}

func TestAnchorsStandInEveryMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    []string
	}{
		{`terminating with (?P<status>\w+) status, rc (\d+)`, []string{"minating with "}},
		{`^(tar|gzip): (.*): Cannot open`, []string{": cannot open"}},
		{`Backup (completed|failed)`, []string{"ckup completed", "backup failed"}},
		{`Größe: \d+`, []string{"e: "}},
		{`\d+ x`, nil},
		{`(?i)finished`, []string{"finished"}},
	} {
		if got := anchorsOf(c.pattern); !slices.Equal(got, c.want) {
			t.Errorf("anchors of %s: %q, want %q", c.pattern, got, c.want)
		}
	}
}
