package daemon

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance"
)

// TestTicketIsKept: report, work and end of a ticket, with what the logbook, the queue of notices and a restart keep of them.
func TestTicketIsKept(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) // Friday, 10:00 in Berlin
	var clock atomic.Int64                               // others look at it meanwhile
	clock.Store(now.UnixNano())
	move := func(to time.Time) { now = to; clock.Store(to.UnixNano()) }
	dir := t.TempDir()
	open := func() *Daemon {
		d, err := Open(t.Context(), Options{Data: dir, Now: func() time.Time { return time.Unix(0, clock.Load()).UTC() }})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d := open()
	tech, user := appliance.Actor{Name: "m.muster", Role: appliance.RoleTechnician}, appliance.Actor{Name: "k.empfang", Role: appliance.RoleKeyUser}
	must(d.SaveSite(t.Context(), tech, appliance.Site{Name: "Office", Language: "en", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}))
	c, err := d.Contract(t.Context())
	must(err)
	if err := d.SaveContract(t.Context(), tech, c); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a contract without hours: %v", err)
	}
	c.Hours.Preset = appliance.Hours5x10
	c.Contingents = []appliance.Contingent{{From: "2026-01-01", Until: "2026-12-31", Minutes: 120}}
	c.Recurring = []appliance.RecurringWork{{Key: appliance.RecurRestore, Months: 12, First: "2026-11-23"}}
	must(d.SaveContract(t.Context(), tech, c))
	p, err := d.Promise(t.Context(), appliance.TicketError, appliance.ImpactAll)
	must(err)
	if p.Priority != appliance.PriorityCalamity || !p.Confirm.Equal(now.Add(time.Hour)) || p.Contingent.Left != 120 {
		t.Errorf("%+v", p)
	}
	big := "log of the day\n" + strings.Repeat("all is calm\n", 60_000) // three records
	k, err := d.OpenTicket(t.Context(), user, appliance.Ticket{Category: appliance.TicketError, Impact: appliance.ImpactAll}, "Nothing works.", []appliance.Upload{{Name: "day.log", Data: strings.NewReader(big)}})
	must(err)
	_, err = d.EditTicket(t.Context(), tech, k.ID, appliance.TicketEdit{Do: appliance.TicketReply, Internal: true, Text: "he pulled the plug", Files: []appliance.Upload{{Name: "note.txt", Data: strings.NewReader("x")}}})
	must(err)
	move(now.Add(2 * time.Hour))
	must(d.watchTickets(t.Context()))
	must(d.watchTickets(t.Context()))
	_, err = d.EditTicket(t.Context(), tech, k.ID, appliance.TicketEdit{Do: appliance.TicketTake})
	must(err)
	done, err := d.EditTicket(t.Context(), tech, k.ID, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "The plug is in again.", Minutes: 25})
	must(err)
	if _, err := d.EditTicket(t.Context(), tech, k.ID, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "again"}); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("solved twice: %v", err)
	}
	must(d.Close())
	d = open()
	defer func() { must(d.Close()) }()
	v, err := d.Ticket(t.Context(), user, k.ID)
	must(err)
	if v.Status != appliance.TicketSolved || v.Readings[0].Status != "breached" || v.Readings[2].Status != "kept" || len(v.Posts) != 3 || v.Posts[0].Files[0].Bytes != int64(len(big)) {
		t.Errorf("%+v", v)
	}
	f, b, err := d.TicketFile(t.Context(), user, 1)
	must(err)
	if string(b) != big || f.Type != "text/plain" {
		t.Errorf("%+v, %d bytes", f, len(b))
	}
	if _, _, err := d.TicketFile(t.Context(), user, 2); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("the customer gets the file of an internal note: %v", err)
	}
	entries, err := d.LogbookEntries(t.Context(), appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookTicket}})
	must(err)
	if len(entries) != 2 || entries[0].Seq != done.Entry || entries[0].Minutes != 25 || entries[0].Ticket != "T-1" || !strings.Contains(entries[1].Message.English, "confirm") {
		t.Errorf("%+v", entries)
	}
	if stands, err := d.Contingents(t.Context()); err != nil || stands[0].Left != 95 {
		t.Errorf("%+v %v", stands, err)
	}
	move(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	must(d.watchTickets(t.Context()))
	must(d.watchTickets(t.Context()))
	all, err := d.Tickets(t.Context(), appliance.TicketFilter{})
	must(err)
	if len(all) != 2 || all[0].Recurs != appliance.RecurRestore {
		t.Errorf("%+v", all)
	}
}
