package ui_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestProposalsAreListedWithTheirReasons(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	page := b.Get(appliance.RoleTechnician, "/discover").Body.String()
	for _, want := range []string{"5 proposals wait for a decision", "sw-dach", "HP J9146A", "serial number SG0000X123", "SNMP v3 with snmp-v3", "port 23 of sw-core", "192.168.10.0/24",
		"1,204 packets", "has another address: 192.168.10.77", "Off: devices are looked for only"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, status := range []string{"ignored", "done"} {
		if r := b.Get(appliance.RoleTechnician, "/discover?status="+status); r.Code != http.StatusOK {
			t.Errorf("%s: %d", status, r.Code)
		}
	}
	if r := b.Get(appliance.RoleKeyUser, "/discover"); r.Code != http.StatusForbidden {
		t.Errorf("a key user gets %d", r.Code)
	}
}

func TestProposalIsAcceptedIgnoredOrMerged(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	for id := range 6 {
		if r := b.Get(appliance.RoleTechnician, "/proposals/"+appliance.ID(id+1).String()); r.Code != http.StatusOK {
			t.Errorf("proposal %d: %d %s", id+1, r.Code, r.Body)
		}
	}
	b.Post(appliance.RoleTechnician, "/proposals/1/accept", url.Values{"changed": {"1"}, "name": {"sw-roof"}, "kind": {"switch"}, "checks": {"ping"}})
	b.Post(appliance.RoleTechnician, "/proposals/2/ignore", nil)
	b.Post(appliance.RoleTechnician, "/proposals/6/reopen", nil)
	b.Post(appliance.RoleTechnician, "/proposals/6/merge", url.Values{"device": {b.App.Find("sw-core").String()}})
	d, err := b.App.Device(t.Context(), b.App.Find("sw-roof"))
	if err != nil || len(d.Checks) != 1 || d.Checks[0].Probe != appliance.ProbePing {
		t.Errorf("made %+v, %v", d.Checks, err)
	}
	want := []string{"accept proposal 1", "ignore proposal 2", "reopen proposal 6", "merge proposal " + b.App.Find("sw-core").String() + " 6"}
	if got := b.App.Done(); !slices.Equal(got, want) {
		t.Errorf("done %q, want %q", got, want)
	}
	if r := b.Post(appliance.RoleTechnician, "/proposals/3/merge", url.Values{"device": {""}}); r.Code != http.StatusUnprocessableEntity {
		t.Errorf("merge with nobody: %d", r.Code)
	}
}

func TestSearchIsBegunFollowedAndStopped(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	wrong := b.Post(appliance.RoleTechnician, "/discover", url.Values{"ranges": {"8.8.8.0/24"}, "rate": {"50"}})
	if wrong.Code != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body.String(), "public range") {
		t.Errorf("a public range: %d", wrong.Code)
	}
	b.Post(appliance.RoleTechnician, "/discover", url.Values{"ranges": {"192.168.10.0/24, 10.0.0.0/26"}})
	page := b.Get(appliance.RoleTechnician, "/discover").Body.String()
	for _, want := range []string{"212 of 254 addresses, about 20", "Stop the search", `hx-trigger="every 2s"`} {
		if !strings.Contains(page, want) {
			t.Errorf("a search under way does not say %q", want)
		}
	}
	b.Post(appliance.RoleTechnician, "/discover/stop", nil)
	if page := b.Get(appliance.RoleTechnician, "/discover").Body.String(); !strings.Contains(page, "stopped before its end") {
		t.Error("a stopped search is not told")
	}
	b.Post(appliance.RoleTechnician, "/discover/settings", url.Values{"on": {"1"}, "time": {"03:15"}, "every_ranges": {"192.168.10.0/24"}})
	if s, _ := b.App.DiscoverySettings(t.Context()); !s.On || s.Minute != 195 {
		t.Errorf("stored %+v", s)
	}
	if r := b.Post(appliance.RoleTechnician, "/discover/settings", url.Values{"on": {"1"}, "time": {"03:15"}}); r.Code != http.StatusUnprocessableEntity {
		t.Errorf("no range: %d", r.Code)
	}
}

func TestMapDrawsWhoIsBehindWhom(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	for _, lang := range []string{"de", "nl", "en"} {
		b.App.Speak(lang)
		page := b.Get(appliance.RoleViewer, "/map").Body.String()
		for _, want := range []string{`<svg class="map"`, "sw-core", "map-list", "Praxis am Markt"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the map has no %q", lang, want)
			}
		}
	}
	b.App.MakeHostile()
	if page := b.Get(appliance.RoleViewer, "/map").Body.String(); strings.Contains(page, "<script>alert") {
		t.Error("a device's name runs in the map")
	}
}

func TestPortSaysWhoIsBehindIt(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	page := b.Get(appliance.RoleTechnician, "/devices/"+b.App.Find("sw-core").String()+"?ports=all").Body.String()
	if !strings.Contains(page, "192.168.10.120") || !strings.Contains(page, "say the same of themselves") {
		t.Error("the page of a switch says neither who is behind a port nor that there is a twin")
	}
	if page := b.Get(appliance.RoleKeyUser, "/devices/"+b.App.Find("sw-core").String()+"?ports=all").Body.String(); strings.Contains(page, "192.168.10.120") {
		t.Error("a key user reads an address of a stranger")
	}
}
