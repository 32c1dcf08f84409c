package daemon_test

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

// Whoever was named in an announcement answers by the link of his own mail, until it is announced anew.
func TestAnAnnouncementIsAnsweredByMail(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	for _, c := range []appliance.Contact{{Name: "K. Key", Role: appliance.ContactKeyUser}, {Name: "T. Tech", Role: appliance.ContactTechnician}} {
		c.Channels = []appliance.Channel{{Kind: appliance.ChannelMail, Address: strings.ToLower(c.Name[:1]) + "@example.org"}}
		s.must(s.SaveContact(ctx, byTest, &c))
	}
	contacts, err := s.Contacts(ctx)
	s.must(err)
	begin := s.Now().Add(6 * 24 * time.Hour).Truncate(time.Minute)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "Firmware", Comment: "a hole", All: true, From: begin, Until: begin.Add(time.Hour),
		Mails: []string{"boss@example.org"}, Contacts: []appliance.ID{contacts[0].ID, contacts[1].ID}}
	s.must(s.SaveWindow(ctx, byTest, &w))
	links := func() map[string]string {
		t.Helper()
		s.must(s.AnnounceWindow(ctx, byTest, w.ID))
		out := map[string]string{}
		for _, d := range s.deliveries() {
			if out[d.Address] == "" {
				out[d.Address] = strings.TrimPrefix(d.Link, "/status/answer/")
			}
		}
		return out
	}
	first := links()
	if len(first) != 3 || first["boss@example.org"] == "" || first["k@example.org"] == "" || first["boss@example.org"] == first["k@example.org"] || first["t@example.org"] != "" {
		t.Fatalf("links %v", first)
	}
	for _, i := range s.window(w.ID).Invites {
		if strings.Contains(string(i.Hash), first["boss@example.org"]) {
			t.Error("the secret is kept")
		}
	}
	if _, _, err := s.WindowInvite(ctx, "nonsense"); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("an unknown secret: %v", err)
	}
	if v, who, err := s.WindowInvite(ctx, first["k@example.org"]); err != nil || v.ID != w.ID || who != "K. Key" || v.State != appliance.WindowAnnounced {
		t.Errorf("looking: %s %v %v", who, v.State, err)
	}
	if err := s.AnswerInvite(ctx, first["boss@example.org"], appliance.WindowAnswer{State: appliance.WindowMoved}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("another time without one: %v", err)
	}
	s.must(s.AnswerInvite(ctx, first["boss@example.org"], appliance.WindowAnswer{State: appliance.WindowMoved, Note: "Sunday, please"}))
	if v := s.window(w.ID); v.State != appliance.WindowMoved || v.Wish != "Sunday, please" || v.History[len(v.History)-1].By != "boss@example.org" {
		t.Errorf("moved: %+v", v.Window)
	}
	second := links()
	if err := s.AnswerInvite(ctx, first["boss@example.org"], appliance.WindowAnswer{State: appliance.WindowConfirmed}); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("the link of the first announcement still works: %v", err)
	}
	s.must(s.AnswerInvite(ctx, second["k@example.org"], appliance.WindowAnswer{State: appliance.WindowConfirmed}))
	s.must(s.CancelWindow(ctx, byTest, w.ID, time.Time{}, ""))
	if _, _, err := s.WindowInvite(ctx, second["k@example.org"]); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("the link of a window that was called off: %v", err)
	}
}

// A reminder asks again while nobody has answered; its link and that of the announcement answer alike.
func TestAReminderCanBeAnswered(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	begin := s.Now().Add(6 * 24 * time.Hour).Truncate(time.Minute)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "Firmware", Comment: "a hole", All: true, From: begin, Until: begin.Add(time.Hour),
		Rule: "FREQ=WEEKLY;COUNT=3", Mails: []string{"boss@example.org"}, Remind: 60}
	s.must(s.SaveWindow(ctx, byTest, &w))
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	link := func() string { return strings.TrimPrefix(s.deliveries()[0].Link, "/status/answer/") }
	announced := link()
	s.passing(begin.Sub(s.Now()) - 30*time.Minute)
	reminded := link()
	if n := len(s.deliveries()); n != 2 || reminded == announced || reminded == "" {
		t.Fatalf("%d told, the link of the reminder is %q", n, reminded)
	}
	for _, secret := range []string{announced, reminded} {
		if _, who, err := s.WindowInvite(ctx, secret); err != nil || who != "boss@example.org" {
			t.Errorf("%s: %v", who, err)
		}
	}
	for s.Now().Before(begin.Add(7*24*time.Hour - 30*time.Minute)) { // the first time takes place, and the second is reminded of
		s.passing(30 * time.Minute)
	}
	second := link()
	if v := s.window(w.ID); len(v.Invites) != 2 || v.State != appliance.WindowAnnounced {
		t.Errorf("%s with %d links", v.State, len(v.Invites))
	}
	if _, _, err := s.WindowInvite(ctx, reminded); appliance.CodeOf(err) != appliance.CodeNotFound || second == reminded {
		t.Errorf("the link of the reminder before: %v", err)
	}
	s.must(s.AnswerInvite(ctx, second, appliance.WindowAnswer{State: appliance.WindowConfirmed}))
	if v := s.window(w.ID); v.State != appliance.WindowConfirmed {
		t.Errorf("%s", v.State)
	}
	for s.Now().Before(begin.Add(14*24*time.Hour - 30*time.Minute)) {
		s.passing(30 * time.Minute)
	}
	if d := s.deliveries()[0]; d.Title.Key != "window.notice.reminder" || d.Link != "" {
		t.Errorf("a reminder of what was agreed asks again: %+v", d)
	}
}
