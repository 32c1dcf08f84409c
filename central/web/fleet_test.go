package web_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/people"
	"siteward/central/store/storetest"
)

func raw(tb testing.TB, v any) json.RawMessage {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

const hostile = "=HYPERLINK(\"x\")<script>alert(1)</script>\u202egpj"

// sample fills a bench with a small fleet: one critical, one silent, one calm, one hostile, in two groups.
func sample(tb testing.TB) *bench {
	tb.Helper()
	b := newBench(tb, nil)
	b.people()
	for i, name := range []string{"Bakeries", "Doctors"} {
		id := appliance.ID(i + 1)
		if err := central.Groups.Put(tb.Context(), b.Store, central.NumberKey(uint64(id)), central.Group{ID: id, Name: name}, 0); err != nil {
			tb.Fatal(err)
		}
	}
	ok := central.Status{Seen: b.now.Add(-4 * time.Minute), Reported: b.now.Add(-4 * time.Minute), Due: b.now.Add(time.Hour), Facts: central.Facts{State: appliance.StateOK, Version: "1.6.0", Devices: 12, Jobs: 6, UPS: 1, Round: "signed"}}
	bad := ok
	bad.Facts = central.Facts{State: appliance.StateCritical, Since: b.now.Add(-2 * time.Hour), Worst: "nas-1 does not answer", Version: "1.6.0", Devices: 9, Critical: 1, Incidents: 2, Unacked: 1, Tickets: 3, Near: 1,
		NextDue: b.now.Add(40 * time.Minute), Jobs: 4, JobsFailed: 1, UPS: 1, OnBattery: 1, Runtime: 18, Round: "missed", Contingent: 380, ContOf: 600, More: map[string]int{"work": 3}}
	quiet := ok
	quiet.Seen, quiet.Silent, quiet.Since = b.now.Add(-3*time.Hour), central.Lost, b.now.Add(-2*time.Hour)
	nasty := bad
	nasty.Facts.Worst, nasty.Facts.Version = hostile, hostile
	report := message.Summary{At: b.now, State: appliance.StateCritical, Devices: []message.SummaryDevice{{ID: 1, Name: "sw-core", State: appliance.StateOK}, {ID: 2, Name: "nas-1", State: appliance.StateCritical, Why: "does not answer since 07:02"}},
		Incidents: message.SummaryIncidents{Open: 1, Worst: []message.SummaryIncident{{ID: 7, Title: "nas-1 is down", State: appliance.StateCritical, Opened: b.now.Add(-2 * time.Hour)}}},
		Tickets:   message.SummaryTickets{Open: 1, Near: 1, Clocks: []message.SummaryClock{{Ticket: 4, Title: "NAS", Due: b.now.Add(40 * time.Minute), Percent: 84}}},
		Backups:   []message.SummaryJob{{ID: 1, Name: "Fileserver", Verdict: "failed", Good: b.now.AddDate(0, 0, -2)}, {ID: 2, Name: "SQL", Verdict: "success", Good: b.now.Add(-6 * time.Hour)}},
		UPS:       []message.SummaryUPS{{ID: 3, Name: "ups-1", OnBattery: true, Charge: 71, Minutes: 18}}}
	b.site("s-calm", "Praxis am Markt", 2, ok, nil)
	b.site("s-bad", "Bäckerei Lindner", 1, bad, report)
	b.site("s-quiet", "Autohaus Nord", 1, quiet, report)
	evil := report
	evil.Devices = []message.SummaryDevice{{ID: 1, Name: hostile, State: appliance.StateWarning, Why: hostile}}
	b.site("s-evil", hostile, 2, nasty, evil)
	for i, id := range []central.SiteID{"s-bad", "s-evil", "s-quiet"} {
		turn := central.Turn{Site: id, Name: string(id), Group: 1, At: b.now.Add(time.Duration(i-120) * time.Minute), From: appliance.StateOK, To: appliance.StateCritical, Version: "1.6.0", Why: "after the update"}
		if err := central.Turns.Put(tb.Context(), b.Store, central.TurnKey(turn), turn, 0); err != nil {
			tb.Fatal(err)
		}
	}
	alarm := central.Alarm{ID: "1", Kind: central.AlarmSilent, Site: "s-quiet", Name: "Autohaus Nord", Group: 1, State: appliance.StateCritical, Opened: b.now.Add(-2 * time.Hour)}
	if err := central.Alarms.Put(tb.Context(), b.Store, central.AlarmKey(alarm.Kind, alarm.Site), alarm, 0); err != nil {
		tb.Fatal(err)
	}
	return b
}

// pages are the addresses of the sample that hold something.
var pages = []string{"/", "/?state=silent", "/together", "/sites/s-bad", "/sites/s-quiet", "/sites/s-evil", "/sites/s-evil/logbook", "/sites/s-bad/month/2026-11", "/sites/s-bad/edit", "/menu", "/profile", "/profile/factor",
	"/settings", "/settings/groups", "/settings/accounts", "/settings/accounts/new", "/settings/accounts/2", "/settings/tokens", "/settings/hooks", "/settings/hooks/new", "/settings/audit", "/search?q=b", "/fleet.csv", "/sites/s-bad/month/2026-11/package.zip"}

func TestPagesInThreeLanguages(t *testing.T) {
	b := sample(t)
	admin, err := b.Gate.Users.Find("administrator")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range appliance.Languages {
		if err := b.Gate.Users.SetPreferences(admin.ID, lang, ""); err != nil {
			t.Fatal(err)
		}
		for _, path := range pages {
			w := b.get(people.Administrator, path)
			if w.Code != 200 {
				t.Fatalf("%s %s: %d %.200s", lang, path, w.Code, w.Body)
			}
			if strings.HasSuffix(path, ".csv") {
				continue // a file is text, which nobody runs
			}
			for _, wrong := range []string{"<script>alert", "\u202e", "[central.", "[nav.", "<no value>"} {
				if strings.Contains(w.Body.String(), wrong) {
					t.Errorf("%s %s holds %q", lang, path, wrong)
				}
			}
		}
	}
}

func TestTheWorstComesFirst(t *testing.T) {
	b := sample(t)
	body := b.get(people.Reader, "/").Body.String()
	if strings.Contains(body, "Autohaus") {
		t.Error("somebody without a group sees sites")
	}
	body = b.get(people.Administrator, "/").Body.String()
	quiet, bad, calm := strings.Index(body, `data-href="/sites/s-quiet"`), strings.Index(body, `data-href="/sites/s-bad"`), strings.Index(body, `data-href="/sites/s-calm"`)
	if quiet < 0 || bad < quiet || calm < bad {
		t.Errorf("order of rows: silent %d, critical %d, calm %d", quiet, bad, calm)
	}
}

func TestAFileIsNoFormula(t *testing.T) {
	b := sample(t)
	body := b.get(people.Administrator, "/fleet.csv").Body.String()
	if !strings.Contains(body, "'=HYPERLINK") || strings.Contains(body, ",=HYPERLINK") {
		t.Errorf("the name of a site is a formula: %s", body)
	}
}

func TestGroupsBoundWhatIsSeen(t *testing.T) {
	b := sample(t)
	u, err := b.Gate.Users.Find("reader")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Server.People.PutExtra(t.Context(), u.ID, people.Extra{Groups: []appliance.ID{2}}, 0); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/sites/s-calm": 200, "/sites/s-bad": 404, "/sites/s-bad/logbook": 404, "/sites/s-bad/month/2026-11": 404, "/sites/s-bad/month/2026-11/package.zip": 404, "/?group=1": 404, "/?group=2": 200} {
		if w := b.get(people.Reader, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	for _, path := range []string{"/", "/fleet.csv", "/search?q=", "/together"} {
		body := b.get(people.Reader, path).Body.String()
		if strings.Contains(body, "Autohaus") || strings.Contains(body, "Lindner") || strings.Contains(body, "s-quiet") {
			t.Errorf("%s tells of a site of another group", path)
		}
	}
}

func TestAnAlarmIsTaken(t *testing.T) {
	b := sample(t)
	if w := b.post(people.Reader, "/alarms/silent/s-quiet/acknowledge", nil); w.Code != 403 {
		t.Errorf("a reader: %d", w.Code)
	}
	if w := b.post(people.Dispatcher, "/alarms/silent/s-quiet/acknowledge", nil); w.Code != 404 {
		t.Errorf("a dispatcher of no group: %d", w.Code)
	}
	if w := b.post(people.Administrator, "/alarms/silent/s-quiet/acknowledge", nil); w.Code != 303 {
		t.Fatalf("taking: %d %s", w.Code, w.Body)
	}
	if body := b.get(people.Administrator, "/").Body.String(); !strings.Contains(body, "taken by administrator") {
		t.Error("the page does not say who took the alarm")
	}
}

func TestWhoGotWorseTogether(t *testing.T) {
	b := sample(t)
	body := b.get(people.Administrator, "/together").Body.String()
	for _, want := range []string{"3 sites got worse", "3 of 3 were updated to 1.6.0 within the day before", "after the update"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestEditingASite(t *testing.T) {
	b := sample(t)
	row, err := b.Store.Site(t.Context(), "s-bad")
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"name": {"Bakery"}, "group": {"2"}, "every": {"30"}, "grace": {"x"}, "version": {fmt.Sprint(row.Site.Version)}}
	if w := b.post(people.Administrator, "/sites/s-bad/edit", form); w.Code != 422 {
		t.Fatalf("minutes that are none: %d", w.Code)
	}
	form.Set("grace", "5")
	if w := b.post(people.Administrator, "/sites/s-bad/edit", form); w.Code != 303 {
		t.Fatalf("saving: %d %s", w.Code, w.Body)
	}
	row, err = b.Store.Site(t.Context(), "s-bad")
	if err != nil || row.Site.Name != "Bakery" || row.Site.Group != 2 || time.Duration(row.Site.Every) != 30*time.Minute {
		t.Errorf("stored: %+v %v", row.Site, err)
	}
	if body := b.get(people.Administrator, "/settings/audit").Body.String(); !strings.Contains(body, "changed the site Bakery") {
		t.Error("the audit does not tell of it")
	}
}

// TestASilentSiteIsNeverGreen: what it told last is no verdict of now.
func TestASilentSiteIsNeverGreen(t *testing.T) {
	b := sample(t)
	body := b.get(people.Administrator, "/?state=silent").Body.String()
	row := body[strings.Index(body, `data-href="/sites/s-quiet"`):]
	row = row[:strings.Index(row, "</tr>")]
	const green = `class="sh-cut"` // of the tick
	if all := b.get(people.Administrator, "/?state=ok").Body.String(); !strings.Contains(all, green) {
		t.Fatal("no tick is found on a page of sites that are well")
	}
	if strings.Contains(row, green) || !strings.Contains(row, "6 succeeded") {
		t.Errorf("a silent site: %s", row)
	}
}

// BenchmarkFleetOfTenThousand is the fleet page at ten thousand sites; it prints the 99th percentile.
func BenchmarkFleetOfTenThousand(b *testing.B) {
	w := newBench(b, nil)
	w.people()
	if _, err := storetest.Fill(b.Context(), w.Store, 10_000, w.now); err != nil {
		b.Fatal(err)
	}
	w.get(people.Administrator, "/")
	var took []time.Duration
	for b.Loop() {
		w.now = w.now.Add(time.Second)
		begun := time.Now()
		if r := w.get(people.Administrator, fmt.Sprintf("/?page=%d", 1+len(took)%100)); r.Code != 200 {
			b.Fatal(r.Code)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}
