package ui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// TestStartInChromium looks at the first page of each role and the list, by day and night, on a desktop and a phone.
// SITEWARD_SHOTS names a folder for the pictures.
func TestStartInChromium(t *testing.T) {
	browser := uitest.Open(t)
	shots := os.Getenv("SITEWARD_SHOTS")
	for _, c := range []struct {
		name string
		role appliance.Role
		lang string
		path string
		app  func() *apptest.App
	}{
		{"start-keyuser", appliance.RoleKeyUser, "de", "/", apptest.New},
		{"start-technician", appliance.RoleTechnician, "en", "/", apptest.New},
		{"start-viewer", appliance.RoleViewer, "nl", "/", apptest.New},
		{"problems-technician", appliance.RoleTechnician, "de", "/problems", apptest.New},
		{"problems-keyuser", appliance.RoleKeyUser, "nl", "/problems", apptest.New},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := c.app()
			app.Speak(c.lang)
			p := browser.Goto(t, apptest.ServerOf(t, app).Listen(c.role)+c.path, uitest.Look{})
			for _, look := range []uitest.Look{{Width: 1280}, {Width: 1280, Dark: true}, {Width: 390, Dark: true}, {Width: 390}} {
				title := fmt.Sprintf("%s-%d-%s", c.name, look.Width, map[bool]string{false: "day", true: "night"}[look.Dark])
				p.See(look)
				p.Accept(title)
				if shots != "" {
					p.Shot(filepath.Join(shots, title+".png"))
				}
			}
		})
	}
}
