package web_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/offer"
	"siteward/central"
	"siteward/central/people"
	files "siteward/embed"
)

// spoken fills a bench with everything that the provider's pages say: what nobody wrote has words, what people wrote is German.
func spoken(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, nil)
	b.people()
	put := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	words := func(key string, args map[string]any) *message.Words { return &message.Words{Key: key, Args: args} }
	at := b.now.Add(-time.Hour)
	gone := words("backup.no_result", map[string]any{"n": 2, "last": at})
	put(central.Groups.Put(t.Context(), b.Store, central.NumberKey(1), central.Group{ID: 1, Name: "Praxen"}, 0))
	facts := central.Facts{State: appliance.StateCritical, Since: at, Worst: "nas: no backup came", WorstOf: "nas", WorstIn: gone, Version: "1.6.0", Devices: 2, Critical: 1, Incidents: 1, Unacked: 1, Tickets: 2, Near: 1, NextDue: b.now.Add(time.Hour), Jobs: 2, JobsNone: 1, UPS: 1, OnBattery: 1, Runtime: 1, Round: "missed"}
	sum := message.Summary{At: b.now, State: appliance.StateCritical, Devices: []message.SummaryDevice{{ID: 1, Name: "nas", State: appliance.StateCritical, Why: "no backup came", Words: gone}},
		Incidents: message.SummaryIncidents{Open: 1, Worst: []message.SummaryIncident{{ID: 1, Title: "the mains have failed", Words: words("incident.title_power", map[string]any{"name": "usv"}), State: appliance.StateCritical, Opened: at}}},
		Tickets:   message.SummaryTickets{Open: 1, Clocks: []message.SummaryClock{{Ticket: 4, Title: "Battery check", Words: words("ticket.recurs_battery", nil), Due: b.now.Add(-time.Minute)}}},
		Backups:   []message.SummaryJob{{ID: 1, Name: "Praxis", Verdict: "none", Good: at}, {ID: 2, Name: "Bilder", Verdict: "running"}}, UPS: []message.SummaryUPS{{ID: 3, Name: "usv", OnBattery: true, Charge: 71, Minutes: 1}},
		Round: &message.SummaryRound{Day: "2026-11-29", State: "missed"}, Next: &message.SummaryWindow{ID: 1, From: b.now.Add(time.Hour), To: b.now.Add(2 * time.Hour)}, Contract: &message.SummaryContract{Left: 60, Of: 120}}
	seen := central.Status{Seen: b.now, Reported: b.now, Due: b.now.Add(time.Hour), Facts: facts, Skew: appliance.Duration(time.Hour), Behind: 3, Lost: 1}
	b.site("s-bad", "Praxis am Markt", 1, seen, sum)
	for id, change := range map[central.SiteID]func(*central.Status){
		"s-lost":    func(st *central.Status) { st.Silent, st.Since = central.Lost, at },
		"s-overdue": func(st *central.Status) { st.Silent, st.Since, st.Stopping = central.Overdue, at, "update" },
		"s-stopped": func(st *central.Status) {
			st.Silent, st.Since, st.Stopping, st.Until = central.Stopped, at, "shutdown", b.now
		},
		"s-never": func(st *central.Status) { *st = central.Status{Silent: central.Never} },
		"s-fault": func(st *central.Status) {
			st.Logbook, st.LogbookIn = "entry 7 is another", words("central.fault_other", map[string]any{"entry": 7})
		},
	} {
		st := seen
		change(&st)
		b.site(id, "Ort "+string(id[2:]), 1, st, nil)
	}
	var notes []central.Alarm
	site := &central.Site{ID: "s-bad", Name: "Praxis am Markt", Group: 1}
	for _, kind := range []central.AlarmKind{central.AlarmSilent, central.AlarmOverdue, central.AlarmLogbook, central.AlarmForged, central.AlarmLost} {
		notes = append(notes, central.NewAlarm(kind, site, at))
	}
	notes[1].Because(central.Stop("restart"))
	notes[4].Because(central.Missing(1, 5, 5, "age"))
	ours := central.NewAlarm(central.AlarmOurs, nil, at)
	ours.Sites = 7
	ours.Because(central.Away(at, b.now))
	for _, a := range append(notes, ours) {
		put(central.Alarms.Put(t.Context(), b.Store, central.AlarmKey(a.Kind, a.Site), a, 0))
	}
	put(b.Store.Take(t.Context(), "s-bad", func(k *central.Taking) error {
		for i, v := range []message.Data{
			&message.Incident{ID: 1, Title: "the mains have failed", Words: words("incident.title_power", map[string]any{"name": "usv"}), State: appliance.StateCritical, Opened: at},
			&message.Ticket{ID: 7, Status: appliance.TicketWorking, Title: "Battery check", Words: words("ticket.recurs_battery", nil)},
			&message.Window{ID: 1, Title: "Neue Platte", State: "running", From: at, To: b.now}, &message.Round{Day: "2026-11-28", State: "signed", By: "k.empfang", Open: 2},
			&message.Backup{Job: 1, Name: "Praxis", Verdict: "none", Why: "no backup came", Words: gone}, &message.Outage{Device: 3, Name: "usv", Began: at},
			&message.Stopping{Reason: "power", Until: b.now}, &message.Gap{From: 1, To: 2, Why: "restored"}, &message.Offer{Number: 1, Name: "nightcopy", Kind: "profile", State: "held"},
			&message.Inventory{Device: 1, Name: "nas", What: "a disk was replaced", Words: words("inventory.gone", map[string]any{"name": "disk 1"})},
		} {
			data, err := json.Marshal(v)
			if err != nil {
				return err
			}
			k.Events = append(k.Events, central.Event{Site: "s-bad", Seq: uint64(i + 1), Type: v.Type(), Subject: "x/" + string(rune('a'+i)), Time: at, Received: at, Data: data}) //nolint:gosec // small
		}
		return nil
	}))
	put(central.Turns.Put(t.Context(), b.Store, "1", central.Turn{Site: "s-bad", Name: "Praxis", Group: 1, At: at, From: appliance.StateOK, To: appliance.StateCritical, Why: "no backup came", WhyIn: gone, WhyOf: "nas"}, 0))
	for i, h := range []central.Hook{{Name: "Bereitschaft", URL: "mailto:nacht@example.org"}, {Name: "Tickets", URL: "https://example.org/h", Lang: "de", Kinds: []central.NoticeKind{"*"}, Paused: true}} {
		h.ID = appliance.ID(i + 1)
		put(central.Hooks.Put(t.Context(), b.Store, h.ID.String(), h, 0))
	}
	_, err := b.Server.Enrol.Offer(t.Context(), central.ByCommand, offer.Offer{Kind: offer.KindProfile, Name: "procurve", Body: []byte("profile: procurve\n")})
	put(err)
	_, _, err = b.Server.Enrol.NewCode(t.Context(), "s-bad", central.ByCommand, 0)
	put(err)
	return b
}

