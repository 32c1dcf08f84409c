package ui_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestMaintenancePages(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		for _, role := range appliance.Roles {
			for _, path := range []string{"/maintenance", "/maintenance?of=unanswered", "/maintenance?q=zzz", "/maintenance/1", "/maintenance/2", "/maintenance/3", "/maintenance.csv", "/maintenance/1/calendar.ics", "/", "/devices/1"} {
				if w := b.Get(role, path); w.Code != http.StatusOK {
					t.Errorf("%s %s %s: %d", lang, role, path, w.Code)
				}
			}
		}
		for _, path := range []string{"/maintenance/new", "/maintenance/new?device=1", "/maintenance/1/edit", "/maintenance/2/edit"} {
			if w := b.Get(appliance.RoleTechnician, path); w.Code != http.StatusOK {
				t.Errorf("%s %s: %d", lang, path, w.Code)
			}
			if w := b.Get(appliance.RoleKeyUser, path); w.Code != http.StatusForbidden {
				t.Errorf("%s %s as key user: %d", lang, path, w.Code)
			}
		}
	}
}

func planForm() url.Values {
	return url.Values{"title": {"Neue Firmware"}, "comment": {"ein Loch"}, "kind": {"planned"}, "day": {"2026-12-06"}, "preset": {"night"}, "repeat": {"nth"}, "device_1": {"1"},
		"mails": {"a@example.org\r\nb@example.org"}, "remind": {"1440"}, "do": {"announce"}}
}

func TestAWindowIsPlannedAndConfirmed(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(appliance.RoleTechnician, "/maintenance/new", planForm())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/maintenance/4" {
		t.Fatalf("%d to %s\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	v, err := b.App.Window(t.Context(), 4)
	if err != nil || v.State != appliance.WindowAnnounced || v.Rule != "FREQ=MONTHLY;BYDAY=1SU" || v.From.Format("2006-01-02T15:04Z07:00") != "2026-12-05T23:00Z" || len(v.Mails) != 2 || v.Remind != 1440 {
		t.Errorf("%+v, %v", v.Window, err)
	}
	raw := b.Get(appliance.RoleViewer, "/maintenance/4/calendar.ics").Body.Bytes()
	if cal, err := ics.ParseCalendar(bytes.NewReader(raw)); err != nil || len(cal.Events()) != 1 {
		t.Errorf("calendar: %v\n%s", err, raw)
	}
	if w := b.Post(appliance.RoleKeyUser, "/maintenance/4/answer", url.Values{"state": {"moved"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="note_moved"`) {
		t.Errorf("another time without one: %d", w.Code)
	}
	if w := b.Post(appliance.RoleViewer, "/maintenance/4/answer", url.Values{"state": {"confirmed"}}); w.Code != http.StatusForbidden {
		t.Errorf("a viewer confirms: %d", w.Code)
	}
	if w := b.Post(appliance.RoleKeyUser, "/maintenance/4/answer", url.Values{"state": {"confirmed"}}); w.Code != http.StatusSeeOther {
		t.Errorf("confirm: %d", w.Code)
	}
	for _, step := range []string{"start", "extend", "end"} {
		if w := b.Post(appliance.RoleTechnician, "/maintenance/4/"+step, url.Values{"minutes": {"30"}, "note_end": {"done"}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d\n%s", step, w.Code, w.Body)
		}
	}
	want := []string{"save window Neue Firmware", "announce window 4", "answer confirmed window 4", "start window 4", "extend window 4", "end window 4"}
	if got := b.App.Done(); !slices.Equal(got, want) {
		t.Errorf("done %q", got)
	}
}

func TestWhatAWindowFormRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		edit  url.Values
		field string
	}{
		"without a comment":      {url.Values{"comment": {" "}}, "comment"},
		"ends before it begins":  {url.Values{"preset": {"own"}, "from": {"10:00"}, "until": {"09:00"}, "until_day": {"2026-12-06"}}, "until"},
		"no day":                 {url.Values{"day": {"6.12."}}, "day"},
		"too soon for a plan":    {url.Values{"day": {"2026-11-22"}, "repeat": {"once"}}, "day"},
		"about nothing":          {url.Values{"device_1": {""}}, "all"},
		"an endless rule":        {url.Values{"repeat": {"own"}, "rule": {"FREQ=SECONDLY"}}, "rule"},
		"a rule that never is":   {url.Values{"repeat": {"own"}, "rule": {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}}, "rule"},
		"no mail address":        {url.Values{"mails": {"Bcc: x"}}, "mails"},
		"emergency, no reason":   {url.Values{"kind": {"emergency"}}, "reason"},
		"overlaps with the next": {url.Values{"preset": {"own"}, "from": {"10:00"}, "until": {"11:00"}, "until_day": {"2026-12-07"}, "repeat": {"own"}, "rule": {"FREQ=DAILY"}}, "rule"},
	} {
		b := apptest.Server(t)
		form := planForm()
		for k, v := range tt.edit {
			form[k] = v
		}
		w := b.Post(appliance.RoleTechnician, "/maintenance/new", form)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#`+tt.field+`"`) || !strings.Contains(w.Body.String(), "Neue Firmware") {
			t.Errorf("%s: %d, want an error at %s", name, w.Code, tt.field)
		}
	}
}

func TestADeviceGoesIntoMaintenanceWithOneClick(t *testing.T) {
	b := apptest.Server(t)
	page := b.Get(appliance.RoleTechnician, "/devices/1").Body.String()
	if !strings.Contains(page, `action="/devices/1/maintenance"`) {
		t.Fatal("no button")
	}
	if w := b.Post(appliance.RoleTechnician, "/devices/1/maintenance", url.Values{"work": {"a disk"}, "minutes": {"60"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	if page = b.Get(appliance.RoleTechnician, "/devices/1").Body.String(); strings.Contains(page, `action="/devices/1/maintenance"`) || !strings.Contains(page, "/maintenance/4") {
		t.Error("the page does not say so")
	}
	if w := b.Post(appliance.RoleTechnician, "/devices/1/maintenance", url.Values{"work": {""}}); w.Header().Get("Location") != "/devices/1" || len(b.App.Done()) != 2 {
		t.Errorf("without a comment: %v", b.App.Done())
	}
	if w := b.Post(appliance.RoleKeyUser, "/devices/1/maintenance", url.Values{"work": {"x"}}); w.Code != http.StatusForbidden {
		t.Errorf("a key user: %d", w.Code)
	}
}

func TestHostileTitlesAreShownAsText(t *testing.T) {
	b := apptest.Server(t)
	form := planForm()
	form.Set("title", "<script>alert(1)</script>")
	form.Set("effect", "=cmd|' /C calc'!A0")
	b.Post(appliance.RoleTechnician, "/maintenance/new", form)
	for _, path := range []string{"/maintenance", "/maintenance/4", "/", "/devices/1", "/maintenance/4/edit"} {
		if body := b.Get(appliance.RoleTechnician, path).Body.String(); strings.Contains(body, "<script>alert") {
			t.Errorf("%s runs it", path)
		}
	}
	if body := b.Get(appliance.RoleTechnician, "/maintenance.csv").Body.String(); !strings.Contains(body, "'=cmd") {
		t.Error("the file has a formula")
	}
}
