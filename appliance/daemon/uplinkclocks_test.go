package daemon_test

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/message"
)

// TestThePromisesOfATicketAreToldAsTheyAreKept: confirmed late and begun in time; what runs says no minutes, or each would be news.
func TestThePromisesOfATicketAreToldAsTheyAreKept(t *testing.T) {
	t.Parallel()
	f, c := newFleet(t), &clock{}
	c.set(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)) // a Friday
	d := opened(t, t.TempDir(), func(o *daemon.Options) { o.Now = c.now })
	defer func() { _ = d.Close() }()
	f.connect(t, d)
	must(t, d.SaveSite(t.Context(), admin, appliance.Site{Name: "Office", Language: "en", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}))
	contract, err := d.Contract(t.Context())
	must(t, err)
	contract.Hours.Preset = appliance.Hours5x10
	must(t, d.SaveContract(t.Context(), admin, contract))
	k, err := d.OpenTicket(t.Context(), admin, appliance.Ticket{Title: "x", Category: appliance.TicketError, Impact: appliance.ImpactAll}, "Nothing works.", nil)
	must(t, err)
	report(t, d)
	if v := arrived[message.Ticket](t, f); len(v) != 1 || len(v[0].Clocks) != 3 || v[0].Clocks[0] != (message.TicketClock{Kind: appliance.ClockConfirm, Target: 60}) {
		t.Fatalf("a new ticket: %+v", v)
	}
	c.advance(75 * time.Minute)
	_, err = d.EditTicket(t.Context(), admin, k.ID, appliance.TicketEdit{Do: appliance.TicketTake})
	must(t, err)
	report(t, d)
	v := arrived[message.Ticket](t, f)[0]
	if got := v.Clocks[0]; got.Used != 75 || c.now().Sub(got.Stopped).Abs() > time.Second || !slices.Equal(v.Breached, []appliance.ClockKind{appliance.ClockConfirm}) {
		t.Errorf("confirmed late: %+v, missed %v", got, v.Breached)
	}
	if got := v.Clocks[2]; got.Kind != appliance.ClockRestore || got.Used != 0 || !got.Stopped.IsZero() {
		t.Errorf("it is not restored yet: %+v", got)
	}
}
