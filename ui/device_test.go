package ui_test

import (
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

// deviceAddresses are the pages of all sample devices, and the ways to look at them.
func deviceAddresses(tb testing.TB, app *apptest.App) []string {
	tb.Helper()
	all, err := app.Devices(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, d := range all {
		base := "/devices/" + d.ID.String()
		out = append(out, base, base+"?range=1y", base+"?range=1h&states=all&ports=all", base+"?pause=1", base+"?ports=mark")
		if n := len(d.States); n > 0 {
			out = append(out, base+"?evidence="+d.States[n-1].Check.String()+":"+d.States[n-1].Item)
		}
		for _, c := range d.Checks {
			out = append(out, "/checks/"+c.ID.String(), "/checks/"+c.ID.String()+"?pause=1")
		}
	}
	out = append(out, "/devices/1?panel=traffic", "/devices/1?panel=poe", "/devices/1?panel=vlan", "/devices/1?panel=nonsense")
	return append(out, "/journal", "/journal?kind=state&q=port", "/journal?device=1", "/journal?q=nothing+like+this")
}

func TestDevicePagesInAllLanguagesAndRoles(t *testing.T) {
	for _, lang := range appliance.Languages {
		t.Run(lang, func(t *testing.T) {
			b := apptest.Server(t)
			b.App.Speak(lang)
			for _, path := range deviceAddresses(t, b.App) {
				roles := appliance.Roles
				if strings.Contains(path, "?") { // variants hang on the role in no other way than the page itself
					roles = []appliance.Role{appliance.RoleTechnician}
				}
				for _, role := range roles {
					w := b.Get(role, path)
					if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "[device.") {
						t.Errorf("%s as %s: %d", path, role, w.Code)
					}
				}
			}
		})
	}
}
