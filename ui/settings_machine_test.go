package ui_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/internal/peer"
	"siteward/ui/apptest"
)

const goodFile = "siteward: 1\ntake_over: true\nsite:\n  hotline: \"030 555 0199\"\ndevices:\n  - name: nas-2\n    kind: nas\n    address: 192.0.2.99\n"

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]{64})"`)

func TestSiteFileIsAppliedAsSeen(t *testing.T) {
	b := apptest.Server(t)
	admin := appliance.RoleAdministrator
	form := url.Values{"text": {goodFile}, "name": {"net.yaml"}, "do": {"check"}}
	body := must(t, b.Post(admin, "/settings/file", form), 200, "nas-2", "New · Device", "&#43; ", "Apply ")
	if b.App.Find("nas-2") != 0 || len(b.Ops.By()) > 0 {
		t.Fatal("a look has changed something")
	}
	seen := seenField.FindStringSubmatch(body)
	if seen == nil {
		t.Fatal("nothing names what was seen")
	}
	// Without a look, or after somebody else has changed the site, nothing is applied: the differences are shown instead.
	form.Set("do", "apply")
	must(t, b.Post(admin, "/settings/file", form), 200, "The site has changed since you looked")
	site, _ := b.App.Site(t.Context())
	site.Hotline = "112"
	if err := b.App.SaveSite(t.Context(), appliance.Actor{}, site); err != nil {
		t.Fatal(err)
	}
	form.Set("seen", seen[1])
	body = must(t, b.Post(admin, "/settings/file", form), 200, "The site has changed since you looked", "112")
	if b.App.Find("nas-2") != 0 {
		t.Fatal("applied unseen")
	}
	form.Set("seen", seenField.FindStringSubmatch(body)[1])
	must(t, b.Post(admin, "/settings/file", form), 303)
	if d, err := b.App.Device(t.Context(), b.App.Find("nas-2")); err != nil || d.Owner != "net.yaml" {
		t.Errorf("%+v %v", d.Device, err)
	}
	if by := b.Ops.By(); !slices.Equal(by, []string{"apply administrator"}) {
		t.Errorf("in whose name: %v", by)
	}
	// What the file no longer declares goes with its readings; that is said before the button.
	lost := strings.Replace(goodFile, "nas-2", "nas-3", 1)
	must(t, b.Post(admin, "/settings/file", url.Values{"text": {lost}, "name": {"net.yaml"}}), 200, "Deleted", "nas-2", "1 thing is deleted")
	form.Del("seen")
	form.Set("do", "check")
	must(t, b.Post(admin, "/settings/file", form), 200, "The site is already as the file says")
}

func TestSiteFileMistakes(t *testing.T) {
	b := apptest.Server(t)
	admin := appliance.RoleAdministrator
	must(t, b.Post(admin, "/settings/file", url.Values{"text": {"siteward: 1\ndevices:\n  - name: nas-2\n    kind: toaster\n    adress: 192.0.2.99\n"}}), 422,
		"2 places in the file need mending", "adress: 192.0.2.99", `href="#text"`, ">5<", "did you mean address?", "kind: toaster")
	must(t, b.Post(admin, "/settings/file", url.Values{"text": {" \n"}}), 422, "Choose a file or paste its text")
	// What a person has entered is only taken over when that was asked for.
	taken := "siteward: 1\ndevices:\n  - name: sw-core\n    kind: switch\n    address: 192.0.2.200\n"
	must(t, b.Post(admin, "/settings/file", url.Values{"text": {taken}}), 422, "sw-core", "take it over")
	must(t, b.Post(admin, "/settings/file", url.Values{"text": {taken}, "take_over": {"1"}}), 200, "Changed · Device", "checked")
	b.App.Speak("de")
	must(t, b.Post(admin, "/settings/file", url.Values{"text": {taken}, "take_over": {"1"}}), 200, "Geändert · Gerät")
}

// upload sends a file the way a browser does, with the form's token in the form itself.
func upload(b *apptest.Bench, name string, content []byte) *httptest.ResponseRecorder {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	s := b.SignIn(appliance.RoleAdministrator)
	_ = m.WriteField("csrf", s.CSRF)
	_ = m.WriteField("do", "check")
	part, _ := m.CreateFormFile("file", name)
	_, _ = part.Write(content)
	_ = m.Close()
	s.CSRF = ""
	r := s.On(httptest.NewRequest("POST", "/settings/file", &body))
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	b.Server.ServeHTTP(w, r)
	return w
}

