package yamlfile_test

import (
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/internal/yamlfile"
)

type sample struct {
	Name  string         `yaml:"name"`
	Words []string       `yaml:"words"`
	More  map[string]any `yaml:"more"`
}

var bounds = yamlfile.Bounds{Bytes: 4 << 10, Depth: 6}

func TestFilesAreReadWithinBounds(t *testing.T) {
	var s sample
	if err := yamlfile.Decode("a.yaml", []byte("name: a # [[[[[[[[\nwords: ['[[[[[[[[[', \"&no *anchor\"]\nmore: {a: {b: [c]}}\n"), bounds, &s); err != nil || s.Words[0] != "[[[[[[[[[" {
		t.Errorf("%+v, %v", s, err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":  {"name: a\nnmae: b\n", "nmae"},
		"wrong type":   {"name: [a]\n", "[1:7] cannot unmarshal"},
		"alias":        {"words: &w [a]\nmore: {x: *w}\n", "anchors and aliases are not allowed"},
		"merge":        {"more:\n  <<: {a: b}\n", "anchors and aliases"},
		"brackets":     {"more: {a: " + strings.Repeat("[\n", 50) + strings.Repeat("]\n", 50) + "}\n", "nested deeper than 6"},
		"dashes":       {"words:\n " + strings.Repeat("- ", 50) + "a\n", "nested deeper than 6"},
		"indentation":  {"more:\n" + strings.Repeat(" ", 40) + "a: b\n", "nested deeper than 6"},
		"too large":    {"name: a #" + strings.Repeat("x", 5<<10) + "\n", "larger than 4 KiB"},
		"unknown tag":  {"name: a\nmore:\n !0 #0", "[3:2]"},
		"no YAML":      {"name: 'a\n", "1:"},
		"only a quote": {"\"", "1:"},
	} {
		err := yamlfile.Decode("a.yaml", []byte(c.text), bounds, new(sample))
		if appliance.CodeOf(err) != appliance.CodeInvalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: a\nwords: [b, c]\nmore: {d: e}\n"))
	f.Add([]byte("name: a\nmatch:\n !0 #0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := yamlfile.Decode("a.yaml", b, bounds, new(sample)); err != nil && appliance.CodeOf(err) != appliance.CodeInvalid {
			t.Errorf("%v", err)
		}
	})
}
