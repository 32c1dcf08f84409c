package daemon_test

import (
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

func TestAvailabilityFromTheJournal(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	d := appliance.Device{Name: "srv-files", Kind: appliance.KindServer, Address: "127.0.0.1"}
	s.must(s.AddDevice(ctx, byTest, &d, []appliance.Check{{Name: "ping", Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(time.Second)}}))
	v, err := s.Device(ctx, d.ID)
	s.must(err)
	began := s.Now()
	state := func(after time.Duration, from, to appliance.State, window appliance.ID) {
		at := began.Add(after)
		r := appliance.StateRecord{StateKey: appliance.StateKey{Check: v.Checks[0].ID, Item: appliance.ItemAnswer}, Device: d.ID, State: to, Since: at, Seen: at}
		s.must(s.Store().Record(store.Batch{At: at, States: []appliance.StateRecord{r}, Events: []appliance.Event{{At: at, Kind: appliance.EventState, Device: d.ID, Check: v.Checks[0].ID,
			Item: appliance.ItemAnswer, From: from, To: to, Window: window, Message: appliance.Message{English: "x"}}}}))
	}
	state(0, appliance.StateNoData, appliance.StateOK, 0)
	state(10*time.Hour, appliance.StateOK, appliance.StateCritical, 0)
	state(11*time.Hour, appliance.StateCritical, appliance.StateOK, 0)
	state(20*time.Hour, appliance.StateOK, appliance.StateMaintenance, 4)
	state(21*time.Hour, appliance.StateOK, appliance.StateCritical, 4) // kept back
	state(22*time.Hour, appliance.StateMaintenance, appliance.StateOK, 0)
	told := appliance.Incident{Kind: appliance.IncidentState, Opened: began.Add(10 * time.Hour), Over: began.Add(11 * time.Hour), Closed: began.Add(11*time.Hour + time.Minute), Device: d.ID,
		Causes: []appliance.IncidentCause{{StateKey: appliance.StateKey{Check: v.Checks[0].ID, Item: appliance.ItemAnswer}, Device: d.ID}}}
	disk := appliance.Incident{Kind: appliance.IncidentState, Opened: began.Add(time.Hour), Device: d.ID, Causes: []appliance.IncidentCause{{StateKey: appliance.StateKey{Check: v.Checks[0].ID, Item: "storage/1"}, Device: d.ID}}}
	s.must(s.Store().Update(func(tx *store.Tx) error {
		if err := tx.PutIncident(&told); err != nil {
			return err
		}
		return tx.PutIncident(&disk)
	}))
	s.must(s.Close())
	again, err := open(t, s.dir)
	s.must(err)
	t.Cleanup(func() { _ = again.Close() })
	again.clock.set(began.Add(24 * time.Hour))
	r, err := again.Availability(ctx, began, began.Add(24*time.Hour))
	s.must(err)
	if len(r.Devices) != 1 {
		t.Fatalf("%+v", r)
	}
	a := r.Devices[0]
	round := func(d time.Duration) time.Duration { return d.Round(time.Minute) }
	if round(a.Up) != 21*time.Hour || round(a.Down) != time.Hour || round(a.Window) != 2*time.Hour || len(a.Outages) != 1 || r.Site.Down != a.Down {
		t.Errorf("%+v", a)
	}
	if a.Outages[0].Incident != told.ID || r.Site.Outages[0].Incident != told.ID {
		t.Errorf("the outage was told by incident %d, not by %d", told.ID, a.Outages[0].Incident)
	}
	if _, err := again.Availability(ctx, began, began); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("no time at all: %v", err)
	}
}
