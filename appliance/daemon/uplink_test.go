package daemon_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/message"
	"siteward/appliance/store"
	"siteward/central"
	"siteward/central/enrol"
	"siteward/central/ingest"
	"siteward/central/store/badger"
)

// fleet is a provider who takes reports, on a socket.
type fleet struct {
	*place
	taken func(http.ResponseWriter, *http.Request) bool // true: answered already
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	s, err := badger.Open(t.TempDir(), badger.Options{NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.PutSite(t.Context(), &central.Site{ID: "site-one", Name: "Muster"}); err != nil {
		t.Fatal(err)
	}
	e, err := enrol.Open(t.Context(), s, enrol.Options{Name: "Weber IT"})
	if err != nil {
		t.Fatal(err)
	}
	cosign, _, err := ingest.Cosigner(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{}
	in := ingest.New(ingest.Config{Store: s, Log: slog.New(slog.DiscardHandler), Cosign: cosign})
	keys := e.Handler(nil)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, ingest.Path):
			keys.ServeHTTP(w, r)
		case f.taken == nil || !f.taken(w, r):
			in.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	f.place = &place{Enrolment: e, store: s, url: srv.URL}
	return f
}

func (f *fleet) connect(t *testing.T, d *daemon.Daemon) {
	t.Helper()
	if _, err := d.Connect(t.Context(), admin, appliance.ConnectRequest{URL: f.url, Code: f.code(t), Fingerprint: f.Fingerprint()}); err != nil {
		t.Fatal(err)
	}
}

func (f *fleet) row(t *testing.T) central.Row {
	t.Helper()
	row, err := f.place.store.Site(t.Context(), "site-one")
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// opened is an appliance whose site is set up.
func opened(t *testing.T, dir string, change ...func(*daemon.Options)) *daemon.Daemon {
	t.Helper()
	o := daemon.Options{Data: dir, About: appliance.About{Version: "1.2"}, Store: store.Options{SkipVerify: true}}
	for _, c := range change {
		c(&o)
	}
	d, err := daemon.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Site(t.Context()); err != nil {
		if err := d.SaveSite(t.Context(), admin, appliance.Site{Name: "Muster GmbH", Language: "de", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func report(t *testing.T, d *daemon.Daemon) {
	t.Helper()
	if err := d.PutReports(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.DeliverReports(t.Context())
}

func TestWhatHappensAtASiteReachesItsProvider(t *testing.T) {
	f, dir := newFleet(t), filepath.Join(t.TempDir(), "store")
	d := opened(t, dir)
	defer func() { _ = d.Close() }()
	report(t, d) // nobody is to be told
	f.connect(t, d)
	report(t, d)
	row := f.row(t)
	if row.Status.Acknowledged == 0 || row.Status.Reported.IsZero() || row.Status.Facts.Version != "1.2" || row.Status.Logbook != "" {
		t.Fatalf("after the first report: %+v", row.Status)
	}
	tk, err := d.OpenTicket(t.Context(), admin, appliance.Ticket{Title: "the printer is a secret", Category: appliance.TicketError, Impact: appliance.ImpactOne}, "it hums", nil)
	if err != nil {
		t.Fatal(err)
	}
	report(t, d)
	kept, _, err := central.Current.Find(t.Context(), f.place.store, central.CurrentKey("site-one", message.TypeTicket, "ticket/"+tk.ID.String()))
	if err != nil || strings.Contains(string(kept.Data), "printer") || !strings.Contains(string(kept.Data), `"status":"new"`) {
		t.Errorf("the ticket at the provider: %s %v", kept.Data, err)
	}
	if err := d.SaveUplinkPolicy(t.Context(), admin, appliance.UplinkPolicy{Off: []string{"ticket"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.EditTicket(t.Context(), admin, tk.ID, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "off and on"}); err != nil {
		t.Fatal(err)
	}
	report(t, d)
	kept, _, err = central.Current.Find(t.Context(), f.place.store, central.CurrentKey("site-one", message.TypeTicket, "ticket/"+tk.ID.String()))
	if err != nil || strings.Contains(string(kept.Data), "solved") {
		t.Errorf("tickets were switched off: %s %v", kept.Data, err)
	}
	st, err := d.UplinkState(t.Context())
	if err != nil || st.Waiting() != 0 || st.Good.IsZero() || st.Cosigned == "" {
		t.Errorf("state: %+v %v", st, err)
	}
	list, err := d.SentReports(t.Context(), appliance.SentFilter{})
	if err != nil || len(list) < 3 || !list[0].Taken() {
		t.Fatalf("what was sent: %+v %v", list, err)
	}
	one, err := d.SentReport(t.Context(), list[0].ID)
	if _, bad := message.Decode(one.Body, one.Encoding); err != nil || bad != nil {
		t.Errorf("the bytes that were sent: %v %v", err, bad)
	}
}

func TestAProviderThatIsAwayMissesNothing(t *testing.T) {
	f, dir := newFleet(t), filepath.Join(t.TempDir(), "store")
	d := opened(t, dir)
	f.connect(t, d)
	away := true
	var order []string
	f.taken = func(w http.ResponseWriter, r *http.Request) bool {
		if away {
			http.Error(w, "a page of some proxy", http.StatusBadGateway)
			return true
		}
		order = append(order, r.Header.Get(message.HeaderID))
		return false
	}
	var ids []string
	for i := range 20 {
		tk, err := d.OpenTicket(t.Context(), admin, appliance.Ticket{Title: "t", Category: appliance.TicketError, Impact: appliance.ImpactOne}, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, "ticket/"+tk.ID.String())
		if i == 10 { // the appliance is killed, and starts again
			if err := d.PutReports(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = opened(t, dir)
		}
	}
	defer func() { _ = d.Close() }()
	report(t, d)
	st, err := d.UplinkState(t.Context())
	if err != nil || st.Failed != 1 || st.Code != string(message.CodeUnavailable) || st.Acked != 0 {
		t.Fatalf("while the provider is away: %+v %v", st, err)
	}
	away = false
	d.DeliverReports(t.Context())
	if len(order) < 2 || !strings.Contains(order[0], "-live-") || strings.Contains(order[1], "-live-") {
		t.Errorf("the present comes first, then history: %v", order)
	}
	got := map[string]bool{}
	events, err := f.place.store.Events(t.Context(), central.EventFilter{Site: "site-one", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		got[e.Subject] = true
	}
	if missing := slices.DeleteFunc(ids, func(id string) bool { return got[id] }); len(missing) > 0 {
		t.Errorf("not arrived: %v", missing)
	}
}

// TestTheProviderBeginsItsCopyOfTheLogbookAnew: its copy did not fit, somebody has looked, and all entries come again by themselves.
func TestTheProviderBeginsItsCopyOfTheLogbookAnew(t *testing.T) {
	f := newFleet(t)
	d := opened(t, filepath.Join(t.TempDir(), "store"))
	defer func() { _ = d.Close() }()
	f.connect(t, d)
	report(t, d)
	copied := func() (central.LogbookCopy, uint64) {
		c, version, err := central.Logbooks.Find(t.Context(), f.place.store, "site-one")
		if err != nil {
			t.Fatal(err)
		}
		return c, version
	}
	before, version := copied()
	broken := before
	broken.Fault = "entry 1 is another than the one that was sent before"
	if err := central.Logbooks.Put(t.Context(), f.place.store, "site-one", broken, version); err != nil {
		t.Fatal(err)
	}
	if err := central.NewCopy(t.Context(), f.place.store, "site-one", "anna", "somebody tried it out", time.Now()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // with the first report the site hears of it
		if _, err := d.OpenTicket(t.Context(), admin, appliance.Ticket{Title: "t", Category: appliance.TicketError, Impact: appliance.ImpactOne}, "x", nil); err != nil {
			t.Fatal(err)
		}
		report(t, d)
	}
	if c, _ := copied(); c.Part != 1 || c.Fault != "" || before.Checked == 0 || c.Checked < before.Checked || c.Cosigned == "" {
		t.Errorf("%+v", c)
	}
}
