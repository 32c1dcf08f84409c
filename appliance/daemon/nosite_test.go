package daemon_test

import (
	"net/http"
	"testing"

	"siteward/appliance"
)

// TestPagesBeforeTheSiteIsSetUp: who was made a user on the command line may look at every page, and enter the site, before
// anybody has opened the set-up.
func TestPagesBeforeTheSiteIsSetUp(t *testing.T) {
	s := start(t)
	role := appliance.RoleAdministrator
	if err := s.Ops().AddUser(t.Context(), appliance.User{Name: string(role), Role: role, Language: "de"}, password); err != nil {
		t.Fatal(err)
	}
	s.signIn(role)
	for _, path := range []string{"/", "/problems", "/devices", "/backups", "/backups.csv", "/power", "/rounds", "/eventchecks", "/logbook", "/tickets", "/maintenance", "/contract", "/settings", "/settings/site"} {
		if code, text := s.page(path); code != http.StatusOK {
			t.Errorf("%s: %d %.200s", path, code, text)
		}
	}
}
