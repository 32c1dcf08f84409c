package demo_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/appliance/demo"
	"siteward/internal/peer"
	"siteward/ui/uitest"
)

// picture is one file of docs/screens: a page of the calm demo as one of its users sees it.
type picture struct {
	name, user, path string
	device           string // path is the page of this device
	look             uitest.Look
}

var (
	day   = uitest.Look{Width: 1280}
	night = uitest.Look{Width: 1280, Dark: true}
	phone = uitest.Look{Width: 390}
)

var pictures = []picture{
	{name: "start", user: "empfang", path: "/", look: day},
	{name: "start-phone", user: "empfang", path: "/", look: phone},
	{name: "problems", user: "technik", path: "/problems", look: day},
	{name: "problems-dark", user: "technik", path: "/problems", look: night},
	{name: "devices", user: "technik", path: "/devices", look: day},
	{name: "devices-phone", user: "technik", path: "/devices", look: uitest.Look{Width: 390, Dark: true}},
	{name: "ups", user: "technik", device: "ups-1", look: day},
	{name: "ups-dark", user: "technik", device: "ups-1", look: night},
	{name: "switch", user: "technik", device: "sw-core", look: day},
	{name: "settings", user: "admin", path: "/settings", look: day},
}

// TestScreenshots makes the pictures of the README in Chromium: SITEWARD_SCREENSHOTS names their folder (make screenshots).
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SITEWARD_SCREENSHOTS")
	if folder == "" {
		t.Skip("SITEWARD_SCREENSHOTS names no folder; make screenshots does")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(peer.Root(), folder)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := demo.Open(t.Context(), demo.Options{Listen: "127.0.0.1:0", Calm: true, About: appliance.About{Version: "0.1.0"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	peer.Until(t, 3*time.Minute, "every device has told its state", func() bool { return settled(t, d) })
	browser := uitest.Open(t)
	t.Cleanup(uitest.Close) // no goroutine may be left
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			page := signIn(t, browser, "http://"+d.Address, p)
			path := p.path
			if p.device != "" {
				path = fmt.Sprint("/devices/", deviceID(t, d, p.device))
			}
			page.Do(chromedp.Navigate("http://" + d.Address + path))
			page.Until(`document.readyState === "complete"`)
			page.Until(`document.querySelectorAll(".htmx-request").length === 0`)
			file := filepath.Join(folder, p.name+".png")
			page.Shot(file)
			trim(t, file)
		})
	}
}

// settled asks every device and says whether each has answered of late and is judged.
func settled(t *testing.T, d *demo.Demo) bool {
	if err := d.Daemon.AskAll(t.Context()); err != nil {
		return false // still starting
	}
	devices, err := d.Daemon.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return !slices.ContainsFunc(devices, func(v appliance.DeviceView) bool {
		return v.Worst == appliance.StateNoData || time.Since(v.Seen) > time.Minute
	})
}

func signIn(t *testing.T, b *uitest.Browser, base string, p picture) *uitest.Page {
	t.Helper()
	page := b.Goto(t, base+"/signin", p.look)
	uitest.Eval[any](page, fmt.Sprintf(`(() => {
		const f = document.querySelector("form[action='/signin']");
		f.elements.name.value = %q; f.elements.password.value = %q; f.querySelector("button").click();
	})()`, p.user, demo.Password))
	page.Until(`location.pathname !== "/signin" && document.readyState === "complete"`)
	return page
}

func deviceID(t *testing.T, d *demo.Demo, name string) appliance.ID {
	t.Helper()
	devices, err := d.Daemon.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range devices {
		if v.Device.Name == name {
			return v.Device.ID
		}
	}
	t.Fatalf("the demo has no device %s", name)
	return 0
}

// maxHeight of a picture: what says something of a page is above it, and a README is no place for the rest.
const maxHeight = 800

// trim cuts the foot off a long page and writes the file as small as PNG can.
func trim(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), min(r.Dy(), maxHeight)))
	draw.Draw(out, out.Bounds(), img, r.Min, draw.Src)
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d kB", filepath.Base(file), small.Len()/1000)
}
