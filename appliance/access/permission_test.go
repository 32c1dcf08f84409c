package access

import (
	"testing"

	"siteward/appliance"
)

// consents are what the customer agrees to: a technician is mostly the provider's, who must not agree for him.
var consents = map[Permission]bool{ConnectProvider: true, EditSent: true}

func TestRolesGrow(t *testing.T) {
	for _, p := range Permissions() {
		had := false
		for _, role := range appliance.Roles {
			has := Can(role, p)
			if had && !has && !consents[p] {
				t.Errorf("%s loses %s that a lesser role has", role, p)
			}
			had = has
		}
		if !Can(appliance.RoleAdministrator, p) {
			t.Errorf("an administrator lacks %s", p)
		}
	}
}

func TestCanDeniesByDefault(t *testing.T) {
	for _, c := range []struct {
		name string
		role appliance.Role
		perm Permission
		want bool
	}{
		{"nobody sees nothing", "", ViewStatus, false},
		{"nobody passes public doors", "", Public, true},
		{"nobody has no profile", "", SignedIn, false},
		{"a role that does not exist", "root", SignedIn, false},
		{"a role that does not exist, status", "root", ViewStatus, false},
		{"a permission that does not exist", appliance.RoleAdministrator, "everything", false},
		{"Inner is no permission", appliance.RoleAdministrator, Inner, false},
		{"viewers acknowledge nothing", appliance.RoleViewer, Acknowledge, false},
		{"viewers run nothing", appliance.RoleViewer, RunCheck, false},
		{"key users acknowledge", appliance.RoleKeyUser, Acknowledge, true},
		{"key users pause nothing", appliance.RoleKeyUser, Pause, false},
		{"key users see no credentials", appliance.RoleKeyUser, ViewCredentials, false},
		{"technicians edit devices", appliance.RoleTechnician, EditDevices, true},
		{"technicians make no users", appliance.RoleTechnician, ManageUsers, false},
		{"technicians make no tokens", appliance.RoleTechnician, ManageTokens, false},
		{"administrators make users", appliance.RoleAdministrator, ManageUsers, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Can(c.role, c.perm); got != c.want {
				t.Errorf("Can(%q, %q) = %v", c.role, c.perm, got)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	table := Routes()
	for _, c := range []struct {
		method, path string
		found        bool
		need         Permission
	}{
		{"GET", "/devices/:id", true, ViewDevices},
		{"HEAD", "/devices/:id", true, ViewDevices},
		{"get", "/devices", true, ViewDevices},
		{"DELETE", "/devices/:id", false, ""},
		{"GET", "/devices/7", false, ""},
		{"GET", "", false, ""},
		{"GET", "/nowhere", false, ""},
		{"PATCH", "/api/v1/*", true, Inner},
	} {
		r, ok := table.Lookup(c.method, c.path)
		if ok != c.found || r.Need != c.need {
			t.Errorf("Lookup(%s %s) = %v %v", c.method, c.path, r, ok)
		}
	}
}

func TestTableRefusesMistakes(t *testing.T) {
	for name, rules := range map[string][]Rule{
		"twice":         {{Method: "GET", Path: "/", Need: Public}, {Method: "GET", Path: "/", Need: ViewStatus}},
		"no permission": {{Method: "GET", Path: "/"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the table took it")
				}
			}()
			NewTable(rules...)
		})
	}
}

// Whatever changes something must need a permission of its own, never just a look.
func TestChangesNeedMoreThanALook(t *testing.T) {
	look := map[Permission]bool{ViewStatus: true, ViewDevices: true, ViewEvents: true, ViewAudit: true, ViewSettings: true, ViewCredentials: true, ReadMetrics: true}
	for _, r := range Routes().Rules() {
		if r.Method != "GET" && look[r.Need] {
			t.Errorf("%s %s changes something and needs %s only", r.Method, r.Path, r.Need)
		}
		if r.Need == Public && r.Method != "GET" && r.Path != "/signin" && r.Path != "/setup" {
			t.Errorf("%s %s is open to everybody", r.Method, r.Path)
		}
	}
}
