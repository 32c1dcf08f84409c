package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/people"
	"siteward/central/web"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// tell lets a site tell of something: it happened by the site's clock, and is heard of by ours.
func (b *bench) tell(id central.SiteID, v message.Data, subject string, at, heard time.Time) {
	b.tb.Helper()
	if err := b.Store.Take(b.tb.Context(), id, func(t *central.Taking) error {
		t.Events = []central.Event{{Seq: t.Status.Stored + 1, ID: fmt.Sprint(t.Status.Stored), Type: v.Type(), Subject: subject, Time: at, Received: heard, Data: raw(b.tb, v)}}
		return nil
	}); err != nil {
		b.tb.Fatal(err)
	}
}

// day keeps the report of a day, as it was heard last.
func (b *bench) day(id central.SiteID, heard time.Time, sum message.Summary) {
	b.tb.Helper()
	key := central.Key(string(id), heard.UTC().Format(time.DateOnly))
	if err := central.DayReports.Put(b.tb.Context(), b.Store, key, central.Report{Site: id, Time: heard, Received: heard, Data: raw(b.tb, sum)}, 0); err != nil {
		b.tb.Fatal(err)
	}
}

// files gives the files of a month's package.
func (b *bench) files(path string) map[string]string {
	b.tb.Helper()
	w := b.get(people.Administrator, path)
	if w.Code != 200 {
		b.tb.Fatalf("%s: %d", path, w.Code)
	}
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		b.tb.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			b.tb.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			b.tb.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

func TestAMonthOfASite(t *testing.T) {
	zone := berlin(t)
	b := newBench(t, func(c *web.Config) { c.Zone = zone })
	b.people()
	// The month is long ago by then: it is the 29th of November.
	b.site("s-one", "Praxis", 1, central.Status{Seen: b.now}, nil)
	b.site("s-none", "Leer", 1, central.Status{}, nil)
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, zone) }
	// March 2026 changes the clocks on the 29th and has 31 days; the last report of a day comes shortly before midnight in UTC.
	for d := range 31 {
		b.day("s-one", time.Date(2026, 3, d+1, 23, 50, 0, 0, time.UTC), message.Summary{State: appliance.StateOK, Contract: &message.SummaryContract{Left: 600 - d*10, Of: 600}})
	}
	evil := `=HYPERLINK("http://x")`
	incident := &message.Incident{ID: 1, Title: evil, Worst: appliance.StateCritical, Opened: at(3, 10), Device: 7, Name: "-nas"}
	b.tell("s-one", incident, "incident/1", at(3, 10), at(3, 10))
	incident.Closed = at(5, 10)
	b.tell("s-one", incident, "incident/1", at(5, 10), at(5, 10))
	b.tell("s-one", &message.Incident{ID: 2, Worst: appliance.StateWarning, Opened: at(4, 10), Closed: at(6, 10), Device: 7, Name: "-nas"}, "incident/2", at(6, 10), at(6, 10))
	b.tell("s-one", &message.Ticket{ID: 4, Category: "error", Priority: 2, Status: appliance.TicketSolved, Opened: at(3, 11), Closed: at(3, 15), Minutes: 45, Breached: []appliance.ClockKind{"confirm"},
		Clocks: []message.TicketClock{{Kind: "confirm", Target: 60, Stopped: at(3, 13), Used: 75}, {Kind: "respond", Target: 240, Stopped: at(3, 14), Used: 135}, {Kind: "restore", Target: 480}}}, "ticket/4", at(3, 15), at(3, 15))
	b.tell("s-one", &message.Ticket{ID: 5, Category: "error", Priority: 1, Status: appliance.TicketNew, Opened: at(30, 11), Breached: []appliance.ClockKind{"confirm", "restore"}}, "ticket/5", at(30, 12), at(30, 12))
	b.tell("s-one", &message.Window{ID: 1, Title: "move", State: "done", From: at(9, 1), To: at(9, 3)}, "window/1", at(9, 3), at(9, 3))
	b.tell("s-one", &message.Backup{Job: 1, Name: "+Fileserver", Verdict: "failed"}, "backup/1", at(9, 4), at(9, 4))
	b.tell("s-one", &message.Round{Day: "2026-03-09", State: "signed", By: "anna"}, "round/2026-03-09", at(9, 5), at(9, 5))
	b.tell("s-one", &message.Outage{Device: 3, Name: "ups", Began: at(9, 6), Ended: at(9, 7)}, "outage/1", at(9, 7), at(9, 7))
	// The site's clock was wrong by a year, both ways: it is of the month in which it was heard.
	for i, year := range []int{-1, 1} {
		b.tell("s-one", &message.Backup{Job: 2, Name: "SQL", Verdict: "success"}, fmt.Sprint("backup/x", i), at(20, 4).AddDate(year, 0, 0), at(20, 4))
	}
	// Of the last hour of the month by the clocks of the provider, and sent weeks later.
	b.tell("s-one", &message.Backup{Job: 3, Name: "late", Verdict: "success"}, "backup/late", time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC), time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC))
	b.tell("s-one", &message.Backup{Job: 3, Name: "april", Verdict: "success"}, "backup/april", time.Date(2026, 3, 31, 22, 1, 0, 0, time.UTC), time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC))
	book, err := logbook.NewBook()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Store.Take(t.Context(), "s-one", func(k *central.Taking) error {
		for i, when := range []time.Time{at(3, 12).AddDate(0, -1, 0), at(3, 12), at(4, 12), at(3, 12).AddDate(0, 1, 0)} {
			if _, err := book.Append(appliance.LogbookEntry{At: when.UTC(), Written: when.UTC(), By: "max", Kind: appliance.LogbookNote, Text: "=1+1", Minutes: 30}); err != nil {
				return err
			}
			if err := central.Keep(k, central.LogbookLines, central.LogbookKey("s-one", 0, uint64(i)+1), central.LogbookLine{Record: book.Lines[i].Record, Signature: book.Lines[i].Signature}); err != nil {
				return err
			}
		}
		return central.Keep(k, central.Logbooks, "s-one", central.LogbookCopy{Site: "s-one", Size: 4, Have: 4, Keys: book.Keys})
	}); err != nil {
		t.Fatal(err)
	}
	// A year's worth of events afterwards does not hide it.
	defer web.ReadMonthsBy(50)()
	for range 4 {
		if err := b.Store.Take(t.Context(), "s-one", func(k *central.Taking) error {
			for range 30 {
				k.Events = append(k.Events, central.Event{ID: "e", Type: message.TypeStopping, Time: b.now, Received: b.now, Data: json.RawMessage(`{"reason":"restart"}`)})
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	body := b.get(people.Administrator, "/sites/s-one/month/2026-03").Body.String()
	body = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(body)
	for _, want := range []string{"A report on 31 of 31 days", "2, 0 still open", "-nas: 2×, 3 days", "2, 1 closed, 45 min of work", "3 missed", "0 of 2 in time, the longest after 1 h 15 min", "1 of 1 in time, the longest after 2 h 15 min", "0 of 1 in time<", "3 succeeded, 1 did not", "1 signed, 0 missed", "1 outage", "1 done, 0 called off", "2 entries, 1 h of work", "5 h of 10 h left"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if crit, warn := strings.Count(body, `class="f-crit"`), strings.Count(body, `class="f-warn"`); crit != 3 || warn != 1 {
		t.Errorf("%d days with a critical incident, %d with a warning", crit, warn)
	}
	files := b.files("/sites/s-one/month/2026-03/package.zip")
	if strings.Contains(files["events.jsonl"], "april") || !strings.Contains(files["events.jsonl"], `"late"`) {
		t.Error("the end of the month is not that of the provider's clocks")
	}
	for name, want := range map[string]int{"incidents.csv": 2, "devices.csv": 1, "tickets.csv": 2, "windows.csv": 1, "backups.csv": 4, "rounds.csv": 1, "outages.csv": 1, "logbook.csv": 2} {
		rows, err := csv.NewReader(strings.NewReader(files[name])).ReadAll()
		if err != nil || len(rows) != want+1 {
			t.Errorf("%s: %d rows, want %d, %v", name, len(rows)-1, want, err)
			continue
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("%s: %q is a formula", name, cell)
				}
			}
		}
	}
	if rows, _ := csv.NewReader(strings.NewReader(files["tickets.csv"])).ReadAll(); !slices.Equal(rows[1][10:], []string{"2026-03-03T13:00:00+01:00", "75", "2026-03-03T14:00:00+01:00", "135", "", ""}) {
		t.Errorf("when a ticket was confirmed and begun: %q", rows[1])
	}
	if rows, _ := csv.NewReader(strings.NewReader(files["devices.csv"])).ReadAll(); !slices.Equal(rows[1], []string{"7", "'-nas", "2", "4320"}) {
		t.Errorf("overlapping incidents of a device count once: %q", rows[1])
	}
	for path, want := range map[string]int{"/sites/s-none/month/2026-03": 200, "/sites/s-none/month/2026-03/package.zip": 200, "/sites/s-one/month/2026-12": 404, "/sites/s-one/month/2026-13": 404, "/sites/s-one/month/1999-01": 404,
		"/sites/s-one/month/2026-3": 404, "/sites/s-one/month/..": 404, "/sites/s-one/month/2026-11": 200} {
		if w := b.get(people.Administrator, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if files := b.files("/sites/s-none/month/2026-03/package.zip"); len(files) != 3 || !strings.Contains(files["site.json"], `"events": 0`) {
		t.Errorf("a site without data: %v", files)
	}
}
