package monitor

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/internal/peer"
)

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// TestWords holds the sentences in Go against the locale files: same keys, same parameters, same English.
func TestWords(t *testing.T) {
	for _, tag := range []string{"en", "de", "nl"} {
		words := localeOf(t, tag)
		for key, text := range sentences {
			got, ok := words[key]
			switch {
			case !ok:
				t.Errorf("%s lacks %s", tag, key)
			case tag == "en" && got != text:
				t.Errorf("%s: %q in Go, %q in the file", key, text, got)
			case !slices.Equal(parameters(got), parameters(text)):
				t.Errorf("%s in %s has parameters %v, want %v", key, tag, parameters(got), parameters(text))
			case strings.Contains(got, "!"):
				t.Errorf("%s in %s shouts", key, tag)
			}
		}
		for key := range words {
			if _, ok := sentences[key]; !ok {
				t.Errorf("%s has %s, which nobody says", tag, key)
			}
		}
	}
}

func localeOf(t *testing.T, tag string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(peer.Root(), "embed", "locales", tag, "monitor.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatalf("%s: %v", tag, err)
	}
	words := map[string]string{}
	for k, v := range file {
		switch x := v.(type) {
		case string:
			words[k] = x
		case map[string]any:
			words[k], _ = x["other"].(string)
			if one, _ := x["one"].(string); !slices.Equal(parameters(one), parameters(words[k])) {
				t.Errorf("%s in %s: one and other differ in parameters", k, tag)
			}
		}
	}
	return words
}

func parameters(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return names
}

// TestSentencesAreSaid looks for keys in the code that have no sentence, and for sentences with holes.
func TestSentencesAreSaid(t *testing.T) {
	for _, d := range defaults {
		for _, key := range []string{d.sentence, d.sentence + "_limit"} {
			if sentences[key] == "" {
				t.Errorf("no sentence %s", key)
			}
		}
	}
	for word := range operStates {
		if sentences["monitor.port_"+word] == "" {
			t.Errorf("no sentence for a port that is %s", word)
		}
	}
	for word, key := range known {
		if sentences[key] == "" {
			t.Errorf("no sentence for %s", word)
		}
	}
	for _, cause := range []appliance.Cause{appliance.CauseV3User, appliance.CauseV3Auth, appliance.CauseV3Priv, appliance.CauseV3Level, appliance.CauseV3Clock, appliance.CauseHalf} {
		if sentences["monitor.cause_"+string(cause)] == "" {
			t.Errorf("no sentence for the cause %s", cause)
		}
	}
	for reason, row := range failures {
		if sentences[row.sentence] == "" {
			t.Errorf("no sentence for the reason %s", reason)
		}
	}
}
