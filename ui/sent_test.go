package ui_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/metric"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestWhatWasSentIsReadableInEachLanguage(t *testing.T) {
	b := apptest.Server(t)
	b.App.Speak("de")
	if body := b.Get(appliance.RoleKeyUser, "/sent").Body.String(); !strings.Contains(body, "keinem IT-Dienstleister verbunden") {
		t.Errorf("not connected: %s", body)
	}
	b.App.Report()
	if err := b.App.SaveConsumer(t.Context(), appliance.Actor{}, &appliance.Consumer{Kind: appliance.ConsumerReports, Name: "PSA", URL: "https://psa.example.org/hook", Site: "muster", Secret: appliance.Secret{Value: "whsec_0123456789"}}); err != nil {
		t.Fatal(err)
	}
	if body := b.Get(appliance.RoleKeyUser, "/sent").Body.String(); !strings.Contains(body, "https://psa.example.org/hook") {
		t.Error("the key user does not see who else is told")
	}
	for _, lang := range []string{"de", "en", "nl"} {
		b.App.Speak(lang)
		for _, path := range []string{"/sent", "/sent?show=failed", "/sent?show=gaps", "/sent?day=2026-11-20", "/sent?day=2020-01-01", "/sent/1", "/sent/2", "/sent/3", "/sent/list"} {
			w := b.Get(appliance.RoleKeyUser, path)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "[sent.") || strings.Contains(w.Body.String(), "<b>") {
				t.Errorf("%s %s: %d %s", lang, path, w.Code, w.Body)
			}
		}
	}
	b.App.Speak("de")
	body := b.Get(appliance.RoleKeyUser, "/sent/2").Body.String()
	for _, want := range []string{"Fileserver: ", "Störung 4, offen seit", "Kabel im Keller beschriftet", `\u202e`, "Nummern 700 bis 702", "Aktualisierung", "siteward.backup.v1", "webhook-id: o-1-806"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if w := b.Get(appliance.RoleKeyUser, "/sent/2/bytes"); !bytes.Equal(w.Body.Bytes(), b.App.Sent[1].Body) || !strings.Contains(w.Header().Get("Content-Disposition"), "siteward-sent-2.json.zst") {
		t.Errorf("the exact bytes are others: %v", w.Header())
	}
	if events, err := message.Decode(b.Get(appliance.RoleKeyUser, "/sent/2/json").Body.Bytes(), ""); err != nil || len(events) != 14 {
		t.Errorf("%d events, %v", len(events), err)
	}
	csv := b.Get(appliance.RoleTechnician, "/sent.csv?show=failed").Body.String()
	if lines := strings.Split(strings.TrimSpace(csv), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "Weber IT,https://central.example.org/ingest/v1/s-muster,1,820,820,summary 1,") {
		t.Errorf("%s", csv)
	}
	if w := b.Get(appliance.RoleKeyUser, "/sent/99"); w.Code != http.StatusNotFound {
		t.Errorf("a delivery that is not there: %d", w.Code)
	}
	b.App.Sent[0].Body = []byte("x")
	if w := b.Get(appliance.RoleKeyUser, "/sent/1"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "nicht auspacken") {
		t.Errorf("damaged bytes: %d", w.Code)
	}
}

