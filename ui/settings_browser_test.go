package ui_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/appliance/access/accesstest"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// unwell is a Siteward with all the troubles there are.
func unwell(h appliance.Health) appliance.Health {
	h.Ping, h.PingNote = "off", appliance.Message{Key: "probes.ping.off", English: "Ping is not allowed."}
	h.Late, h.Missed = 12, 3
	h.Store.ReadOnly, h.Store.Why = true, appliance.Message{Key: "store.read_only.full", English: "The disk is full."}
	h.Store.Damage = []string{"db/000012.sst: the table does not have the checksum it was written with", "samples of check 31: the record is damaged"}
	h.Store.BackedUp = apptest.Present.AddDate(0, 0, -4)
	return h
}

// TestSettingsInChromium looks at each page by day and night, on a desktop and a phone. SITEWARD_SHOTS names a folder for the pictures.
func TestSettingsInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	for name, role := range map[string]appliance.Role{"prometheus on mon-1": appliance.RoleViewer, "inventory": appliance.RoleTechnician} {
		days := map[appliance.Role]int{appliance.RoleViewer: 365, appliance.RoleTechnician: 9}[role]
		if _, err := b.Gate.Tokens.Create(accesstest.CLI, name, role, apptest.Present.AddDate(0, 0, days)); err != nil {
			t.Fatal(err)
		}
	}
	well := b.App.Health(t.Context())
	at := b.Listen(appliance.RoleAdministrator)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{
		{"settings", "/settings", "en"}, {"settings-unwell", "/settings", "de"}, {"site", "/settings/site", "de"}, {"file", "/settings/file", "en"},
		{"users", "/settings/users", "nl"}, {"user", "/settings/users/2", "de"}, {"user-new", "/settings/users/new", "en"}, {"user-delete", "/settings/users/2/delete", "en"},
		{"tokens", "/settings/tokens", "en"}, {"formats", "/settings/formats", "de"}, {"format", "/settings/formats/new?from=borg", "nl"}, {"credentials", "/settings/credentials", "en"}, {"credential", "/settings/credentials/1", "de"},
		{"credential-new", "/settings/credentials/new?snmp_version=2c", "en"}, {"credential-owned", "/settings/credentials/2", "nl"},
		{"jobs", "/settings/jobs", "de"}, {"store", "/settings/store", "en"}, {"store-unwell", "/settings/store", "de"},
		{"audit", "/settings/audit", "de"}, {"audit-filter", "/settings/audit?by=s.techniker", "en"}, {"audit-none", "/settings/audit?q=nowhere", "nl"}, {"profile", "/profile", "de"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			b.App.SetHealth(well)
			if strings.HasSuffix(c.name, "unwell") {
				b.App.SetHealth(unwell(well))
			}
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}

// TestSettingsByHand does with mouse and keys what must work in a browser: a site file, a new token, a verification that takes its time.
func TestSettingsByHand(t *testing.T) {
	b := apptest.Server(t)
	at := b.Listen(appliance.RoleAdministrator)
	browser := uitest.Open(t)

	p := browser.Goto(t, at+"/settings/file", uitest.Look{})
	p.Do(chromedp.SetValue("#text", "siteward: 1\ndevices:\n  - name: nas-2\n    kind: nas\n    adress: 192.0.2.99\n"), chromedp.Click("button[value=check]"))
	p.Until(`document.querySelectorAll("table tbody tr").length >= 1`)
	p.Tour("file-wrong")
	p.Do(chromedp.SetValue("#text", "siteward: 1\ntake_over: true\nsite:\n  hotline: \"030 555 0199\"\ndevices:\n  - name: nas-2\n    kind: nas\n    address: 192.0.2.99\n"), chromedp.Click("button[value=check]"))
	p.Until(`document.querySelector("button[value=apply]") !== null`)
	p.Tour("file-checked")
	p.Do(chromedp.Click("button[value=apply]"))
	p.Until(`document.querySelector(".note-ok") !== null`)
	if b.App.Find("nas-2") == 0 {
		t.Error("the device of the file is not there")
	}

	p = browser.Goto(t, at+"/settings/tokens", uitest.Look{})
	p.Do(chromedp.SetValue("#name", "grafana"), chromedp.Click("main form button.btn-primary"))
	p.Until(`document.getElementById("secret") !== null`)
	p.Tour("token-made")

	done := make(chan struct{})
	b.Ops.Hold(done)
	p = browser.Goto(t, at+"/settings/store", uitest.Look{})
	p.Do(chromedp.Click("#verification button"))
	p.Until(`document.querySelector("#verification[hx-trigger]") !== null`)
	p.Tour("store-verifying")
	close(done)
	p.Until(`document.querySelector("#verification .note-ok") !== null`)
	p.Tour("store-verified")
}
