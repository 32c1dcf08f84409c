package backuplog

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/embed"
	"siteward/internal/peer"
)

// expectation is what stands beside a log of the corpus.
type expectation struct {
	Product string
	Runs    []expectedRun
	Events  []struct{ Time, Kind string }
	State   *struct {
		Kind    string
		Charge  *float64 `json:"battery_charge_percent"`
		Runtime *float64 `json:"runtime_minutes"`
		Load    *float64 `json:"load_percent"`
		Voltage *float64 `json:"input_voltage"`
	}
}

type expectedRun struct {
	Job, Status, Started, Finished string
	Also                           []string `json:"also_accepted"`
	Took                           *float64 `json:"duration_seconds"`
	Bytes, Files                   *float64
	Errors                         *float64 `json:"error_count"`
	Kind                           string
}

// tally counts facts as the script of the corpus does, and what it calls lies and false alarms.
type tally struct {
	main, mainRight, extra, extraRight, lies, alarms, cases int
	wrong                                                   []string
}

func (t *tally) fact(name string, ok, main bool, want, got any) {
	if main {
		t.main++
	} else {
		t.extra++
	}
	switch {
	case ok && main:
		t.mainRight++
	case ok:
		t.extraRight++
	default:
		t.wrong = append(t.wrong, fmt.Sprintf("%s: want %v, got %v", name, want, got))
	}
}

func (t *tally) hold(name string, want expectation, got Result) {
	t.cases++
	t.fact(name+" product", strings.Contains(strings.ToLower(got.Product), strings.ToLower(want.Product)), true, want.Product, got.Product)
	if want.Runs != nil {
		t.fact(name+" number of runs", len(want.Runs) == len(got.Runs), true, len(want.Runs), len(got.Runs))
	}
	for i, w := range want.Runs {
		g := appliance.Run{}
		if i < len(got.Runs) {
			g = got.Runs[i]
		}
		t.run(fmt.Sprintf("%s run %d", name, i), w, g)
	}
	if want.Runs != nil && len(got.Runs) > len(want.Runs) {
		for _, g := range got.Runs[len(want.Runs):] {
			if g.Status == appliance.RunFailed {
				t.alarms++
			}
		}
	}
	at := 0
	for i, w := range want.Events {
		hit := slices.IndexFunc(got.Events[min(at, len(got.Events)):], func(e appliance.UPSEvent) bool {
			return string(e.Kind) == w.Kind && (w.Time == "" || sameTime(w.Time, e.At))
		})
		t.fact(fmt.Sprintf("%s event %d", name, i), hit >= 0, true, w.Kind+" "+w.Time, nil)
		if hit >= 0 {
			at += hit + 1
		}
	}
	if want.State != nil {
		s := got.State
		if s == nil {
			s = &UPSState{}
		}
		t.fact(name+" state", want.State.Kind == string(s.Kind), true, want.State.Kind, s.Kind)
		for what, v := range map[string][2]*float64{"charge": {want.State.Charge, s.Charge}, "runtime": {want.State.Runtime, s.Runtime}, "load": {want.State.Load, s.Load}, "voltage": {want.State.Voltage, s.Voltage}} {
			if v[0] != nil {
				t.fact(name+" state "+what, v[1] != nil && math.Abs(*v[0]-*v[1]) <= max(0.51, *v[0]/100), false, *v[0], v[1])
			}
		}
	}
}

func (t *tally) run(name string, w expectedRun, g appliance.Run) {
	fair := append([]string{w.Status}, w.Also...)
	t.fact(name+" status", slices.Contains(fair, string(g.Status)), true, w.Status, string(g.Status)+" ("+g.Product+")")
	if g.Status == appliance.RunSuccess && !slices.Contains(fair, "success") && slices.Contains([]string{"failed", "incomplete", "running"}, w.Status) {
		t.lies++
		t.wrong = append(t.wrong, name+": LIE")
	}
	if g.Status == appliance.RunFailed && slices.Equal(fair, []string{"success"}) {
		t.alarms++
	}
	for what, v := range map[string]struct {
		want string
		got  time.Time
	}{"started": {w.Started, g.Started}, "finished": {w.Finished, g.Finished}} {
		if v.want != "" {
			t.fact(name+" "+what, sameTime(v.want, v.got), true, v.want, v.got)
		}
	}
	number := func(what string, want *float64, got *int64) {
		if want != nil {
			t.fact(name+" "+what, got != nil && math.Abs(*want-float64(*got)) <= max(1.01, *want/100), false, *want, deref(got))
		}
	}
	number("bytes", w.Bytes, g.Bytes)
	number("files", w.Files, g.Files)
	number("errors", w.Errors, g.Errors)
	if w.Took != nil {
		t.fact(name+" took", math.Abs(*w.Took-time.Duration(g.Took).Seconds()) <= max(1.01, *w.Took/100) && (g.Took > 0 || !g.Started.IsZero()), false, *w.Took, g.Took)
	}
	if w.Job != "" {
		a, b := strings.ToLower(w.Job), strings.ToLower(g.Job)
		t.fact(name+" job", b != "" && (strings.Contains(a, b) || strings.Contains(b, a)), false, w.Job, g.Job)
	}
}

