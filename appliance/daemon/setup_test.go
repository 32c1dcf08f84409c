package daemon_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"siteward/appliance"
)

var setupLink = regexp.MustCompile(`http://[^\s]+/setup\?token=\S+`)

func TestFromAnEmptyFolderToTheFirstDeviceForm(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "siteward")
	s := restart(t, dir)
	st, err := os.Stat(dir)
	if err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v; want mode 0700", st.Mode(), err)
	}
	link := setupLink.FindString(s.announce.String())
	if link == "" {
		t.Fatalf("no link is announced:\n%s", s.announce)
	}
	form := url.Values{"site": {"Apotheke am Tor"}, "language": {"de"}, "zone": {"Europe/Berlin"}, "region": {"DE"}, "name": {"chef"}, "password": {password}}
	if res, err := s.client.PostForm(link, form); err != nil || res.Body.Close() != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("without the form's token: %v, %v", res.Status, err)
	}
	res := s.post(link, link, form)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/devices/new" {
		_, text := body(t, res)
		t.Fatalf("set-up: %s to %q\n%.800s", res.Status, res.Header.Get("Location"), text)
	}
	if status, text := s.page("/devices/new"); status != http.StatusOK || !strings.Contains(text, "chef") {
		t.Errorf("the administrator is not signed in: %d\n%.500s", status, text)
	}
	site, err := s.Site(t.Context())
	if err != nil || site.Name != "Apotheke am Tor" || site.Language != "de" || site.TimeZone != "Europe/Berlin" {
		t.Errorf("site %+v, %v", site, err)
	}
	users, _ := s.Users(t.Context())
	if len(users) != 1 || users[0].Role != appliance.RoleAdministrator {
		t.Errorf("users %+v", users)
	}
	s.client.Jar = nil
	if status, _ := s.page(link); status == http.StatusOK {
		t.Error("the link works twice")
	}
	if _, err := s.Ops().SetupLink(t.Context()); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a new link once it is set up: %v", err)
	}
	s.stop()
	again := restart(t, dir)
	if out := again.announce.String(); setupLink.MatchString(out) || !strings.Contains(out, again.url) {
		t.Errorf("the second start says %q, want the address only", out)
	}
}
