package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
	"siteward/ui/uitest"
)

// TestATechnicianAddsASwitchAUPSAndANAS does it in Chromium, against recordings of a ProCurve and a Synology on port 161 and Debian's
// upsd on port 3493, in a network of its own. SITEWARD_SHOTS names a folder for the pictures.
func TestATechnicianAddsASwitchAUPSAndANAS(t *testing.T) {
	uitest.Need(t)
	for _, program := range []string{"ip", "/lib/nut/dummy-ups", "/lib/nut/upsd"} {
		peer.Need(t, program)
	}
	peer.Corpus(t, "snmp", "dsm.snmprec")
	if os.Getenv(discoverMarker) == "" {
		inOwnNetwork(t)
		return
	}
	must(t, os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("0 2147483647"), 0o644))
	ip(t, "link set lo up")
	serve(t, "127.0.0.11", "procurve_e2910", "sw-lager")
	serve(t, "127.0.0.12", "dsm", "nas-praxis")
	startNUTAt(t, "127.0.0.13:3493")
	browser := uitest.Open(t)
	t.Cleanup(uitest.Close) // no goroutine may be left
	s := settled(t)
	p := browser.Goto(t, s.url+"/signin", uitest.Look{})
	enter(p, appliance.RoleTechnician)
	hand := &byHand{t: t, s: s, p: p}

	hand.open()
	hand.enter("address", "127.0.0.11")
	hand.enter("community", "praxis-ro")
	hand.add("switch", appliance.KindSwitch, "sw-lager", "HP", 2, `document.querySelector("#front") !== null`)

	hand.open()
	hand.click(`input[name=ask][value=nut]`)
	hand.enter("address", "127.0.0.13")
	hand.add("ups", appliance.KindUPS, "usv1", "EATON", 1, `document.querySelector("main").textContent.includes("39\u202fmin") || document.querySelector("main").textContent.includes("39 min")`)

	hand.open()
	hand.enter("address", "127.0.0.12")
	hand.add("nas", appliance.KindNAS, "nas-praxis", "Synology", 1, `document.querySelector("main").textContent.includes("RS2212RP+")`)
	must(t, daemon.MeetNewcomers(s.Daemon, t.Context()))
	inv, err := s.Inventory(t.Context(), 3)
	must(t, err)
	top, err := s.Topology(t.Context())
	must(t, err)
	if len(inv.Parts) < 10 || top.Read.IsZero() {
		t.Errorf("the new devices were not read: %d parts, neighbours %s", len(inv.Parts), top.Read)
	}
}

// serve answers as a recorded device on port 161.
func serve(t *testing.T, address, recorded, name string) {
	t.Helper()
	text, err := os.ReadFile(peer.Corpus(t, "snmp", recorded+agent.Suffix))
	must(t, err)
	text = bytes.Replace(text, []byte("1.3.6.1.2.1.1.5.0|4|<private>"), []byte("1.3.6.1.2.1.1.5.0|4|"+name), 1)
	rec, err := agent.Parse(recorded, bytes.NewReader(text))
	must(t, err)
	fleet, err := agent.Listen(agent.Layout{Listen: net.JoinHostPort(address, "161"), PerAddress: true, Community: "praxis-ro"}, agent.Options{}, rec)
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- fleet.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

// byHand counts what a person must do to add a device.
type byHand struct {
	t              *testing.T
	s              *site
	p              *uitest.Page
	began          time.Time
	fields, clicks int
}

// open is where a person begins.
func (h *byHand) open() {
	h.began, h.fields, h.clicks = time.Now(), 0, 0
	h.p.See(uitest.Look{Width: 1280})
	h.p.Do(chromedp.Navigate(h.s.url + "/devices"))
	h.click(`main a[href="/devices/new"]`)
	h.p.Until(`location.pathname === "/devices/new" && document.readyState === "complete" && document.activeElement.id === "address"`)
}

func (h *byHand) click(selector string) { h.clicks++; h.p.Do(chromedp.Click(selector)) }

func (h *byHand) enter(field, text string) { h.fields++; h.p.Do(chromedp.SendKeys("#"+field, text)) }

// add tests what was entered, takes over what the device says of itself, and looks at its page until something is there.
func (h *byHand) add(shot string, kind appliance.Kind, name, vendor string, fields int, there string) {
	h.t.Helper()
	h.click("[name=do][value=try]")
	h.p.Until(fmt.Sprintf(`document.querySelectorAll("#tried .note-ok").length === 2 && document.getElementById("name").value === %q && document.getElementById("kind").value === %q`, name, string(kind)))
	h.look(shot + "-tried")
	h.click(`form[action="/devices/new"] .btn-primary`)
	h.p.Until(`/^\/devices\/[0-9]+$/.test(location.pathname) && document.readyState === "complete"`)
	h.p.Until(there)
	id := appliance.ID(0)
	views, err := h.s.Devices(h.t.Context())
	must(h.t, err)
	for _, v := range views {
		if v.Name == name {
			id = v.ID
			if v.Kind != kind || v.Identity.Vendor != vendor {
				h.t.Errorf("%s is a %s of %q", name, v.Kind, v.Identity.Vendor)
			}
		}
	}
	if id == 0 || h.fields != fields || h.clicks > 4 {
		h.t.Errorf("%s (device %s): %d fields and %d clicks, want %d and at most 4", name, id, h.fields, h.clicks, fields)
	}
	if c := h.p.Console(); len(c) > 0 {
		h.t.Errorf("console: %s", strings.Join(c, "\n"))
	}
	h.t.Logf("%s: %d fields, %d clicks, %s", name, h.fields, h.clicks, time.Since(h.began).Round(100*time.Millisecond))
	h.look(shot)
}

// look takes pictures, when they are asked for.
func (h *byHand) look(name string) {
	folder := os.Getenv("SITEWARD_SHOTS")
	if folder == "" {
		return
	}
	for suffix, look := range map[string]uitest.Look{"-day": {Width: 1280}, "-night": {Width: 1280, Dark: true}, "-phone": {Width: 390}} {
		h.p.See(look)
		uitest.Eval[any](h.p, `scrollTo(0, 0)`)
		h.p.Shot(filepath.Join(folder, "hand-"+name+suffix+".png"))
	}
	h.p.See(uitest.Look{Width: 1280})
}
