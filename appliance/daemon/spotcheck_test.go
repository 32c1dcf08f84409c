package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"siteward/appliance"
)

// TestSpotCheckOfYesterday takes messages one day and signs the next.
func TestSpotCheckOfYesterday(t *testing.T) {
	clock := still(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC))
	d, err := Open(t.Context(), Options{Data: t.TempDir(), Now: clock.now})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	defer func() { must(d.Close()) }()
	by := appliance.Actor{Name: "m.muster", Role: appliance.RoleTechnician}
	must(d.SaveSite(t.Context(), by, appliance.Site{Name: "Office", Language: "en", TimeZone: "Europe/Berlin"}))
	check := func() appliance.SpotCheck {
		t.Helper()
		s, err := d.SpotCheck(t.Context())
		must(err)
		return s
	}
	if s := check(); s.Due() {
		t.Fatalf("due without a message: %+v", s)
	}
	for _, text := range []string{"Failed password for root from 192.0.2.9 port 22 ssh2", "Failed password for root from 192.0.2.9 port 23 ssh2", "all is calm"} {
		d.takeLog([]appliance.LogMessage{{At: d.now(), Source: "192.0.2.9", Host: "srv", App: "sshd", Text: text, Raw: text, Count: 1}})
	}
	d.flushInbox()
	clock.advance(24 * time.Hour)
	s := check()
	if !s.Due() || len(s.Messages) != 2 || s.Messages[0].Count != 2 || !s.Messages[1].Drawn || s.All != 3 {
		t.Fatalf("%+v", s)
	}
	judge := func(who string, message int, a appliance.SpotAnswer) {
		t.Helper()
		_, err := d.JudgeSpotCheck(t.Context(), appliance.Actor{Name: who, Role: appliance.RoleTechnician}, s.Day, map[uint64]appliance.SpotAnswer{s.Messages[message].ID: a})
		must(err)
	}
	judge("k.kollege", 1, appliance.SpotAnswer{Judgement: appliance.SpotNothing})
	judge(by.Name, 0, appliance.SpotAnswer{Judgement: appliance.SpotTicket})
	if half := check(); half.Judged() != 2 || half.Messages[1].By != "k.kollege" || half.Messages[0].By != by.Name {
		t.Fatalf("what was judged is not kept: %+v", half.Messages)
	}
	if _, err := d.SignSpotCheck(t.Context(), by, s.Day); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Fatalf("signed without a note: %v", err)
	}
	judge(by.Name, 0, appliance.SpotAnswer{Judgement: appliance.SpotTicket, Note: "block it at the firewall"})
	signed, err := d.SignSpotCheck(t.Context(), by, s.Day)
	must(err)
	if _, err := d.SignSpotCheck(t.Context(), by, s.Day); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("signed twice: %v", err)
	}
	tickets, err := d.Tickets(t.Context(), appliance.TicketFilter{})
	must(err)
	if len(tickets) != 1 || tickets[0].Title != "block it at the firewall" || signed.Messages[0].Ticket != tickets[0].ID || len(tickets[0].Links) != 1 || tickets[0].Links[0].ID != signed.ID {
		t.Errorf("the ticket that was asked for: %+v", tickets)
	}
	kept, err := d.SignedSpotCheck(t.Context(), signed.ID)
	must(err)
	seen, err := kept.Seen()
	must(err)
	if sum := sha256.Sum256(seen); hex.EncodeToString(sum[:]) != signed.SHA256 {
		t.Errorf("what was signed cannot be shown any more: %s", seen)
	}
	entries, err := d.LogbookEntries(t.Context(), appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookSpot}})
	must(err)
	if len(entries) != 1 || entries[0].Seq != signed.Entry || entries[0].Files[0].SHA256 != signed.SHA256 || signed.SHA256 == "" {
		t.Errorf("%+v", entries)
	}
	if seen, err := d.SeenUntil(t.Context()); err != nil || seen["192.0.2.9"] != s.Messages[1].ID {
		t.Errorf("read until %v %v", seen, err)
	}
	if again := check(); again.ID != signed.ID || again.Due() {
		t.Errorf("it is due again: %+v", again)
	}
}
