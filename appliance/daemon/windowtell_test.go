package daemon_test

import (
	"bytes"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"siteward/appliance"
	"siteward/appliance/store"
)

func TestEverybodyNamedIsToldOfAWindow(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	c := appliance.Contact{Name: "M. Muster", Role: appliance.ContactKeyUser, Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "muster@example.org"}}}
	tech := appliance.Contact{Name: "T. Techniker", Role: appliance.ContactTechnician, Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "t@example.org"}}}
	s.must(s.Store().Update(func(tx *store.Tx) error {
		if err := tx.PutContact(&c); err != nil {
			return err
		}
		return tx.PutContact(&tech)
	}))
	begin := s.Now().Add(5 * 24 * time.Hour).Truncate(time.Minute)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "New firmware\r\nBcc: x@example.org", Effect: "No internet", Comment: "a hole", All: true, From: begin, Until: begin.Add(time.Hour),
		Mails: []string{"boss@example.org"}, Contacts: []appliance.ID{c.ID}, Remind: 60}
	s.must(s.SaveWindow(ctx, byTest, &w))
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	told := s.deliveries()
	if len(told) != 2 || told[0].Address == told[1].Address {
		t.Fatalf("announced: %+v", told)
	}
	n, err := s.Store().Notice(told[0].Notice)
	s.must(err)
	if n.Link != "/maintenance/"+w.ID.String() || len(n.Files) != 1 || n.Title.Args["title"] != "New firmware Bcc: x@example.org" {
		t.Errorf("notice %+v", n)
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(n.Files[0].Data))
	s.must(err)
	e := cal.Events()[0]
	if at, err := e.GetStartAt(); err != nil || !at.Equal(begin) || e.GetProperty(ics.ComponentPropertySequence).Value != "2" || s.window(w.ID).Version != 2 {
		t.Errorf("calendar %v\n%s", at, n.Files[0].Data)
	}
	s.must(s.AnswerWindow(ctx, byTest, w.ID, appliance.WindowAnswer{State: appliance.WindowConfirmed}))
	if told = s.deliveries(); len(told) != 3 || told[0].Name != "T. Techniker" {
		t.Errorf("answered: %+v", told)
	}
	s.passing(5*24*time.Hour - 30*time.Minute)
	s.passing(time.Minute)
	if told = s.deliveries(); len(told) != 5 || told[0].Title.Key != "window.notice.reminder" {
		t.Errorf("reminded: %d", len(told))
	}
	s.passing(40 * time.Minute)
	s.passing(2 * time.Hour)
	if told = s.deliveries(); len(told) != 7 || told[0].Title.Key != "window.notice.ended" {
		t.Errorf("over: %d", len(told))
	}
}

func (s *site) deliveries() []appliance.Delivery {
	s.t.Helper()
	out, err := s.Store().Deliveries(appliance.DeliveryFilter{Limit: 100})
	s.must(err)
	return out
}
