package access_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
)

func ask(g *access.Gate, header string) (access.Identity, error) {
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.Header.Set("Authorization", header)
	r, err := g.Admit(httptest.NewRecorder(), r, "/metrics")
	return access.Who(r.Context()), err
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, m := accesstest.NewGate(t, time.Now)
		secret, err := g.Tokens.Create(accesstest.CLI, "prometheus", appliance.RoleViewer, time.Now().AddDate(0, 1, 0))
		if err != nil || !strings.HasPrefix(secret, "sw_") || len(secret) != 46 {
			t.Fatalf("Create = %q, %v", secret, err)
		}
		if strings.Contains(m.Raw(), secret[3:]) {
			t.Error("the secret lies in the store")
		}
		id, err := ask(g, "bearer "+secret)
		if err != nil || id.Name != "token prometheus" || id.Role != appliance.RoleViewer || id.Via != "api" || !id.Bearer {
			t.Errorf("%+v, %v", id.Actor, err)
		}
		list, _ := g.Tokens.List()
		if len(list) != 1 || list[0].Used.IsZero() || list[0].Hash != nil {
			t.Errorf("%+v", list)
		}
		time.Sleep(32 * 24 * time.Hour)
		if _, err := ask(g, "Bearer "+secret); appliance.CodeOf(err) != appliance.CodeUnauthorized || !strings.Contains(err.Error(), "expired") {
			t.Errorf("after its time: %v", err)
		}
	})
}

func TestTokenEnds(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	secret := accesstest.Token(t, g, appliance.RoleAdministrator, time.Now())
	list, _ := g.Tokens.List()
	if err := g.Tokens.Delete(accesstest.CLI, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(g, "Bearer "+secret); appliance.CodeOf(err) != appliance.CodeUnauthorized {
		t.Errorf("a deleted token: %v", err)
	}
	if err := g.Tokens.Delete(accesstest.CLI, list[0].ID); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestTokenForms(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	now := time.Now()
	technician := appliance.Actor{Name: "t", Role: appliance.RoleTechnician}
	accesstest.Token(t, g, appliance.RoleViewer, now)
	for name, c := range map[string]struct {
		by      appliance.Actor
		called  string
		role    appliance.Role
		expires time.Time
		field   string
	}{
		"no name":            {accesstest.CLI, " ", appliance.RoleViewer, now.Add(time.Hour), "name"},
		"name taken":         {accesstest.CLI, "Test Viewer", appliance.RoleViewer, now.Add(time.Hour), "name"},
		"no role":            {accesstest.CLI, "a", "", now.Add(time.Hour), "role"},
		"above its maker":    {technician, "a", appliance.RoleAdministrator, now.Add(time.Hour), "role"},
		"no expiry":          {accesstest.CLI, "a", appliance.RoleViewer, time.Time{}, "expires"},
		"yesterday":          {accesstest.CLI, "a", appliance.RoleViewer, now.Add(-time.Hour), "expires"},
		"three years":        {accesstest.CLI, "a", appliance.RoleViewer, now.AddDate(3, 0, 0), "expires"},
		"two years are good": {accesstest.CLI, "a", appliance.RoleViewer, now.AddDate(2, 0, 0), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := g.Tokens.Create(c.by, c.called, c.role, c.expires); field(err) != c.field || (err == nil) != (c.field == "") {
				t.Errorf("%v", err)
			}
		})
	}
}

// Guesses at tokens are slowed down and do not fill the journal; a good token from the same address goes on.
func TestTokenGuessesAreThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, m := accesstest.NewGate(t, time.Now)
		good := accesstest.Token(t, g, appliance.RoleViewer, time.Now())
		before := len(m.Events())
		refused := 0
		for range 200 {
			if _, err := ask(g, "Bearer sw_"+strings.Repeat("A", 43)); appliance.CodeOf(err) == appliance.CodeTooMany {
				refused++
			}
		}
		if refused < 180 || len(m.Events())-before > 20 {
			t.Errorf("%d of 200 refused, %d events", refused, len(m.Events())-before)
		}
		if _, err := ask(g, "Bearer "+good); err != nil {
			t.Errorf("the good token: %v", err)
		}
	})
}

func FuzzTokenHeader(f *testing.F) {
	g, _ := accesstest.NewGate(f, time.Now)
	f.Add("Bearer sw_" + strings.Repeat("A", 43))
	f.Add("Bearer sw_" + strings.Repeat("A", 42) + "B")
	f.Add("bearer sw_")
	f.Add("Basic dXNlcjpwYXNz")
	f.Add("Bearer \xff\x00")
	f.Fuzz(func(t *testing.T, header string) {
		if id, err := ask(g, header); header != "" && (err == nil || id.SignedIn()) {
			t.Fatalf("%q opens as %+v", header, id.Actor)
		}
	})
}