func TestSiteFileUpload(t *testing.T) {
	b := apptest.Server(t)
	must(t, upload(b, `C:\site\office.yaml`, []byte(goodFile)), 200, "nas-2", "office.yaml", "address: 192.0.2.99")
	must(t, upload(b, "big.yaml", bytes.Repeat([]byte("# a comment\n"), 100_000)), http.StatusRequestEntityTooLarge)
	w := b.Get(appliance.RoleAdministrator, "/settings/file/export")
	out := must(t, w, 200, "siteward: 1", "sw-core")
	if strings.Contains(out, "not for your eyes") || !strings.Contains(w.Header().Get("Content-Disposition"), "site.yaml") {
		t.Error("an export with a secret, or without a name")
	}
	if _, err := config.Parse(strings.NewReader(out), "site.yaml"); err != nil {
		t.Error(err)
	}
}

func TestBackupDownload(t *testing.T) {
	b := apptest.Server(t)
	w := b.Get(appliance.RoleAdministrator, "/settings/store/backup")
	if body := must(t, w, 200); len(body) != 16*4096 || w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Header().Get("Content-Disposition"), `siteward-20261120-084120.backup`) {
		t.Errorf("%d bytes, %v", len(body), w.Header())
	}
	if by := b.Ops.By(); !slices.Equal(by, []string{"backup administrator"}) {
		t.Errorf("in whose name: %v", by)
	}
	b.Ops.BreakOff(errors.New("disk on fire"), true)
	func() {
		defer func() {
			if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // net/http compares it this way
				t.Errorf("half a backup must not look like a whole one: %v", p)
			}
		}()
		b.Get(appliance.RoleAdministrator, "/settings/store/backup")
	}()
	b.Ops.BreakOff(errors.New("disk on fire"), false)
	w = b.Get(appliance.RoleAdministrator, "/settings/store/backup")
	if body := must(t, w, 500); strings.Contains(body, "on fire") || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("%v", w.Header())
	}
	if w := b.Get(appliance.RoleTechnician, "/settings/store/backup"); w.Code != http.StatusForbidden {
		t.Errorf("a technician: %d", w.Code)
	}
}

func TestVerifyGoesOnWithoutThePage(t *testing.T) {
	b := apptest.Server(t)
	admin := appliance.RoleAdministrator
	done := make(chan struct{})
	b.Ops.Hold(done, "db/000012.sst: damaged")
	htmx := []string{"HX-Request", "true", "HX-Target", "section#verification"}
	must(t, b.Post(admin, "/settings/store/verify", nil, htmx...), 200, `id="verification"`, `hx-trigger="every 2s"`, "Under way since")
	must(t, b.Get(appliance.RoleTechnician, "/settings/store"), 200, "Under way since")
	if w := b.Post(admin, "/settings/store/verify", nil); w.Code != 303 { // without script, and it is not begun twice
		t.Errorf("%d", w.Code)
	}
	if by := b.Ops.By(); !slices.Equal(by, []string{"verify administrator"}) {
		t.Errorf("begun: %v", by)
	}
	close(done)
	peer.Until(t, 10*time.Second, "the verification ends", func() bool {
		return strings.Contains(b.Get(admin, "/settings/store").Body.String(), "damaged in 1 place")
	})
	b.Ops.Hold(nil)
	body := must(t, b.Post(admin, "/settings/store/verify", nil, htmx...), 200, "No damage found", "48,211 records were read")
	if strings.Contains(body, "hx-trigger") || strings.Contains(body, "<html") {
		t.Errorf("%.400s", body)
	}
	if w := b.Post(appliance.RoleTechnician, "/settings/store/verify", nil); w.Code != http.StatusForbidden {
		t.Errorf("a technician: %d", w.Code)
	}
}

// TestVerifyEndsWithTheServer: reading a large store must not outlive the program that was told to stop.
func TestVerifyEndsWithTheServer(t *testing.T) {
	b := apptest.Server(t)
	b.Ops.Hold(make(chan struct{}))
	session := b.SignIn(appliance.RoleAdministrator)
	srv := httptest.NewServer(b.Server)
	r, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/settings/store/verify", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("HX-Request", "true")
	res, err := srv.Client().Do(session.On(r))
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := io.ReadAll(res.Body); !strings.Contains(string(out), "Under way") {
		t.Fatalf("%d %s", res.StatusCode, out)
	}
	res.Body.Close()
	if err := srv.Config.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	peer.Until(t, 10*time.Second, "the verification breaks off", func() bool {
		return strings.Contains(b.Get(appliance.RoleAdministrator, "/settings/store").Body.String(), "The verification broke off")
	})
	srv.Close()
}
