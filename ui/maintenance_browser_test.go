package ui_test

import (
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// TestMaintenanceInChromium looks at what is planned, at what was reached and at what people without an account see, by day and night,
// on a desktop and a phone.
func TestMaintenanceInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	if _, err := b.App.NewStatusLink(t.Context(), appliance.Actor{Name: "a.admin"}, &appliance.StatusLink{Name: "board", Devices: []appliance.ID{b.App.Find("srv-files")}, Expires: apptest.Present.AddDate(0, 6, 0)}); err != nil {
		t.Fatal(err)
	}
	at := map[appliance.Role]string{}
	for _, role := range []appliance.Role{appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator} {
		at[role] = b.Listen(role)
	}
	browser := uitest.Open(t)
	for _, c := range []struct {
		name string
		role appliance.Role
		path string
		lang string
	}{
		{"maintenance", appliance.RoleTechnician, "/maintenance", "de"},
		{"maintenance-keyuser", appliance.RoleKeyUser, "/maintenance/1", "de"},
		{"maintenance-over", appliance.RoleTechnician, "/maintenance/3", "en"},
		{"maintenance-form", appliance.RoleTechnician, "/maintenance/1/edit", "nl"},
		{"maintenance-links", appliance.RoleAdministrator, "/maintenance/links", "de"},
		{"availability", appliance.RoleKeyUser, "/availability", "de"},
		{"status", appliance.RoleKeyUser, "/status/board", "nl"},
		{"window-answer", appliance.RoleKeyUser, "/status/answer/ask-1", "de"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at[c.role]+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}
