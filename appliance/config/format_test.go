package config

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever text a person entered comes back the same from an exported file.
func TestQuotedReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[-:#?!&*|>'"%@{}\[\], a0~.=\\]{1,8}`),
			rapid.SampledFrom([]string{"true", "Null", "~", "0x1f", "1e3", "1_000", ".inf", "2026-01-01", "12:30:00", "=", "<<", "- a", "a: b", "a #b", "\t", "\r\n", "\u0085", "\u2028", "\ufeff", "yes", "08"}),
		).Draw(t, "text")
		var p trouble
		root := readTree(strings.NewReader("key: "+quoted(text)+"\n"+quoted(text)+": value\n"), &p)
		if p.err() != nil || len(root.pairs) != 2 {
			t.Fatalf("%q is written %s, which cannot be read: %v", text, quoted(text), p.err())
		}
		if got := root.pairs[0].value.text; got != text {
			t.Fatalf("%q is written %s and reads back as %q", text, quoted(text), got)
		}
		if got := root.pairs[1].key; got != text {
			t.Fatalf("the key %q is written %s and reads back as %q", text, quoted(text), got)
		}
	})
}