// TestMeasuredValuesThatLeftAreReadable: each request has its table and its exact bytes, and a line of an hour says why it has none.
func TestMeasuredValuesThatLeftAreReadable(t *testing.T) {
	b := apptest.Server(t)
	b.App.Report()
	if body := b.Get(appliance.RoleKeyUser, "/sent").Body.String(); strings.Contains(body, "show=samples") {
		t.Error("a view of measured values where there are none")
	}
	b.App.ReportNumbers()
	for _, lang := range []string{"de", "en", "nl"} {
		b.App.Speak(lang)
		for _, path := range []string{"/sent", "/sent?show=samples", "/sent?show=failed&before=6", "/sent/4", "/sent/5", "/sent/6", "/sent/6?from=100", "/sent/6?from=x"} {
			w := b.Get(appliance.RoleKeyUser, path)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "[sent.") || strings.Contains(w.Body.String(), "<b>") || strings.Contains(w.Body.String(), "\u202e") {
				t.Errorf("%s %s: %d %s", lang, path, w.Code, w.Body)
			}
		}
	}
	b.App.Speak("de")
	for path, want := range map[string][]string{
		"/sent": {"show=samples", ">Berichte<"}, "/sent?show=samples": {"120 Messwerte", "60 Sendungen, 7.200 Messwerte", "2 von 60 nicht angekommen", "24 Stunden", `href="/sent.csv?show=samples"`},
		"/sent?show=samples&before=6": {`href="/sent?show=failed"`},
		"/sent/4":                     {"steht für mehrere Sendungen", "7.200"},
		"/sent/6":                     {"siteward_if_in_bytes_per_second", `sw-core \u202e&lt;b&gt;`, "GigabitEthernet1/0/50", "1250.5", "from=50", "a secret, which"}, "/sent/6?from=100": {"GigabitEthernet1/0/120", "1369.5"},
	} {
		body := b.Get(appliance.RoleKeyUser, path).Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: %q is missing", path, w)
			}
		}
	}
	if body := b.Get(appliance.RoleKeyUser, "/sent").Body.String(); strings.Contains(body, "metrics") {
		t.Error("measured values cover the reports")
	}
	if w := b.Get(appliance.RoleKeyUser, "/sent/6/bytes"); !bytes.Equal(w.Body.Bytes(), b.App.Sent[5].Body) || !strings.Contains(w.Header().Get("Content-Disposition"), "siteward-sent-6.pb.snappy") {
		t.Errorf("the exact bytes are others: %v", w.Header())
	}
	var numbers []metric.Number
	if err := json.Unmarshal(b.Get(appliance.RoleKeyUser, "/sent/6/json").Body.Bytes(), &numbers); err != nil || len(numbers) != 120 || *numbers[119].Value != 1369.5 {
		t.Errorf("%d numbers, %v", len(numbers), err)
	}
	for _, path := range []string{"/sent/4/bytes", "/sent/4/json"} {
		if w := b.Get(appliance.RoleKeyUser, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	lines := strings.Split(strings.TrimSpace(b.Get(appliance.RoleKeyUser, "/sent.csv?show=samples").Body.String()), "\n")
	if len(lines) != 4 || !strings.HasSuffix(lines[0], "kind,measured_values,deliveries,not_taken,until") || !strings.HasSuffix(lines[1], ",samples,120,1,0,") || !strings.Contains(lines[3], ",samples,7200,60,2,2026-") {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
	b.App.Sent[5].Body = []byte("x")
	if w := b.Get(appliance.RoleKeyUser, "/sent/6"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "nicht auspacken") {
		t.Errorf("damaged bytes: %d", w.Code)
	}
}

func TestTheCustomerDecidesWhatLeaves(t *testing.T) {
	b := apptest.Server(t)
	b.App.Report()
	form := url.Values{"version": {"0"}, "kind_incident": {"1"}, "kind_logbook": {"1"}, "texts": {"1"}}
	if w := b.Post(appliance.RoleTechnician, "/sent/list", form); w.Code != http.StatusForbidden {
		t.Errorf("who receives it decides what leaves: %d", w.Code)
	}
	if body := b.Get(appliance.RoleTechnician, "/sent/list").Body.String(); !strings.Contains(body, "disabled") {
		t.Error("a technician sees switches that do nothing")
	}
	if w := b.Post(appliance.RoleKeyUser, "/sent/list", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	p, err := b.App.UplinkPolicy(t.Context())
	if err != nil || !p.Texts || p.Leaves("ticket") || !p.Leaves("logbook") {
		t.Errorf("%+v %v", p, err)
	}
	if w := b.Post(appliance.RoleKeyUser, "/sent/list", form); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("over somebody else's change: %d", w.Code)
	}
}

func TestTheVerdictOnWhatWasSent(t *testing.T) {
	b := apptest.Server(t)
	b.App.Report()
	b.App.Speak("en")
	now := apptest.Present
	for _, c := range []struct {
		want string
		st   appliance.UplinkState
	}{
		{"Everything has arrived", appliance.UplinkState{Last: 9, Acked: 9, Good: now}},
		{"3 entries are about to be sent", appliance.UplinkState{Last: 9, Acked: 6, Good: now}},
		{"3 entries wait and are sent again", appliance.UplinkState{Last: 9, Acked: 6, Good: now.Add(-time.Minute), Failed: 1, Code: "slow_down", Why: "later", Next: now.Add(time.Minute), Oldest: now}},
		{"no report has arrived", appliance.UplinkState{Last: 9, Acked: 6, Good: now.Add(-2 * time.Hour), Failed: 9, Code: "unreachable", Lost: 4}},
		{"No report has reached Weber IT yet", appliance.UplinkState{Last: 9, Failed: 1, Code: "some_day"}},
		{"is on its way", appliance.UplinkState{Last: 9}},
	} {
		b.App.SetUplinkState(c.st)
		if body := b.Get(appliance.RoleKeyUser, "/sent").Body.String(); !strings.Contains(body, c.want) {
			t.Errorf("%q is missing for %+v", c.want, c.st)
		}
	}
}

// TestWhatWeSentInChromium: the key user reads what was sent last night, on a telephone.
func TestWhatWeSentInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	b.App.Report()
	b.App.ReportNumbers()
	b.App.SetUplinkState(appliance.UplinkState{Last: 820, Acked: 819, Good: apptest.Present.Add(-21 * time.Minute), Tried: apptest.Present.Add(-6 * time.Minute), Next: apptest.Present.Add(9 * time.Minute),
		Oldest: apptest.Present.Add(-6 * time.Minute), Failed: 3, Code: "unreachable", Why: "dial tcp 192.0.2.80:443: connect: connection refused", Bytes: 312_000})
	at := b.Listen(appliance.RoleKeyUser)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{{"sent", "/sent", "de"}, {"sent-one", "/sent/2", "de"}, {"sent-summary", "/sent/1", "nl"}, {"sent-numbers", "/sent?show=samples&day=2026-11-20", "de"}, {"sent-number", "/sent/6", "nl"}, {"sent-list", "/sent/list", "de"}, {"sent-other", "/sent/others/new", "de"}} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}
