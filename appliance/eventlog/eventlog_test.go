package eventlog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/eventlog"
)

var day = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)

func message(i int, text string, rules ...string) appliance.LogMessage {
	return appliance.LogMessage{At: day.Add(time.Duration(i) * time.Second), Source: "192.0.2.1", Via: "tcp", Facility: 3, Level: 6, Host: "srv", App: "app", Text: text, Raw: "<30>srv app: " + text, Count: 1, Rules: rules}
}

func open(t *testing.T, dir string, o eventlog.Options) *eventlog.Log {
	t.Helper()
	l, err := eventlog.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestWhatWasFlushedSurvivesATornEnd(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, eventlog.Options{})
	const n = 5000
	for i := range n {
		if err := l.Append([]appliance.LogMessage{message(i, fmt.Sprintf("message %d of many", i))}); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := l.Find(context.Background(), appliance.LogFilter{Limit: 1}); len(got) != 1 || got[0].ID != n {
		t.Fatalf("before flush %+v", got)
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	f, err := os.OpenFile(files[len(files)-1], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("SWL1 torn off in the middle of a block, as a power cut leaves it"); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()

	l = open(t, dir, eventlog.Options{})
	got, err := l.Find(context.Background(), appliance.LogFilter{Limit: 10_000})
	if err != nil || len(got) != n || got[0].ID != n || got[n-1].ID != 1 || got[0].Text != fmt.Sprintf("message %d of many", n-1) || got[0].Raw != "<30>srv app: "+got[0].Text {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	if err := l.Append([]appliance.LogMessage{message(n, "after")}); err != nil {
		t.Fatal(err)
	}
	if got, _ := l.Find(context.Background(), appliance.LogFilter{Word: "AFTER"}); len(got) != 1 || got[0].ID != n+1 {
		t.Errorf("numbers do not go on: %+v", got)
	}
	if got, _ := l.Find(context.Background(), appliance.LogFilter{Since: day.Add(10 * time.Second), Until: day.Add(20 * time.Second)}); len(got) != 10 {
		t.Errorf("%d messages of ten seconds", len(got))
	}
	if got, _ := l.Find(context.Background(), appliance.LogFilter{Before: 3}); len(got) != 2 {
		t.Errorf("%d before the third", len(got))
	}
}

func TestTheOldestGoBySizeAndAge(t *testing.T) {
	l := open(t, t.TempDir(), eventlog.Options{MaxBytes: 1})
	if err := l.Append([]appliance.LogMessage{message(1, "x")}); err != nil {
		t.Fatal(err)
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Retain(day); err != nil || n != 0 {
		t.Errorf("the file that is written was removed: %d, %v", n, err)
	}
}

func TestASampleHasAllHitsAndFavoursTheRare(t *testing.T) {
	l := open(t, t.TempDir(), eventlog.Options{})
	var ms []appliance.LogMessage
	for i := range 20_000 {
		text := fmt.Sprintf("connection %d accepted", i)
		if i == 7777 {
			text = "the one thing that never happened before"
		}
		m := message(i, text)
		if i%5000 == 0 {
			m.Rules = []string{"signin_failed"}
		}
		ms = append(ms, m)
	}
	if err := l.Append(ms); err != nil {
		t.Fatal(err)
	}
	s, err := l.Sample(context.Background(), day, day.AddDate(0, 0, 1), 10)
	if err != nil || len(s.Hits) != 4 || len(s.Drawn) != 10 || s.All != 20_000 {
		t.Fatalf("%d hits, %d drawn of %d, %v", len(s.Hits), len(s.Drawn), s.All, err)
	}
	rare := false
	for _, m := range s.Drawn {
		rare = rare || m.ID == 7778
	}
	if !rare {
		t.Error("the rare message was not drawn")
	}
	again, _ := l.Sample(context.Background(), day, day.AddDate(0, 0, 1), 10)
	for i := range s.Drawn {
		if s.Drawn[i].ID != again.Drawn[i].ID {
			t.Fatal("a second draw is another one")
		}
	}
	if c, _ := l.Counts(context.Background(), day); c["signin_failed"] != 4 {
		t.Errorf("counts %v", c)
	}
}

func BenchmarkAppend(b *testing.B) {
	l, err := eventlog.Open(b.TempDir(), eventlog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for i := 0; b.Loop(); i++ {
		if err := l.Append([]appliance.LogMessage{message(i, "session opened for user backup by (uid=0)")}); err != nil {
			b.Fatal(err)
		}
	}
}
