package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/embed"
	"siteward/ui"
)

// TestASiteIsReadInTheReadersLanguage: a sentence of a site is said in the language of who reads it, with times of his clock; one that this
// program does not know, or that is hostile, stays as the site wrote it.
func TestASiteIsReadInTheReadersLanguage(t *testing.T) {
	now := time.Date(2026, 11, 29, 7, 41, 0, 0, time.UTC)
	words := ui.OpenWords(embed.Locales, func() *time.Location { return time.UTC }, func() time.Time { return now })
	w := &message.Words{Key: "event.absent", Args: map[string]any{"from": now.Add(-time.Hour).Format(time.RFC3339), "to": now.Format(time.RFC3339)}}
	if got := spoken(words.In("de"), w, "english"); !strings.Contains(got, "von 06:41 bis 07:41.") {
		t.Errorf("%q", got)
	}
	for _, w := range []*message.Words{nil, {Key: "of.a.later.version"}, {Key: strings.Repeat("k", 1000)}, {Key: "event.absent", Args: map[string]any{"from": strings.Repeat("x", 9000)}}} {
		if got := spoken(words.In("nl"), w, "as it was written"); got != "as it was written" {
			t.Errorf("%+v: %q", w, got)
		}
	}
}

// TestAnAlarmIsToldInTheLanguageOfWhoIsTold: also after it was kept, with its times by central's clock and their dates; a hook of an older
// version names no language and gets that of central.
func TestAnAlarmIsToldInTheLanguageOfWhoIsTold(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 29, 7, 41, 0, 0, time.UTC)
	say := Speaker(embed.Locales, "nl", berlin, func() time.Time { return now })
	site := &central.Site{ID: "s-1", Name: "Praxis Müller"}
	silent := central.NewAlarm(central.AlarmSilent, site, now)
	silent.Since = now.Add(-time.Hour)
	over := silent
	over.Closed = now
	overdue := central.NewAlarm(central.AlarmOverdue, site, now)
	overdue.Because(central.Stop("update"))
	person := central.NewAlarm(central.AlarmOverdue, site, now)
	person.Because(central.Stop("neue Platte"))
	ours := central.NewAlarm(central.AlarmOurs, nil, now)
	ours.Sites = 12
	ours.Because(central.Away(now.Add(-2*time.Hour), now))
	lost := central.NewAlarm(central.AlarmLost, site, now)
	lost.Because(central.Missing(5, 5, 9, "size"))
	for _, c := range []struct {
		a              central.Alarm
		hook, language string
		want           string
	}{
		{silent, "de", "de", "Praxis Müller ist stumm (seit So. 29.11., 07:41)"},
		{silent, "", "nl", "Praxis Müller is stil (sinds zo 29 nov, 07:41)"},
		{over, "de", "de", "Vorbei seit So. 29.11., 08:41: Praxis Müller ist stumm (seit So. 29.11., 07:41)"},
		{overdue, "de", "de", "Praxis Müller ist nicht rechtzeitig zurück: Aktualisierung"},
		{person, "en", "en", "Praxis Müller is not back in time: neue Platte"},
		{ours, "de", "de", "12 Standorte zugleich stumm: unsere eigene Leitung: die Zentrale selbst lief nicht von So. 29.11., 06:41 bis So. 29.11., 08:41"},
		{lost, "de", "de", "Praxis Müller hat Meldungen verloren: 5 Meldungen fehlen (Nummern 5 bis 9): am Standort war kein Platz für mehr"},
	} {
		kept, err := json.Marshal(central.NoticeOf(c.a, now))
		if err != nil {
			t.Fatal(err)
		}
		var n central.Notice
		var h central.Hook
		if err := json.Unmarshal(kept, &n); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(fmt.Appendf(nil, `{"id":1,"name":"x","language":%q}`, c.hook), &h); err != nil {
			t.Fatal(err)
		}
		if got, lang := say(h.Lang, n.Words.Message(n.Text)); got != c.want || lang != c.language {
			t.Errorf("%s in %q: %q (%s)\n want %q", c.a.Kind, c.hook, got, lang, c.want)
		}
		if n.Alarm.Kind != c.a.Kind || n.Text == "" {
			t.Errorf("what programs read has changed: %s", kept)
		}
	}
}

