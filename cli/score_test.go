package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"siteward/internal/peer"
	"siteward/internal/score"
)

// TestProbeTellsTheFactsOfTheCorpus is the acceptance of `siteward probe snmp`: every recording of the corpus is served by
// Debian's snmpsimd, asked through the command line, and what was printed held against the checked facts.
// SITEWARD_SCORE_OUT=<folder> keeps what was printed, for the corpus' own score program.
func TestProbeTellsTheFactsOfTheCorpus(t *testing.T) {
	t.Parallel()
	expectations, err := filepath.Glob(filepath.Join(peer.Corpus(t, "snmp"), "*.expect.json"))
	if err != nil || len(expectations) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	address := peer.Snmpsimd(t, recordingsOnly(t), name(expectations[len(expectations)-1]))
	scores := make([]score.Score, len(expectations))
	var group sync.WaitGroup
	turn := make(chan struct{}, 2) // snmpsimd answers one request at a time
	for i, path := range expectations {
		group.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			scores[i].Add(readObject(t, path), probed(t, address, name(path)))
		})
	}
	group.Wait()
	var sum score.Score
	for i, s := range scores {
		sum.Right, sum.Total = sum.Right+s.Right, sum.Total+s.Total
		t.Logf("%-28s %3d of %3d", name(expectations[i]), s.Right, s.Total)
		for _, wrong := range s.Wrong {
			t.Logf("    %s", wrong)
		}
	}
	t.Logf("%d recordings, facts right: %d of %d = %.2f %%, goal 95 %%", len(scores), sum.Right, sum.Total, sum.Percent())
	if sum.Percent() < 95 {
		t.Error("fewer than 95 % of the facts are right")
	}
}

func name(path string) string { return strings.TrimSuffix(filepath.Base(path), ".expect.json") }

// recordingsOnly is a folder without the corpus' variants, which are no recordings of whole devices.
func recordingsOnly(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob(filepath.Join(peer.Corpus(t, "snmp"), "*.snmprec"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(f)), b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// probed is what `siteward probe snmp … --json` prints; a device that was not understood has no facts.
func probed(t *testing.T, address, community string) map[string]any {
	var out, errs bytes.Buffer
	code := Main([]string{"probe", "snmp", address, "--community", community, "--json", "--timeout", "60s"}, strings.NewReader(""), &out, &errs)
	if errs.Len() > 0 || code > 3 {
		t.Errorf("%s: exit code %d, %s", community, code, errs.String())
	}
	if dir := os.Getenv("SITEWARD_SCORE_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, community+".json"), out.Bytes(), 0o644); err != nil {
			t.Error(err)
		}
	}
	var said map[string]any
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		t.Errorf("%s: %v: %s", community, err, out.String())
	}
	return said
}

func readObject(t *testing.T, path string) (m map[string]any) {
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		t.Error(err)
	}
	return m
}
