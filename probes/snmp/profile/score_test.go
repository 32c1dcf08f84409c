package profile

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/internal/peer"
	"siteward/internal/score"
)

// TestFactsOfTheCorpus holds what the profiles make of each recording against its checked facts, by the rules of the
// corpus' own score program. SCORE_OUT=<folder> keeps what was said, for that program; SCORE_TIER=full adds the rest.
func TestFactsOfTheCorpus(t *testing.T) {
	set := mustLoad(t)
	files, err := filepath.Glob(filepath.Join(peer.Corpus(t, "snmp"), "*.expect.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	full := os.Getenv("SCORE_TIER") == "full"
	var right, total int
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".expect.json")
		want := readJSON(t, path)
		got := said(t, set, name)
		s := score.Score{Full: full}
		s.Add(want, got)
		right, total = right+s.Right, total+s.Total
		t.Logf("%-28s %3d of %3d", name, s.Right, s.Total)
		for _, wrong := range s.Wrong {
			t.Logf("    %s", wrong)
		}
		if !full && s.Right*100 < s.Total*80 {
			t.Errorf("%s: only %d of %d facts are right", name, s.Right, s.Total)
		}
	}
	t.Logf("facts right: %d of %d = %.2f %%", right, total, 100*float64(right)/float64(total))
	if !full && right*100 < total*99 {
		t.Errorf("%d of %d facts are right, fewer than 99 %%", right, total)
	}
}

// recordings lists the names of the corpus.
func recordings(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(peer.Corpus(tb, "snmp"), "*.snmprec"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recordings: %v", err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".snmprec")
	}
	return files
}

func said(t *testing.T, set *Set, name string) map[string]any {
	t.Helper()
	r := readRecording(t, corpus(t, name))
	p := mustPlan(t, set, r)
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	b, err := json.MarshalIndent(p.Facts(hot, cold), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if out := os.Getenv("SCORE_OUT"); out != "" {
		if err := os.WriteFile(filepath.Join(out, name+".json"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func readJSON(t *testing.T, path string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
