package backuplog

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"siteward/appliance"
	"siteward/internal/peer"
)

var readAt = time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)

func readBytes(t rapid.TB, set *Set, text []byte, from int64, final bool, product string) Result {
	res, err := Read(context.Background(), bytes.NewReader(text[from:]), Options{Formats: set, Location: berlin, Now: readAt, Offset: from, Final: final, Product: product, Name: "log"})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// settle follows a log that grows and keeps what a source keeps: settled runs once, an open one under its place.
type settle struct {
	runs  map[string]appliance.Run
	order []string
}

func (s *settle) take(runs []appliance.Run) {
	for _, r := range runs {
		place := r.Place()
		if _, known := s.runs[place]; !known {
			s.order = append(s.order, place)
		}
		s.runs[place] = r
	}
}

func (s *settle) String() string {
	var lines []string
	for _, p := range s.order {
		r := s.runs[p]
		lines = append(lines, fmt.Sprintf("%d+%d %s %s %s %v %v %s", r.Evidence.Offset, r.Evidence.Length, r.Product, r.Job, r.Status, r.Started, r.Finished, r.Message))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestGrownLogs reads logs as they grow, cut anywhere, and wants what one reading of the whole tells.
func TestGrownLogs(t *testing.T) {
	set := shipped(t)
	root := peer.Corpus(t, "logs", "backup")
	type grown struct {
		text           []byte
		product, whole string
	}
	logs, names := map[string]grown{}, []string{
		"bacula/two-jobs-one-ok-one-failed.log", "borg/docs-script-two-runs-ok-then-warning.log", "borgmatic/success-v1.log", "ghettovcb/success-four-vms.log",
		"proxmox-vzdump/failed-lxc-nfs-permission.log", "timemachine/failed-then-success-console-format.log", "restic/warning-unreadable.log", "borg/logjson-warning.log",
		"mssql/success-five-databases.log", "backupninja/one-success-one-warning.log", "robocopy/success-english-utf16.log",
	}
	for _, name := range names {
		text := must(os.ReadFile(filepath.Join(root, name)))(t)
		if !strings.HasSuffix(string(text), "\n") {
			text = append(text, '\n')
		}
		whole := settle{runs: map[string]appliance.Run{}}
		full := readBytes(t, set, text, 0, true, "")
		whole.take(full.Runs)
		logs[name] = grown{text, full.Product, whole.String()}
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "log")
		text, product := logs[name].text, logs[name].product
		cuts := rapid.SliceOfN(rapid.IntRange(0, len(text)), 1, 6).Draw(rt, "cuts")
		slices.Sort(cuts)
		got := settle{runs: map[string]appliance.Run{}}
		from := int64(0)
		for _, cut := range cuts {
			if int64(cut) < from {
				continue
			}
			res := readBytes(rt, set, text[:cut], from, false, product)
			got.take(res.Runs)
			if res.Resume < from || res.Resume > int64(cut) {
				rt.Fatalf("resume %d after reading %d to %d", res.Resume, from, cut)
			}
			from = res.Resume
		}
		got.take(readBytes(rt, set, text, from, true, product).Runs)
		if got.String() != logs[name].whole {
			rt.Fatalf("cut at %v:\n%s\nwhole:\n%s", cuts, got.String(), logs[name].whole)
		}
	})
}
