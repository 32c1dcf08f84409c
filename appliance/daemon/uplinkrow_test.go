package daemon_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/message"
	"siteward/central"
)

// TestTheFleetsRowFollowsAtOnce: what a row of the fleet says is told soon after it has changed, not with the next quarter of an hour, and
// a storm of changes is a few summaries. History that comes late and requests that come twice do not undo it.
func TestTheFleetsRowFollowsAtOnce(t *testing.T) {
	f := newFleet(t)
	w, summaries := &meter{}, 0
	f.taken = func(_ http.ResponseWriter, r *http.Request) bool {
		w.count(r)
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		events, err := message.Decode(body, r.Header.Get("Content-Encoding"))
		for _, e := range events {
			if e.Type == message.TypeSummary {
				summaries++
			}
		}
		return err != nil
	}
	c := &clock{}
	c.set(time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC))
	d := opened(t, t.TempDir(), func(o *daemon.Options) { o.Now = c.now })
	defer func() { _ = d.Close() }()
	f.connect(t, d)
	report(t, d)
	ticket := func() appliance.Ticket {
		t.Helper()
		v, err := d.OpenTicket(t.Context(), admin, appliance.Ticket{Title: "x", Category: appliance.TicketError, Impact: appliance.ImpactOne}, "It hums.", nil)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	facts := func() central.Facts { return f.row(t).Status.Facts }
	c.advance(time.Second)
	one := ticket()
	report(t, d)
	if got := facts().Tickets; got != 1 {
		t.Fatalf("%d tickets at the provider a second after the first", got)
	}
	sums := summaries
	for range 10 { // a storm within a minute
		c.advance(2 * time.Second)
		ticket()
		report(t, d)
	}
	if n := summaries - sums; n > 1 {
		t.Errorf("%d summaries of a storm", n)
	}
	c.advance(2 * time.Minute)
	report(t, d)
	if got := facts().Tickets; got != 11 {
		t.Errorf("%d tickets after the storm, want 11", got)
	}
	if _, err := d.EditTicket(t.Context(), admin, one.ID, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "off and on"}); err != nil {
		t.Fatal(err)
	}
	c.advance(5 * time.Minute)
	report(t, d)
	if got := facts().Tickets; got != 10 {
		t.Errorf("%d tickets after one was solved, want 10", got)
	}
	sums = summaries
	for range 10 {
		c.advance(time.Minute)
		report(t, d)
	}
	if n := summaries - sums; n > 1 {
		t.Errorf("%d summaries of ten minutes in which nothing happened", n)
	}

	before := w.bytes
	sums = summaries
	for range 16 { // a quarter of an hour with a change in each minute
		c.advance(time.Minute)
		ticket()
		report(t, d)
	}
	n, each := summaries-sums, (w.bytes-before)/16
	t.Logf("a change in each minute: %d summaries in a quarter of an hour, %d bytes a minute with headers", n, each)
	if n > 2*6 {
		t.Errorf("%d summaries in a quarter of an hour", n)
	}

	away, was := true, 26
	f.taken = func(_ http.ResponseWriter, _ *http.Request) bool { return away }
	for range 8 { // changes that nobody hears of
		c.advance(time.Minute)
		ticket()
		report(t, d)
	}
	away = false
	var kept []*http.Request
	var bodies [][]byte
	f.taken = func(_ http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		kept, bodies = append(kept, r.Clone(context.Background())), append(bodies, body)
		return false
	}
	c.advance(time.Minute)
	report(t, d)
	if got := facts().Tickets; got != was+8 || len(bodies) < 2 {
		t.Errorf("%d tickets after %d requests, want %d", got, len(bodies), was+8)
	}
	f.taken = nil
	for i := range bodies { // somebody sends them all again
		req, err := http.NewRequest(http.MethodPost, f.url+kept[i].URL.Path, bytes.NewReader(bodies[i]))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = kept[i].Header
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	if got := facts().Tickets; got != was+8 {
		t.Errorf("%d tickets after replays, want %d", got, was+8)
	}
}