// TestEventsAreSaidInTheReadersLanguage: each type that people follow, as it comes from a site.
func TestEventsAreSaidInTheReadersLanguage(t *testing.T) {
	now := time.Date(2026, 11, 29, 7, 41, 0, 0, time.UTC)
	words := ui.OpenWords(embed.Locales, func() *time.Location { return time.UTC }, func() time.Time { return now })
	for _, c := range []struct {
		v        message.Data
		name, de string
	}{
		{&message.Incident{ID: 1, Title: "nas: it broke", Words: &message.Words{Key: "incident.title_power", Args: map[string]any{"name": "USV"}}}, "Störung", "Der Strom ist ausgefallen, meldet USV"},
		{&message.Incident{ID: 1, Title: "nas: it broke", Closed: now}, "Störung", "Vorbei seit 07:41: nas: it broke"},
		{&message.Ticket{ID: 7, Status: appliance.TicketNew}, "Ticket", "#7: Neu"},
		{&message.Ticket{ID: 7, Status: "frozen", Title: "Battery check", Words: &message.Words{Key: "ticket.recurs_battery"}}, "Ticket", "#7 Batterieprüfung: frozen"},
		{&message.Window{ID: 7, Title: "Neue Platte", State: "planned", From: now, To: now.Add(time.Hour)}, "Wartung", "Neue Platte: geplant von 07:41 bis 08:41"},
		{&message.Window{ID: 7, State: "cancelled", From: now, To: now.Add(time.Hour)}, "Wartung", "abgesagt; angekündigt war 07:41 bis 08:41"},
		{&message.Round{Day: "2026-11-28", State: "signed", By: "k.empfang", Open: 1}, "Tagesrunde", "Runde vom 28.11.2026 unterschrieben von k.empfang, 1 Punkt ist auffällig"},
		{&message.Round{Day: "2026-11-28", State: "missed"}, "Tagesrunde", "Runde vom 28.11.2026 versäumt"},
		{&message.Backup{Job: 1, Name: "Praxis", Verdict: "success"}, "Sicherung", "Praxis: Gelungen"},
		{&message.Backup{Job: 1, Name: "Praxis", Verdict: "none", Why: "No backup came", Words: &message.Words{Key: "backup.no_result", Args: map[string]any{"n": 2, "last": now}}}, "Sicherung", "Praxis: Es kam 2-mal hintereinander keine Sicherung. Letzte gute: 07:41"},
		{&message.Backup{Job: 1, Name: "Praxis", Verdict: "failed", Why: "of an older site"}, "Sicherung", "Praxis: of an older site"},
		{&message.Outage{Device: 1, Name: "USV", Began: now}, "Stromausfall", "USV läuft auf Batterie seit 07:41"},
		{&message.Outage{Device: 1, Name: "USV", Began: now, Ended: now.Add(time.Minute), Minutes: 1, Charge: 92}, "Stromausfall", "USV: 1 Minute auf Batterie, ab 07:41, bis auf 92 %"},
		{&message.Inventory{Device: 1, Name: "sw", What: "firmware 1 → 2"}, "Inventar", "sw: firmware 1 → 2"},
		{&message.Stopping{Reason: "restart", Text: "neue Platte", Until: now}, "Planmäßig gestoppt", "Neustart: neue Platte, bis 07:41"},
		{&message.Gap{From: 5, To: 5, Why: "withheld"}, "Verlorene Meldungen", "1 Meldung fehlt (Nummer 5): der Standort behält sie für sich"},
		{&message.Offer{Number: 1, Name: "nightcopy", State: "refused", Reason: "nächsten Monat"}, "Angebot", "nightcopy: Abgelehnt: nächsten Monat"},
	} {
		data, err := json.Marshal(c.v)
		if err != nil {
			t.Fatal(err)
		}
		got := told(words.In("de"), &central.Event{Type: c.v.Type(), Data: data, Time: now})
		if got.Name != c.name || got.Text != c.de {
			t.Errorf("%s: %q: %q, want %q", c.v.Type(), got.Name, got.Text, c.de)
		}
	}
}
