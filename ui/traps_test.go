package ui_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestTrapsAreListedAndExplained(t *testing.T) {
	b := apptest.Server(t)
	tech, admin := appliance.RoleTechnician, appliance.RoleAdministrator
	all := must(t, b.Get(tech, "/settings/traps"), 200, "A connection was lost: Port 14", "9,812 messages were not looked at", "The UPS runs on battery.",
		"enterprises.99999.0.7", "&lt;script&gt;alert(1)", "The device counts fewer restarts than before.", "UDP 0.0.0.0:162")
	if strings.Contains(all, "<script>alert") {
		t.Error("a device's script runs")
	}
	must(t, b.Get(tech, "/settings/traps?fate=unknown"), 200, "enterprises.99999.0.7")
	if text := must(t, b.Get(tech, "/settings/traps?q=linkdown"), 200, "Port 14"); strings.Contains(text, "on battery") {
		t.Error("the filter leaves everything")
	}
	must(t, b.Get(tech, "/settings/traps?q=nosuchthing"), 200, "No message fits this filter.")
	csv := must(t, b.Get(tech, "/settings/traps.csv?fate=unknown"), 200, "seq,time,last,count,fate", "enterprises.99999.1==cmd|")
	if strings.Count(csv, "\n") != 2 {
		t.Errorf("the file has other rows than the page:\n%s", csv)
	}
	must(t, b.Get(appliance.RoleKeyUser, "/settings/traps"), 403)
	must(t, b.Post(tech, "/settings/traps", url.Values{"on": {"0"}}), 403)
	must(t, b.Post(admin, "/settings/traps", url.Values{"on": {"0"}}), 303)
	must(t, b.Get(admin, "/settings/traps"), 200, "Switched off", "Switch on")

	ups := b.App.Find("ups-1")
	page := must(t, b.Get(tech, "/devices/"+ups.String()), 200, "What the device sent is not believed", "It was reset", "/settings/traps?device="+ups.String())
	if strings.Contains(must(t, b.Get(appliance.RoleKeyUser, "/devices/"+ups.String()), 200), "not believed") || page == "" {
		t.Error("a key user reads of counters")
	}
	must(t, b.Post(tech, "/devices/"+ups.String()+"/reboots", nil), 303)
	if !slices.Contains(b.App.Done(), "believe reboots of device "+ups.String()) {
		t.Errorf("done %v", b.App.Done())
	}
}

func TestADeviceIsReadAtTheWorkbench(t *testing.T) {
	b := apptest.Server(t)
	tech := appliance.RoleTechnician
	path := "/devices/" + b.App.Find("sw-core").String() + "/walk"
	must(t, b.Get(tech, path), 200, "What sw-core tells over SNMP", "OID or name")
	body := must(t, b.Post(tech, path, url.Values{"root": {"system"}}), 200, "3 objects of system", "sysDescr.0", "&lt;script&gt;", "2 (down)", "masked=1")
	if strings.Contains(body, "<script>alert") {
		t.Error("a device's script runs")
	}
	must(t, b.Post(tech, path, url.Values{"root": {"nosuch"}}), 422, "neither an OID nor the name")
	must(t, b.Get(tech, path+".snmprec?walk=0123456789abcdef&masked=1"), 200, "1.3.6.1.2.1.1.5.0|4|name-1")
	must(t, b.Get(tech, path+".snmprec?walk=gone"), 404)
	must(t, b.Get(appliance.RoleKeyUser, path), 403)
	must(t, b.Get(tech, "/devices/9999/walk"), 404)
}