func deref(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}

var berlin, _ = time.LoadLocation("Europe/Berlin")

// sameTime holds a written time against an instant: with an offset the same instant, without the same reading in Berlin.
func sameTime(want string, got time.Time) bool {
	if got.IsZero() {
		return false
	}
	local := got.In(berlin)
	if s, ok := strings.CutPrefix(want, "--"); ok {
		return local.Format("01-02T15:04:05")[:len(s)] == s
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		w, err := time.ParseInLocation(layout, want, berlin)
		if err != nil {
			continue
		}
		d := w.Sub(got).Abs()
		return d < 1500*time.Millisecond || len(want) < 19 && d < time.Minute
	}
	return false
}

var shippedOnce = sync.OnceValues(func() (*Set, error) { return Load(embed.Formats) })

func shipped(t testing.TB) *Set {
	t.Helper()
	s, err := shippedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scoreFolder reads every log that has an expectation beside it.
func scoreFolder(t *testing.T, root, only string) *tally {
	set := shipped(t)
	all := &tally{}
	now := time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		name, ok := strings.CutSuffix(path, ".expect.json")
		if err != nil || !ok {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		if only != "" && !regexp.MustCompile(only).MatchString(rel) {
			return nil
		}
		var want expectation
		if err := json.Unmarshal(must(os.ReadFile(path))(t), &want); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		logs, _ := filepath.Glob(name + ".[lje]*")
		logs = slices.DeleteFunc(logs, func(s string) bool { return strings.HasSuffix(s, ".expect.json") })
		if len(logs) == 0 {
			return fmt.Errorf("%s: no log beside it", path)
		}
		f := must(os.Open(logs[0]))(t)
		defer f.Close()
		got, err := Read(context.Background(), f, Options{Formats: set, Location: berlin, Now: now, Final: true, Name: rel})
		if err != nil {
			return err
		}
		all.hold(rel, want, got)
		if only != "" {
			for _, r := range got.Runs {
				t.Logf("%s %s %q %s %v %v took %v bytes %v files %v errors %v\n   %s", r.Product, r.Kind, r.Job, r.Status, r.Started, r.Finished, r.Took, deref(r.Bytes), deref(r.Files), deref(r.Errors), r.Message)
			}
			for _, e := range got.Events {
				t.Logf("%v %s %s", e.At, e.Kind, e.Text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestCorpus is the figure: of the facts of real logs at least 97 of 100 are told, and no run that failed or has no verdict is a
// success. ONLY=borg/ shows what is read of some.
func TestCorpus(t *testing.T) {
	all := scoreFolder(t, peer.Corpus(t, "logs"), os.Getenv("ONLY"))
	for _, w := range all.wrong {
		t.Log(w)
	}
	t.Logf("%d cases: main facts %d of %d, extra facts %d of %d, lies %d, false alarms %d", all.cases, all.mainRight, all.main, all.extraRight, all.extra, all.lies, all.alarms)
	if all.lies > 0 {
		t.Errorf("%d failed or undecided runs are read as success", all.lies)
	}
	if os.Getenv("ONLY") == "" && all.mainRight*100 < all.main*97 {
		t.Errorf("main facts right: %d of %d, want 97 of 100", all.mainRight, all.main)
	}
}

// TestOwnLogs are logs of our own making: what the corpus has no sample of, and what tries to be read as success.
func TestOwnLogs(t *testing.T) {
	all := scoreFolder(t, "testdata/logs", os.Getenv("ONLY"))
	for _, w := range all.wrong {
		t.Error(w)
	}
	t.Logf("%d cases: main facts %d of %d, extra facts %d of %d, lies %d", all.cases, all.mainRight, all.main, all.extraRight, all.extra, all.lies)
}
