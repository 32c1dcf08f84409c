package store

import (
	"testing"

	"siteward/appliance"
)

func TestNoticesStay(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, at(noon))
	for i, incident := range []appliance.ID{7, 7, 8} {
		n := appliance.Notice{About: appliance.NoticeAbout{Incident: incident}, Files: []appliance.NoticeFile{{Name: "a.ics", Data: []byte("BEGIN")}}}
		must(t, s.Update(func(tx *Tx) error {
			return tx.AddNotice(&n, []appliance.Delivery{{Name: "Mara", State: appliance.DeliveryWaiting}, {Name: "Jan", State: appliance.DeliveryWaiting}})
		}))
		if n.ID != appliance.ID(i+1) {
			t.Fatalf("notice %d got the number %d", i+1, n.ID)
		}
	}
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon))
	open, err := s.OpenDeliveries(0)
	must(t, err)
	if len(open) != 6 || open[1].N != 1 || open[1].Name != "Jan" || open[2].Notice != 2 {
		t.Fatalf("%+v", open)
	}
	done := func(d appliance.Delivery) {
		d.State = appliance.DeliveryDelivered
		must(t, s.Update(func(tx *Tx) error { return tx.PutDelivery(d) }))
	}
	data := func() int {
		n, err := s.Notice(2)
		must(t, err)
		return len(n.Files[0].Data)
	}
	done(open[2])
	if data() == 0 {
		t.Error("the file is gone before all were told")
	}
	done(open[3])
	if data() != 0 {
		t.Error("the file stays after all were told")
	}
	if left, err := s.OpenDeliveries(0); err != nil || len(left) != 4 {
		t.Errorf("%d left, %v", len(left), err)
	}
	of, err := s.Deliveries(appliance.DeliveryFilter{Incident: 7, Limit: 10})
	must(t, err)
	if len(of) != 4 || of[0].Notice != 2 || of[0].State != appliance.DeliveryDelivered || of[3].Notice != 1 {
		t.Errorf("%+v", of)
	}
	older, err := s.Deliveries(appliance.DeliveryFilter{Before: 2, Limit: 10})
	must(t, err)
	if len(older) != 2 || older[0].Notice != 1 {
		t.Errorf("%+v", older)
	}
	waiting, err := s.Deliveries(appliance.DeliveryFilter{State: appliance.DeliveryWaiting, Limit: 1})
	must(t, err)
	if len(waiting) != 2 || waiting[0].Notice != 3 {
		t.Errorf("%+v", waiting)
	}
}

func TestAContactThatGoesLeavesNoStep(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	c := appliance.Contact{Name: "Mara"}
	must(t, s.Update(func(tx *Tx) error { return tx.PutContact(&c) }))
	r := appliance.Route{Name: "all", Steps: []appliance.Step{{Contacts: []appliance.ID{c.ID}}, {After: 5, Contacts: []appliance.ID{c.ID, 9}}}}
	must(t, s.Update(func(tx *Tx) error { return tx.PutRoute(&r) }))
	must(t, s.Update(func(tx *Tx) error { return tx.DeleteContact(c.ID) }))
	routes, err := s.Routes()
	must(t, err)
	if len(routes) != 1 || len(routes[0].Steps[0].Contacts) != 0 || len(routes[0].Steps[1].Contacts) != 1 {
		t.Errorf("%+v", routes)
	}
}
