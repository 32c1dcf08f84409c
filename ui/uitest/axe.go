package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"siteward/internal/peer"
)

// Violation is a rule of axe-core that a page breaks, with the first place where.
type Violation struct {
	ID, Impact, HTML, Summary string
	Count                     int
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s, %d times): %s\n\t%s", v.ID, v.Impact, v.Count, v.HTML, v.Summary)
}

var axeSource = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "node_modules", "axe-core", "axe.min.js"))
	return string(b), err
})

// Axe runs axe-core on the page: WCAG 2.0 to 2.2, A and AA, and its best practices. On a page that was looked at by day, and with which
// nothing was done since, the night changes nothing but colours: then only their contrast is asked.
func (p *Page) Axe() []Violation {
	p.tb.Helper()
	src, err := axeSource()
	if err != nil {
		if os.Getenv("CI") == "true" {
			p.tb.Fatalf("axe-core is missing, run npm ci: %v", err)
		}
		p.tb.Skip("axe-core is missing, run npm ci")
	}
	if Eval[bool](p, "typeof axe === 'undefined'") { // also after a link or a form led to another page
		Eval[any](p, src+"; null")
		clear(p.examined)
	}
	rules := `"wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"`
	if dark, ok := p.examined[p.look.shape()]; ok && dark != p.look.Dark {
		rules = `"color-contrast"`
	} else {
		p.examined[p.look.shape()] = p.look.Dark
	}
	// What passes is of no interest, and writing it down takes axe longer than all its rules together.
	return Eval[[]Violation](p, `axe.run(document, {preload: false, resultTypes: ["violations"], runOnly: [`+rules+`]}).then(r => r.violations.map(v => ({
		ID: v.id, Impact: v.impact || "", Count: v.nodes.length, HTML: v.nodes[0].html.slice(0, 200), Summary: (v.nodes[0].failureSummary || "").split("\n").slice(1).join(" ").trim()})))`)
}

// Accept holds a page to what each of ours must be: no violation, no sideways scrolling, a quiet console, one h1, a title.
func (p *Page) Accept(name string) {
	p.tb.Helper()
	for _, v := range p.Axe() {
		p.tb.Errorf("%s: axe: %s", name, v)
	}
	if n := p.Overflow(); n > 0 {
		p.tb.Errorf("%s: page is wider than the window by %d px", name, n)
	}
	if n := Eval[int](p, "document.querySelectorAll('h1').length"); n != 1 {
		p.tb.Errorf("%s: %d h1", name, n)
	}
	if c := p.Console(); len(c) > 0 {
		p.tb.Errorf("%s: console: %s", name, strings.Join(c, "\n\t"))
	}
}
