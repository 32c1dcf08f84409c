package daemon_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/message"
)

// grown is a summary of a site as large as customers have them: 100 devices, 30 backup jobs, 4 UPSes, some of it in trouble.
func grown(now time.Time) *message.Summary {
	r := rand.New(rand.NewPCG(7, 7))
	s := &message.Summary{At: now, Site: message.SummarySite{Name: "Bäckerei Lindner GmbH, Zentrale", Language: "de", TimeZone: "Europe/Berlin"}, State: appliance.StateWarning, Since: now.Add(-time.Hour),
		Worst: "nas-07: the volume data is 91 % full", Appliance: message.SummaryAppliance{Version: "1.14.2", Started: now.AddDate(0, 0, -40), StoreMB: 812, FreeMB: 31_000},
		Round: &message.SummaryRound{Day: "2026-11-29", State: "signed", Signed: now, By: "k.empfang"}, Contract: &message.SummaryContract{Left: 312, Of: 960}, Logbook: 4812}
	for i := range 100 {
		d := message.SummaryDevice{ID: appliance.ID(i + 1), Name: fmt.Sprintf("%s-%02d.lindner.lan", []string{"sw", "srv", "nas", "ap", "prn", "cam"}[r.IntN(6)], i), State: appliance.StateOK}
		if i%9 == 0 {
			d.State, d.Why = appliance.StateWarning, fmt.Sprintf("volume %d is %d %% full, the limit is 85 %%", r.IntN(9), 85+r.IntN(15))
			d.Words = &message.Words{Key: "state.above_warning", Args: map[string]any{"value": 85 + r.IntN(15), "limit": 85, "unit": "%", "label": fmt.Sprintf("volume %d", r.IntN(9)), "since": now.Add(-time.Duration(r.IntN(9e5)) * time.Second)}}
		}
		s.Devices = append(s.Devices, d)
	}
	for i := range 30 {
		at := now.Add(-time.Duration(r.IntN(86_400)) * time.Second)
		s.Backups = append(s.Backups, message.SummaryJob{ID: appliance.ID(i + 1), Name: fmt.Sprintf("Nightly %02d of srv-%02d.lindner.lan", i, r.IntN(40)), Verdict: []string{"success", "success", "failed"}[r.IntN(3)], Last: at, Good: at})
	}
	for i := range 4 {
		s.UPS = append(s.UPS, message.SummaryUPS{ID: appliance.ID(90 + i), Name: fmt.Sprintf("usv-%d", i), Charge: 90 + i, Minutes: 20 + i})
	}
	for i := range 20 {
		s.Incidents.Worst = append(s.Incidents.Worst, message.SummaryIncident{ID: appliance.ID(800 + i), Title: fmt.Sprintf("srv-%02d.lindner.lan: volume %d is %d %% full", i, r.IntN(9), 85+r.IntN(15)), Words: &message.Words{Key: "incident.title", Args: map[string]any{"device": fmt.Sprintf("srv-%02d.lindner.lan", i), "value": 85 + r.IntN(15)}}, State: appliance.StateWarning, Opened: now.Add(-time.Duration(r.IntN(9e5)) * time.Second)})
		s.Tickets.Clocks = append(s.Tickets.Clocks, message.SummaryClock{Ticket: appliance.ID(300 + i), Kind: appliance.ClockRestore, Due: now.Add(time.Duration(r.IntN(9e5)) * time.Second), Percent: r.IntN(100)})
	}
	s.Incidents.Open, s.Tickets.Open = 20, 20
	return s
}

// TestASummaryIsSmall: 100 devices and 30 jobs in less than 8 KB on the wire, headers included.
func TestASummaryIsSmall(t *testing.T) {
	now := time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)
	e, err := message.New("s-4n7q2k", grown(now), "", now)
	if err != nil {
		t.Fatal(err)
	}
	e.Sequence, e.Outbox, e.ID = 48_120, "o-7WQK2", "o-7WQK2-48120"
	body, err := message.Encode([]message.Event{e}, message.Zstd)
	if err != nil {
		t.Fatal(err)
	}
	const headers = 700 // of HTTP and its signature, and the frames of TLS
	t.Logf("a summary of 100 devices and 30 jobs: %d bytes, %d on the wire with headers", len(body), len(body)+headers)
	if len(body)+headers >= 8000 {
		t.Errorf("%d bytes", len(body)+headers)
	}
}

// meter counts what a site sends and gets, headers included.
type meter struct{ requests, bytes int64 }

func (w *meter) count(r *http.Request) {
	w.requests++
	w.bytes += r.ContentLength + int64(len(r.URL.Path)) + 40
	for k, v := range r.Header {
		w.bytes += int64(len(k) + len(v[0]) + 4)
	}
	w.bytes += 500 // of the answer
}

// TestAnIdleSiteSendsLittle: a day of a site where nothing happens, every request counted: less than 1 MB in all. Each quarter of an
// hour is a connection of its own, with all that TLS needs to begin one.
func TestAnIdleSiteSendsLittle(t *testing.T) {
	f := newFleet(t)
	w := &meter{}
	f.taken = func(_ http.ResponseWriter, r *http.Request) bool { w.count(r); return false }
	c := &clock{}
	c.set(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC))
	d := opened(t, t.TempDir(), func(o *daemon.Options) { o.Now = c.now })
	defer func() { _ = d.Close() }()
	f.connect(t, d)
	for range 96 {
		report(t, d)
		c.advance(15 * time.Minute)
	}
	const handshake = 6000 // of TLS 1.3 with a chain of two certificates
	total := w.bytes + w.requests*handshake
	t.Logf("an idle day: %d requests, %d bytes, %d with a handshake for each", w.requests, w.bytes, total)
	if w.requests < 96 || total >= 1_000_000 {
		t.Errorf("%d requests, %d bytes", w.requests, total)
	}
}
