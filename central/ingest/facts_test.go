package ingest

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance/message"
)

func TestAClockThatWasDueBeforeTheReportIsMissed(t *testing.T) {
	now := time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)
	clocks := []message.SummaryClock{{Ticket: 1, Due: now.Add(-time.Hour), Percent: 120}, {Ticket: 2, Due: now, Percent: 100}, {Ticket: 3, Due: now.Add(time.Hour), Percent: 85}}
	f := factsOf(&message.Summary{At: now, Tickets: message.SummaryTickets{Open: 3, Near: 3, Clocks: clocks}})
	if f.Breached != 2 || f.Near != 1 || !f.NextDue.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v", f)
	}
	f = factsOf(&message.Summary{At: now, Tickets: message.SummaryTickets{Open: 3, Near: 1, Breached: 3, Clocks: clocks}, Withheld: []string{"backup"}})
	if f.Breached != 3 || f.Near != 1 || !slices.Equal(f.Withheld, []string{"backup"}) {
		t.Errorf("%+v", f)
	}
}
