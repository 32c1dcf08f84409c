package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestIncidentPages(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	for _, lang := range []string{"en", "de", "nl"} {
		b.App.Speak(lang)
		for _, path := range []string{"/incidents", "/incidents?of=open", "/incidents?device=9999", "/incidents/3", "/incidents/10", "/incidents.csv", "/settings/contacts", "/settings/contacts/new",
			"/settings/contacts/1", "/settings/contacts/3", "/settings/contacts/1/delete", "/settings/routes/new", "/settings/routes/1", "/settings/mail", "/settings/told", "/settings/told?state=failed"} {
			res := b.Get(appliance.RoleAdministrator, path)
			status, text := res.Code, res.Body.String()
			if status != http.StatusOK || strings.Contains(text, "[incident.") || strings.Contains(text, "[told.") || strings.Contains(text, "[contact.") || strings.Contains(text, "[route.") {
				t.Errorf("%s %s: %d", lang, path, status)
			}
			for _, secret := range []string{"tk_secret", "geheim<", "geheim\""} {
				if strings.Contains(text, secret) {
					t.Errorf("%s shows a secret", path)
				}
			}
		}
	}
	b.App.Speak("en")
	text := b.Get(appliance.RoleKeyUser, "/incidents/3").Body.String()
	for _, want := range []string{"The mains have failed, says ups-1", "M. Muster", "250 2.0.0 4c9f1b queued", "&lt;b&gt;energy company"} {
		if !strings.Contains(text, want) {
			t.Errorf("the story lacks %q", want)
		}
	}
	if res := b.Get(appliance.RoleKeyUser, "/settings/contacts"); res.Code != http.StatusForbidden {
		t.Errorf("a key user sees contacts: %d", res.Code)
	}
}

func TestIncidentActions(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	for _, c := range []struct {
		path string
		form url.Values
		want int
		done string
	}{
		{"/incidents/10/snooze", url.Values{"minutes": {"60"}}, http.StatusSeeOther, "snooze incident 10"},
		{"/incidents/10/snooze", url.Values{"minutes": {"15"}, "quiet_until": {"2026-11-27T08:00"}}, http.StatusSeeOther, "snooze incident 10"},
		{"/incidents/10/snooze", url.Values{"minutes": {"15"}, "quiet_until": {"next week"}}, http.StatusUnprocessableEntity, ""},
		{"/incidents/10/note", url.Values{"text": {"looked at it"}}, http.StatusSeeOther, "note incident 10"},
		{"/incidents/10/note", url.Values{"text": {" "}}, http.StatusUnprocessableEntity, ""},
		{"/incidents/10/acknowledge", url.Values{"until": {"yesterday"}}, http.StatusUnprocessableEntity, ""},
		{"/incidents/999/note", url.Values{"text": {"x"}}, http.StatusNotFound, ""},
		{"/settings/contacts/new", url.Values{"name": {"Jan"}, "role": {"technician"}, "kind_1": {"mail"}, "address_1": {"jan@example.com"}, "least_1": {"ok"}}, http.StatusSeeOther, "save contact Jan"},
		{"/settings/contacts/new", url.Values{"name": {"Own"}, "role": {"technician"}, "hours": {"own"}, "day_1": {"08:00-12:00 13:00-17:00"}, "day_6": {"22:00-06:00"}}, http.StatusSeeOther, "save contact Own"},
		{"/settings/contacts/new", url.Values{"name": {"Own"}, "role": {"technician"}, "hours": {"own"}, "day_1": {"8 to 5"}}, http.StatusUnprocessableEntity, ""},
		{"/settings/contacts/new", url.Values{"name": {"Own"}, "role": {"technician"}, "hours": {"own"}}, http.StatusUnprocessableEntity, ""},
		{"/settings/routes/new", url.Values{"name": {"Door"}, "least": {"warning"}, "device_3": {"1"}, "hours": {"own"}, "day_1": {"08:00-12:00"}, "after_1": {"0"}, "who_1": {"contact:1"}}, http.StatusSeeOther, "save route Door"},
		{"/settings/contacts/1/test", nil, http.StatusSeeOther, "test contact 1"},
		{"/settings/contacts/2/delete", nil, http.StatusSeeOther, "delete contact 2"},
		{"/settings/routes/new", url.Values{"name": {"Night"}, "least": {"critical"}, "after_1": {"0"}, "who_1": {"contact:1"}, "after_2": {"30"}, "who_2": {"role:hotline"}}, http.StatusSeeOther, "save route Night"},
		{"/settings/routes/new", url.Values{"name": {"Night"}, "after_1": {"soon"}, "who_1": {"contact:1"}}, http.StatusUnprocessableEntity, ""},
		{"/settings/routes/1/delete", nil, http.StatusSeeOther, "delete route 1"},
		{"/settings/mail", url.Values{"host": {"mail.example"}, "security": {"tls"}, "from": {"a@example.com"}, "user": {"a"}, "password": {"geheim"}}, http.StatusSeeOther, "save mail relay mail.example"},
		{"/settings/told/retry", nil, http.StatusSeeOther, "retry deliveries"},
	} {
		before := len(b.App.Done())
		res := b.Post(appliance.RoleAdministrator, c.path, c.form)
		status, text := res.Code, res.Body.String()
		if status != c.want {
			t.Errorf("%s: %d, want %d\n%.600s", c.path, status, c.want, text)
			continue
		}
		if done := b.App.Done(); c.done != "" && (len(done) == before || done[len(done)-1] != c.done) {
			t.Errorf("%s: %v", c.path, done)
		}
		if strings.Contains(text, "geheim") {
			t.Errorf("%s sends a secret back", c.path)
		}
	}
}

