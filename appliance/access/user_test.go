package access_test

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
)

func TestLastAdministratorStays(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	last, _ := g.Users.Find("administrator")
	demoted, renamed := last, last
	demoted.Role = appliance.RoleTechnician
	renamed.Name = "chef"
	second := appliance.User{Name: "second", Role: appliance.RoleAdministrator} // no password yet: does not count
	if err := g.Users.Save(accesstest.CLI, &second); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"delete":  g.Users.Delete(accesstest.CLI, last.ID),
		"disable": g.Users.Disable(accesstest.CLI, last.ID, true),
		"demote":  g.Users.Save(accesstest.CLI, &demoted),
	} {
		if appliance.CodeOf(err) != appliance.CodeConflict {
			t.Errorf("%s the last administrator: %v", name, err)
		}
	}
	if err := g.Users.Save(accesstest.CLI, &renamed); err != nil {
		t.Errorf("rename the last administrator: %v", err)
	}
	if err := g.Users.SetPassword(t.Context(), accesstest.CLI, second.ID, accesstest.Password); err != nil {
		t.Fatal(err)
	}
	if err := g.Users.Delete(accesstest.CLI, last.ID); err != nil {
		t.Errorf("with a second one: %v", err)
	}
}

func TestUserForms(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	good := appliance.User{Name: "maria.schulte@site", FullName: "<script>alert(1)</script>", Role: appliance.RoleViewer, Language: "de", Theme: "night"}
	for _, c := range []struct {
		name  string
		edit  func(u *appliance.User)
		field string
		code  appliance.Code
	}{
		{"good", func(*appliance.User) {}, "", ""},
		{"name taken", func(u *appliance.User) { u.Name = "Viewer" }, "name", appliance.CodeConflict},
		{"name with spaces", func(u *appliance.User) { u.Name = "maria schulte" }, "name", appliance.CodeInvalid},
		{"name of the command line", func(u *appliance.User) { u.Name = "cli" }, "name", appliance.CodeInvalid},
		{"name with markup", func(u *appliance.User) { u.Name = "<b>" }, "name", appliance.CodeInvalid},
		{"name too long", func(u *appliance.User) { u.Name = strings.Repeat("a", 65) }, "name", appliance.CodeInvalid},
		{"line break", func(u *appliance.User) { u.FullName = "a\nb" }, "full_name", appliance.CodeInvalid},
		{"role", func(u *appliance.User) { u.Role = "root" }, "role", appliance.CodeInvalid},
		{"language", func(u *appliance.User) { u.Language = "fr" }, "language", appliance.CodeInvalid},
		{"theme", func(u *appliance.User) { u.Theme = "pink" }, "theme", appliance.CodeInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := good
			c.edit(&u)
			err := g.Users.Save(accesstest.CLI, &u)
			if appliance.CodeOf(err) != c.code || field(err) != c.field {
				t.Errorf("%v", err)
			}
		})
	}
}

// A form cannot smuggle in a password string or a stamp, and nothing gives one out.
func TestPasswordStringsStayInside(t *testing.T) {
	g, m := accesstest.NewGate(t, time.Now)
	u, _ := g.Users.Find("viewer")
	before, _ := m.User(u.ID)
	u.Password, u.Stamp, u.FullName = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", 99, "V."
	if err := g.Users.Save(accesstest.CLI, &u); err != nil {
		t.Fatal(err)
	}
	after, _ := m.User(u.ID)
	if after.Password != before.Password || after.Stamp != before.Stamp || after.FullName != "V." {
		t.Errorf("stored %+v", after)
	}
	list, _ := g.Users.List()
	for _, u := range append(list, u) {
		if u.Password != "" {
			t.Errorf("the password string of %s comes out", u.Name)
		}
	}
	for _, e := range m.Events() {
		if strings.Contains(e.Message.English, "argon2") {
			t.Errorf("a password string is in the journal: %s", e.Message.English)
		}
	}
}

func TestAuditTellsWhatChanged(t *testing.T) {
	g, m := accesstest.NewGate(t, time.Now)
	by := appliance.Actor{Name: "administrator", Role: appliance.RoleAdministrator, Via: "web", Address: "192.0.2.1"}
	u, _ := g.Users.Find("viewer")
	u.Role, u.FullName = appliance.RoleTechnician, "Jan"
	if err := g.Users.Save(by, &u); err != nil {
		t.Fatal(err)
	}
	events := m.Events()
	e := events[len(events)-1]
	if e.Kind != appliance.EventAudit || e.By != "administrator" || e.Object != "user viewer" || e.Message.Key != "audit.user_changed" ||
		e.Message.English != "full_name – → Jan, role viewer → technician" || e.Message.Args["Address"] != "192.0.2.1" {
		t.Errorf("%+v", e)
	}
	if err := g.Users.Save(by, &u); err != nil || len(m.Events()) != len(events) {
		t.Errorf("a form sent twice: %v, %d events more", err, len(m.Events())-len(events))
	}
}

func TestDifference(t *testing.T) {
	one, two := appliance.Secret{Value: "geheim1"}, appliance.Secret{Value: "geheim2"}
	for name, c := range map[string]struct {
		before, after any
		want          string
	}{
		"nothing":        {appliance.Device{Name: "a", Version: 1}, appliance.Device{Name: "a", Version: 2}, ""},
		"a name":         {appliance.Device{Name: "a"}, appliance.Device{Name: "b"}, "name a → b"},
		"cleared":        {appliance.Device{Place: "cellar"}, appliance.Device{}, "place cellar → –"},
		"a secret":       {appliance.Credential{Community: one}, appliance.Credential{Community: two}, "community changed"},
		"a hidden field": {struct{ X any }{map[string]any{"auth": "geheim"}}, struct{ X any }{nil}, "X changed"},
		"much":           {struct{ X string }{""}, struct{ X string }{strings.Repeat("x", 100)}, "X changed"},
		"created":        {nil, struct{ N int }{3}, "N – → 3"},
		"deleted":        {struct{ N int }{3}, nil, "N 3 → –"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := access.Difference(c.before, c.after); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