var (
	rawCode = regexp.MustCompile(`\[[a-z_]+\.[a-z_.]+\]|<no value>|\d{4}-\d\d-\d\dT\d\d|\b(\d{4})-\d\d\b|siteward\.[a-z]+\.v1|central\.[a-z_]+`)
	english = regexp.MustCompile(`(?i)\b(the|and|since|until|failed|unknown|provider|customer|command line|restart|shutdown|withheld|missed|signed|running|minutes|hours|days|sites|events)\b`)
)

// TestNoPageInGermanSpeaksEnglish: of everything that central's pages say to a German or a Dutch reader nothing is English, no key or code shows,
// and no date stands in the form of machines.
func TestNoPageInGermanSpeaksEnglish(t *testing.T) {
	b := spoken(t)
	admin, err := b.Gate.Users.Find("administrator")
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/", "/together", "/offers", "/offers/1", "/sites/new", "/sites/s-bad", "/sites/s-bad/edit", "/sites/s-bad/connection", "/sites/s-bad/month/2026-11", "/sites/s-bad/logbook", "/menu", "/profile", "/profile/factor", "/settings",
		"/settings/groups", "/settings/accounts", "/settings/accounts/new", "/settings/accounts/2", "/settings/tokens", "/settings/hooks", "/settings/hooks/new", "/settings/hooks/1", "/settings/audit", "/nowhere"}
	for _, id := range []string{"lost", "overdue", "stopped", "never", "fault"} {
		paths = append(paths, "/sites/s-"+id)
	}
	for _, lang := range []string{"de", "nl"} {
		if err := b.Gate.Users.SetPreferences(admin.ID, lang, ""); err != nil {
			t.Fatal(err)
		}
		foreign, read := englishTexts(t, lang), 0
		for _, role := range people.Roles { // what accounts are called here
			delete(foreign, string(role))
		}
		for _, path := range paths {
			for _, text := range visible(t, b.get(people.Administrator, path).Body.String()) {
				read++
				if m := rawCode.FindString(text); m != "" {
					t.Errorf("%s %s shows %q: %.100s", lang, path, m, text)
				}
				if m := english.FindString(text); m != "" && (lang != "nl" || !slices.Contains([]string{"restart"}, m)) {
					t.Errorf("%s %s says %q: %.100s", lang, path, m, text)
				}
				if foreign[text] {
					t.Errorf("%s %s: %q is English", lang, path, text)
				}
			}
		}
		if read < 1000 || len(foreign) < 1000 {
			t.Errorf("%s: %d texts against %d", lang, read, len(foreign))
		}
	}
}

// englishTexts are all texts in English that are another in a language.
func englishTexts(t *testing.T, lang string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	read := func(name string) (all map[string]any) {
		b, err := fs.ReadFile(files.Locales, name)
		if err == nil {
			err = json.Unmarshal(b, &all)
		}
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	names, err := fs.Glob(files.Locales, "en/*.json")
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]bool{} // "Start" is English, too
	for _, name := range names {
		for _, v := range read(lang + name[2:]) {
			if s, ok := v.(string); ok {
				ours[s] = true
			}
		}
	}
	for _, name := range names {
		for _, v := range read(name) {
			if s, ok := v.(string); ok && !ours[s] && !strings.Contains(s, "{{") {
				out[s] = true
			}
		}
	}
	return out
}

// visible are the texts of a page as a reader sees and hears them. What languages call themselves is their own.
func visible(t *testing.T, page string) (out []string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	skip := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken:
			tok := z.Token()
			if slices.Contains([]string{"script", "style", "pre", "option"}, tok.Data) || slices.ContainsFunc(tok.Attr, func(a html.Attribute) bool { return a.Key == "class" && strings.Contains(a.Val, "mono") }) {
				skip = tok.Data
			}
			for _, a := range tok.Attr {
				if slices.Contains([]string{"aria-label", "placeholder", "title", "alt"}, a.Key) && a.Val != "" {
					out = append(out, a.Val)
				}
			}
		case html.EndTagToken:
			if tok := z.Token(); tok.Data == skip {
				skip = ""
			}
		case html.TextToken:
			if text := strings.Join(strings.Fields(string(z.Text())), " "); text != "" && skip == "" {
				out = append(out, html.UnescapeString(text))
			}
		}
	}
}
