package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
)

func TestSetup(t *testing.T) {
	m := accesstest.NewMemory(time.Now)
	g := access.New(access.Config{Store: m, Now: time.Now, Cost: access.Argon{Memory: 64, Time: 1, Lanes: 1}})
	early, err := g.Setup.Issue()
	if err != nil {
		t.Fatal(err)
	}
	token, err := g.Setup.Issue() // started again before anybody used the link
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.Raw(), token) {
		t.Error("the link lies in the store")
	}
	saved := 0
	finish := func(token, name, password string, save error) error {
		u := appliance.User{Name: name, Role: appliance.RoleViewer}
		return g.Setup.Finish(t.Context(), token, "192.0.2.1", &u, password, func(by appliance.Actor) error {
			if save == nil {
				saved++
			}
			return save
		})
	}
	for name, c := range map[string]struct {
		err  error
		code appliance.Code
	}{
		"no token":       {finish("", "chef", accesstest.Password, nil), appliance.CodeForbidden},
		"an older one":   {finish(early, "chef", accesstest.Password, nil), appliance.CodeForbidden},
		"easy password":  {finish(token, "chef", "Sommer2026!!", nil), appliance.CodeInvalid},
		"bad name":       {finish(token, "the boss", accesstest.Password, nil), appliance.CodeInvalid},
		"site not saved": {finish(token, "chef", accesstest.Password, errors.New("disk full")), ""},
	} {
		if c.err == nil || appliance.CodeOf(c.err) != c.code {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if saved != 0 {
		t.Error("the site was stored though something entered was not good")
	}
	if err := g.Setup.Check(token); err != nil {
		t.Errorf("after mistakes the link is gone: %v", err)
	}
	if err := finish(token, "Chef", accesstest.Password, nil); err != nil {
		t.Fatal(err)
	}
	u, err := g.Users.Find("chef")
	if err != nil || u.Role != appliance.RoleAdministrator {
		t.Errorf("%+v, %v", u, err)
	}
	if err := finish(token, "second", accesstest.Password, nil); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("the link used twice: %v", err)
	}
	if _, err := g.Setup.Issue(); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a new link with an administrator: %v", err)
	}
	if v, _ := m.Meta("setup"); len(v) != 0 {
		t.Error("the link's hash is still stored")
	}
	if err := signIn(t, g, "192.0.2.1", "chef", accesstest.Password); err != nil {
		t.Error(err)
	}
}