// A day and time counts before the choice of minutes, and the page says until when nobody is told.
func TestSnoozeUntilADate(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	b.App.Speak("en")
	page := b.Get(appliance.RoleAdministrator, "/incidents/10").Body.String()
	for _, want := range []string{`value="15"`, `value="60"`, `value="240"`, `name="quiet_until"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	b.Post(appliance.RoleAdministrator, "/incidents/10/snooze", url.Values{"minutes": {"15"}, "quiet_until": {"2026-11-27T08:00"}})
	i, err := b.App.Incident(t.Context(), 10)
	if err != nil || i.Snooze == nil || i.Snooze.Until.Format("2006-01-02 15:04") != "2026-11-27 08:00" {
		t.Errorf("%+v, %v", i.Snooze, err)
	}
	if page := b.Get(appliance.RoleAdministrator, "/incidents/10").Body.String(); !strings.Contains(page, "27 Nov, 08:00") {
		t.Error("the page does not say until when")
	}
}

// Hours of one's own and single devices are in the form as they were entered, and in words in the list.
func TestOwnHoursAndSingleDevices(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	b.App.Speak("en")
	for path, form := range map[string]url.Values{
		"/settings/contacts/new": {"name": {"Own"}, "role": {"technician"}, "hours": {"own"}, "day_1": {"08:00-12:00 13:00-17:00"}},
		"/settings/routes/new":   {"name": {"Door"}, "least": {"warning"}, "device_3": {"1"}, "hours": {"own"}, "day_6": {"22:00-06:00"}, "after_1": {"0"}, "who_1": {"contact:1"}},
	} {
		if res := b.Post(appliance.RoleAdministrator, path, form); res.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %.800s", path, res.Code, res.Body)
		}
	}
	contacts, err := b.App.Contacts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	routes, err := b.App.Routes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own, door := contacts[len(contacts)-1], routes[len(routes)-1]
	if len(own.Hours.Week[1]) != 2 || own.Hours.Week[1][1].To != 17*60 || len(door.Devices) != 1 || door.Devices[0] != 3 || door.Hours.Week[6][0].From != 22*60 {
		t.Errorf("%+v %+v", own.Hours, door)
	}
	for path, want := range map[string]string{
		"/settings/contacts/" + own.ID.String(): "08:00-12:00 13:00-17:00",
		"/settings/routes/" + door.ID.String():  `name="device_3" value="1" checked`,
		"/settings/contacts":                    "08:00–12:00 13:00–17:00",
	} {
		if text := b.Get(appliance.RoleAdministrator, path).Body.String(); !strings.Contains(text, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
}
