package daemon

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance"
)

// TestASummaryTellsAMissedClock: what is over is missed even before somebody has looked, and a kind that stays here is not counted.
func TestASummaryTellsAMissedClock(t *testing.T) {
	friday := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) // 10:00 in Berlin
	var later atomic.Int64
	d, err := Open(t.Context(), Options{Data: t.TempDir(), Now: func() time.Time { return friday.Add(time.Duration(later.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	by := appliance.Actor{Name: "m.muster", Role: appliance.RoleAdministrator}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.SaveSite(t.Context(), by, appliance.Site{Name: "Office", Language: "en", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}))
	c, err := d.Contract(t.Context())
	must(err)
	c.Hours.Preset = appliance.Hours5x10
	must(d.SaveContract(t.Context(), by, c))
	_, err = d.OpenTicket(t.Context(), by, appliance.Ticket{Title: "x", Category: appliance.TicketError, Impact: appliance.ImpactAll}, "Nothing works.", nil)
	must(err)
	later.Store(int64(61 * time.Minute)) // the confirmation was due a minute ago, and the minute's look has not been
	s, err := d.summary(t.Context(), &appliance.UplinkState{})
	must(err)
	if s.Tickets.Open != 1 || s.Tickets.Breached != 1 || len(s.Tickets.Clocks) != 3 || s.Tickets.Clocks[0].Due.After(s.At) {
		t.Errorf("%+v", s.Tickets)
	}
	must(d.SaveUplinkPolicy(t.Context(), by, appliance.UplinkPolicy{Off: []string{"ticket", "logbook"}}))
	s, err = d.summary(t.Context(), &appliance.UplinkState{})
	must(err)
	if s.Tickets.Open != 0 || s.Tickets.Breached != 0 || s.Logbook != 0 || !slices.Equal(s.Withheld, []string{"ticket", "logbook"}) {
		t.Errorf("what stays here was counted: %+v", s)
	}
}
