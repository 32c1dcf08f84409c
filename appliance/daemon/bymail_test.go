package daemon_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/emersion/go-message/mail"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
)

// letter is a mail as its reader sees it.
type letter struct {
	subject, text string
	calendar      *ics.Calendar
}

var answerLink = regexp.MustCompile(`http://\S+/status/answer/\w+`)

// readLetter fails while the relay has not written all of a mail.
func readLetter(raw string) (l letter, err error) {
	r, err := mail.CreateReader(strings.NewReader(raw))
	if err != nil {
		return l, err
	}
	if l.subject, err = r.Header.Subject(); err != nil {
		return l, err
	}
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		b, err := io.ReadAll(p.Body)
		if err != nil {
			return l, err
		}
		switch kind := p.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/plain"):
			l.text = string(b)
		case strings.HasPrefix(kind, "text/calendar"):
			if l.calendar, err = ics.ParseCalendar(strings.NewReader(string(b))); err != nil {
				return l, err
			}
		}
	}
}

// Somebody without an account has nothing but mail: a real relay, which is away when maintenance is announced, brings the announcement
// with an entry for the calendar, he answers by its link in a browser without cookies, is asked anew, is reminded, and answers then.
func TestByMailOnly(t *testing.T) {
	relay := peer.NewMailRelay(t, "boss", "mara", "jan")
	s, _ := networked(t, relay.Port)
	ctx := t.Context()
	read := map[string]bool{}
	got := func(name string) (l letter) {
		t.Helper()
		peer.Until(t, time.Minute, "mail for "+name, func() bool {
			s.retry() // a try may have been under way when the relay came
			for _, raw := range relay.Mails(name) {
				var err error
				if id := answerLink.FindString(raw) + raw[strings.Index(raw, "Message-Id:"):][:60]; !read[id] {
					l, err = readLetter(raw)
					read[id] = err == nil
					return err == nil
				}
			}
			return false
		})
		return l
	}
	begin := s.Now().Add(8 * 24 * time.Hour).Truncate(time.Hour)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "Firmware", Comment: "A hole is closed.", Effect: "No internet.", All: true, From: begin, Until: begin.Add(time.Hour),
		Mails: []string{"boss@example.com"}, Remind: 24 * 60}
	s.must(s.SaveWindow(ctx, byTest, &w))
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	until(t, "it was tried", func() bool { w := s.sent(appliance.DeliveryWaiting); return len(w) == 1 && w[0].Tried > 0 })
	relay.Start()
	first := got("boss")
	if first.calendar == nil || len(first.calendar.Events()) != 1 || !strings.Contains(first.text, "No internet.") || !strings.Contains(first.text, "A hole is closed.") || !strings.Contains(first.text, "Confirm this time") {
		t.Fatalf("%+v", first)
	}
	if at, err := first.calendar.Events()[0].GetStartAt(); err != nil || !at.Equal(begin) {
		t.Errorf("the calendar says %s, %v", at, err)
	}
	follow := func(l letter, answer url.Values) string {
		t.Helper()
		link := answerLink.FindString(l.text)
		res, err := http.Get(link) //nolint:gosec,noctx // the link of the mail, without a cookie
		s.must(err)
		if _, page := body(t, res); res.StatusCode != http.StatusOK || !strings.Contains(page, "Firmware") {
			t.Fatalf("%q leads to %d", link, res.StatusCode)
		}
		res, err = http.PostForm(link, answer) //nolint:gosec,noctx // as above
		s.must(err)
		_, page := body(t, res)
		return page
	}
	follow(first, url.Values{"state": {"moved"}, "note_moved": {"Saturday at eight"}})
	if v := s.window(w.ID); v.State != appliance.WindowMoved || v.Wish != "Saturday at eight" {
		t.Fatalf("%s %q", v.State, v.Wish)
	}
	if l := got("mara"); !strings.Contains(l.text, "Saturday at eight") || strings.Contains(l.text, "Confirm this time") || answerLink.MatchString(l.text) {
		t.Errorf("the technician reads:\n%s", l.text)
	}
	v := s.window(w.ID)
	v.From, v.Until = v.From.Add(24*time.Hour), v.Until.Add(24*time.Hour)
	s.must(s.SaveWindow(ctx, byTest, &v.Window))
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	second := got("boss")
	if at, err := second.calendar.Events()[0].GetStartAt(); err != nil || !at.Equal(v.From) {
		t.Errorf("the calendar says %s, %v", at, err)
	}
	if res, err := http.Get(answerLink.FindString(first.text)); err != nil || res.StatusCode != http.StatusNotFound { //nolint:gosec,noctx // the link of the mail
		t.Errorf("the first link still works: %v", err)
	} else {
		_ = res.Body.Close()
	}
	s.clock.advance(v.From.Sub(s.Now()) - 23*time.Hour)
	s.must(daemon.WatchWindows(s.Daemon, ctx))
	reminder := got("boss")
	if !strings.Contains(reminder.subject, "Firmware") || answerLink.FindString(reminder.text) == answerLink.FindString(second.text) {
		t.Errorf("%+v", reminder)
	}
	follow(reminder, url.Values{"state": {"confirmed"}})
	if v := s.window(w.ID); v.State != appliance.WindowConfirmed || v.History[len(v.History)-1].By != "boss@example.com" {
		t.Errorf("%+v", v.History)
	}
}
