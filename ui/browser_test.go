package ui_test

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"siteward/ui/uitest"
)

// TestPagesInChromium looks at each page by day and night, on a desktop and a phone. SITEWARD_SHOTS names a folder for the pictures.
func TestPagesInChromium(t *testing.T) {
	t.Parallel()
	b := uitest.Open(t)
	srv := httptest.NewServer(server(renderer(t)))
	t.Cleanup(srv.CloseClientConnections)
	for _, name := range []string{"gallery", "signin", "setup", "menu", "error", "confirm"} {
		t.Run(name, func(t *testing.T) {
			p := b.Goto(t, srv.URL+"/"+name, uitest.Look{})
			if name == "gallery" {
				p.Until(`document.querySelector("[data-ready]") !== null`)
			}
			p.Tour(name)
		})
	}
}

func TestLivePageAndKeys(t *testing.T) {
	b := uitest.Open(t)
	srv := httptest.NewServer(server(renderer(t)))
	t.Cleanup(srv.CloseClientConnections)
	p := b.Goto(t, srv.URL+"/gallery", uitest.Look{})

	p.Until(`document.getElementById("st-3-ping").textContent === "live"`)
	p.Until(`document.querySelector("time[data-ago]").textContent === "5\u202fmin"`) // the list was fetched anew
	p.Do(chromedp.KeyEvent("j"))
	p.Until(`document.activeElement.getAttribute("href") === "/devices/1"`)
	p.Do(chromedp.KeyEvent("j"))
	p.Until(`document.querySelector("tr[data-current]").dataset.href === "/devices/2"`)
	p.Do(chromedp.KeyEvent("/"))
	p.Until(`document.activeElement.name === "q"`)
	p.Do(chromedp.KeyEvent(kb.Escape))
	p.Until(`document.querySelector("#drawer .drawer-in") === null`)
	p.Do(chromedp.KeyEvent("k", chromedp.KeyModifiers(2)))
	p.Until(`document.getElementById("palette").open`)
	p.Do(chromedp.KeyEvent("core"))
	p.Until(`document.querySelectorAll("#palette-list [role=option]").length === 1`)
	if c := p.Console(); len(c) > 0 {
		t.Errorf("console: %v", c)
	}
	p.Do(chromedp.KeyEvent(kb.Escape))
	p.Until(`!document.getElementById("palette").open`)
	p.Do(chromedp.Click("#broken"))
	p.Until(`document.querySelectorAll("h1").length === 1 && document.querySelector("h1").textContent === "This page does not exist" && document.querySelectorAll("main").length === 1`)
}
