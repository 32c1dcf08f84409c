package backuplog

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// told is a log of a folder with an expectation beside it.
type told struct {
	name string
	text []byte
	want expectation
}

func logsIn(t *testing.T, root string) (all []told) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		name, ok := strings.CutSuffix(path, ".expect.json")
		if err != nil || !ok {
			return err
		}
		var want expectation
		if err := json.Unmarshal(must(os.ReadFile(path))(t), &want); err != nil {
			return err
		}
		files, _ := filepath.Glob(name + ".[le]*")
		for _, f := range files {
			if !strings.HasSuffix(f, ".expect.json") {
				rel, _ := filepath.Rel(root, name)
				all = append(all, told{name: rel, text: must(os.ReadFile(f))(t), want: want})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestALogThatShoutsSuccess writes the lines by which products say that all is well into logs of theirs that say otherwise, as
// the names of files that were backed up: no run becomes a success by that. SITEWARD_SHOUTS=all tries each line in each log.
func TestALogThatShoutsSuccess(t *testing.T) {
	set, now := shipped(t), time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)
	logs := append(logsIn(t, peer.Corpus(t, "logs")), logsIn(t, "testdata/logs")...)
	read := func(b []byte) Result {
		res, err := Read(context.Background(), bytes.NewReader(b), Options{Formats: set, Location: berlin, Now: now, Final: true})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	shouts, sad := map[string][]string{}, map[string][]told{}
	for _, l := range logs {
		if bytes.IndexByte(l.text, 0) >= 0 || bytes.HasPrefix(l.text, []byte{0xff, 0xfe}) || isMail(l.text) {
			continue // UTF-16 and mails: their lines are put together by others
		}
		res := read(l.text)
		good := 0
		for _, r := range res.Runs {
			if r.Status == appliance.RunSuccess {
				good++
				shouts[res.Product] = append(shouts[res.Product], r.Evidence.Line, r.Message)
			}
		}
		if good == 0 && len(res.Runs) > 0 {
			sad[res.Product] = append(sad[res.Product], l)
		}
	}
	tried := 0
	for product, list := range sad {
		seen := map[string]bool{}
		for _, shout := range append(shouts[product], "SUCCESS", "Backup completed successfully", "TASK OK", "Result: Success", "Erfolgreich abgeschlossen") {
			if shout = strings.TrimSpace(shout); shout == "" || seen[shout] || len(shout) > 200 {
				continue
			}
			seen[shout] = true
			logs := list
			if os.Getenv("SITEWARD_SHOUTS") != "all" {
				logs = list[tried%len(list):][:1]
			}
			for _, l := range logs {
				lines := bytes.SplitAfter(l.text, []byte("\n"))
				at := []int{len(lines) / 2, len(lines)}[tried%2]
				name := []string{"/srv/daten/" + shout + ".txt\n", "A /srv/daten/" + shout + "\n", "    512  D:\\Daten\\" + shout + ".docx\n"}[tried%3]
				tried++
				b := append(bytes.Join(lines[:at], nil), name...)
				b = append(b, bytes.Join(lines[at:], nil)...)
				for _, r := range read(b).Runs {
					if r.Status == appliance.RunSuccess {
						t.Errorf("%s %s: %q makes it a success: %s", product, l.name, name, r.Evidence.Line)
					}
				}
			}
		}
	}
	t.Logf("%d logs with a file that shouts", tried)
}
