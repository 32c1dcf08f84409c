package uitest

import (
	"fmt"
	"os"
	"path/filepath"
)

// Tour holds a page to what each of ours must be: by day and night, at a desk and on a phone. SITEWARD_SHOTS names a folder for
// pictures of all four. Without pictures the night is looked at once, because it changes nothing but colours; outside CI one look must do.
func (p *Page) Tour(name string) {
	p.tb.Helper()
	desk, night, phone, darkPhone := Look{Width: 1280}, Look{Width: 1280, Dark: true}, Look{Width: 390}, Look{Width: 390, Dark: true}
	switch {
	case os.Getenv("SITEWARD_SHOTS") != "":
		p.each(name, desk, night, phone, darkPhone)
	case os.Getenv("CI") == "true":
		p.each(name, desk, night, phone)
	default:
		p.each(name, darkPhone)
	}
}

// Glance is Tour for a variant of a page that was toured: one look at a desk by day, one on a phone by night.
func (p *Page) Glance(name string) {
	p.tb.Helper()
	desk, phone := Look{Width: 1280}, Look{Width: 390, Dark: true}
	if os.Getenv("CI") != "true" && os.Getenv("SITEWARD_SHOTS") == "" {
		p.each(name, phone)
		return
	}
	p.each(name, desk, phone)
}

func (p *Page) each(name string, looks ...Look) {
	p.tb.Helper()
	for _, l := range looks {
		title := fmt.Sprintf("%s-%d-%s", name, l.Width, map[bool]string{false: "day", true: "night"}[l.Dark])
		p.See(l)
		p.Accept(title)
		if shots := os.Getenv("SITEWARD_SHOTS"); shots != "" {
			p.Shot(filepath.Join(shots, title+".png"))
		}
	}
	p.See(Look{}) // whoever goes on is at a desk
}
