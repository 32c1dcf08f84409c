package ui

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"strings"
	"time"

	"siteward/ui/view"
)

// funcs are the words of the templates in one language. The list is in docs/ui.md.
func (r *Renderer) funcs(l *Lang) template.FuncMap {
	return template.FuncMap{
		// words and marks
		"T": l.Text, "say": l.Say, "badge": l.badge, "quiet": l.quiet, "liveBadge": l.liveBadge, "shape": shape, "icon": r.icon,
		// time
		"date": l.Date, "day": l.Day, "shortDate": l.ShortDate, "hm": l.HM, "hms": l.HMS, "clock": l.Clock, "clockSec": l.ClockSec,
		"between": l.Range, "dateTime": l.DateTime, "duration": l.Duration, "iso": l.iso, "ago": l.ago, "when": l.when,
		// figures
		"int": integer(l), "num": l.Num, "percent": l.Percent, "bytes": l.Bytes, "bits": l.Bits, "value": l.Value, "money": l.Money,
		// drawings
		"days": days, "meter": meter, "battery": battery, "ports": ports, "chart": l.chart,
		// plumbing
		"asset": r.Assets.URL, "field": field, "ev": r.evidence, "list": func(v ...any) []any { return v }, "languages": func() []string { return Languages },
		"now": func() int64 { return r.now().Unix() }, "add": func(a, b int) int { return a + b },
	}
}

// icon draws a sign of the sprite. It is silent: icons always stand beside a word.
func (r *Renderer) icon(name string) (template.HTML, error) {
	u, err := r.Assets.URL("icons.svg")
	if err != nil {
		return "", err
	}
	return template.HTML(`<svg class="ic" aria-hidden="true"><use href="` + u + `#` + html.EscapeString(name) + `"/></svg>`), nil //nolint:gosec // built from our own tables only
}

// evidence is the one way to "show me": a link that opens the drawer, or the page of it without script.
func (r *Renderer) evidence(href, text string) (template.HTML, error) {
	icon, err := r.icon("receipt-text")
	if err != nil {
		return "", err
	}
	h := html.EscapeString(ours(href))
	return template.HTML(`<a class="ev" href="` + h + `" hx-get="` + h + `" hx-target="#drawer" hx-swap="innerHTML" hx-push-url="true">` + string(icon) + html.EscapeString(text) + `</a>`), nil //nolint:gosec // both texts are escaped
}

// ours lets only addresses of this server through: a link made from a device's text must not run or lead away.
func ours(href string) string {
	if strings.HasPrefix(href, "#") || (strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.HasPrefix(href, `/\`)) {
		return href
	}
	return "#"
}

func (l *Lang) iso(t time.Time) string { return l.Local(t).Format(time.RFC3339) }

// ago is a relative time with the absolute one in its title; a person sees "22 min", and the exact time on hover.
func (l *Lang) ago(t time.Time) template.HTML { return l.timeTag(t, l.Ago(t), " data-ago") }

// when is the shortest exact time with the whole one in its title.
func (l *Lang) when(t time.Time) template.HTML { return l.timeTag(t, l.When(t), "") }

func (l *Lang) timeTag(t time.Time, text, attr string) template.HTML {
	if t.IsZero() {
		return "–"
	}
	return template.HTML(`<time datetime="` + l.iso(t) + `" title="` + l.DateTime(t) + `"` + attr + `>` + text + `</time>`) //nolint:gosec // only our own words and digits
}

func integer(l *Lang) func(any) (string, error) {
	return func(v any) (string, error) {
		n, ok := whole(v)
		if !ok {
			return "", fmt.Errorf("%v is no whole number", v)
		}
		return l.Int(n), nil
	}
}

// field builds a form field from the form and name, value pairs: label, hint, type, options, autocomplete, width, …
func field(form view.Form, name string, args ...any) (view.Field, error) {
	f := view.Field{Name: name, Type: "text", Value: form.Value(name), Error: form.Error(name)}
	if len(args)%2 != 0 {
		return f, fmt.Errorf("field %s: settings come as name, value", name)
	}
	for i := 0; i < len(args); i += 2 {
		key, _ := args[i].(string)
		set, ok := fieldSettings[key]
		if !ok {
			return f, fmt.Errorf("field %s: no setting %q", name, key)
		}
		if !set(&f, args[i+1]) {
			return f, fmt.Errorf("field %s: setting %s cannot be %T", name, key, args[i+1])
		}
	}
	if f.Type == "checkbox" {
		f.Checked = f.Value != ""
	}
	return f, nil
}

// to makes a setting from the place it writes to.
func to[V any](place func(*view.Field) *V) func(*view.Field, any) bool {
	return func(f *view.Field, v any) bool {
		x, ok := v.(V)
		if ok {
			*place(f) = x
		}
		return ok
	}
}

var fieldSettings = map[string]func(*view.Field, any) bool{
	"label":        to(func(f *view.Field) *string { return &f.Label }),
	"hint":         to(func(f *view.Field) *string { return &f.Hint }),
	"type":         to(func(f *view.Field) *string { return &f.Type }),
	"value":        to(func(f *view.Field) *string { return &f.Value }),
	"autocomplete": to(func(f *view.Field) *string { return &f.Autocomplete }),
	"pattern":      to(func(f *view.Field) *string { return &f.Pattern }),
	"inputmode":    to(func(f *view.Field) *string { return &f.Inputmode }),
	"placeholder":  to(func(f *view.Field) *string { return &f.Placeholder }),
	"width":        to(func(f *view.Field) *string { return &f.Width }),
	"rows":         to(func(f *view.Field) *int { return &f.Rows }),
	"min":          to(func(f *view.Field) *int { return &f.Min }),
	"max":          to(func(f *view.Field) *int { return &f.Max }),
	"options":      to(func(f *view.Field) *[]view.Option { return &f.Options }),
	"optional":     to(func(f *view.Field) *bool { return &f.Optional }),
	"mono":         to(func(f *view.Field) *bool { return &f.Mono }),
	"autofocus":    to(func(f *view.Field) *bool { return &f.Autofocus }),
	"locked":       to(func(f *view.Field) *string { return &f.Locked }),
	"readonly":     to(func(f *view.Field) *bool { return &f.ReadOnly }),
}

// ports draws the front of a switch: the state is in the drawing, not only in the colour, and each port is a link to its row.
func ports(p view.PortPanel) template.HTML {
	var b strings.Builder
	const size, gap, pitch = 46, 16, 60
	cols := (len(p.Ports) + 1) / 2
	linkX := 16 + cols*pitch + max(cols-1, 0)/6*gap + gap
	width := max(linkX+len(p.Links)*58+8, 300)
	fmt.Fprintf(&b, `<svg class="svg panel" viewBox="0 0 %d 132" role="group" aria-label="%s"><rect x="1" y="1" width="%d" height="130" rx="8" class="f-chassis"/>`, width, html.EscapeString(p.Label), width-2)
	for i, port := range p.Ports {
		drawPort(&b, 16+i/2*pitch+i/2/6*gap, 20+i%2*50, port)
	}
	for i, port := range p.Links {
		drawPort(&b, linkX+i*58, 70, port)
	}
	if len(p.Links) > 0 {
		fmt.Fprintf(&b, `<text x="%d" y="52">%s</text>`, linkX, html.EscapeString(p.Uplinks))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // all foreign text is escaped
}

// portMarks are drawn around the middle of a port.
var portMarks = map[string]string{
	"link":   `<circle r="7" class="f-ok"/>`,
	"slow":   `<path d="M0-9l8.5 15h-17z" class="f-warn"/><path d="M0-3v5" class="sh-bang" stroke-width="2" stroke-linecap="round"/>`,
	"errors": `<path d="M0-9l8.5 15h-17z" class="f-warn"/><path d="M0-3v5" class="sh-bang" stroke-width="2" stroke-linecap="round"/>`,
	"down":   `<rect x="-7.5" y="-7.5" width="15" height="15" rx="1.5" class="f-crit"/><path d="M-3-3l6 6m0-6l-6 6" class="sh-white" stroke-width="2" stroke-linecap="round"/>`,
	"off":    `<rect x="-6" y="-6" width="4" height="13" class="f-muted"/><rect x="2" y="-6" width="4" height="13" class="f-muted"/>`,
	"nodata": `<path d="M0-7l7 7-7 7-7-7z" class="f-none"/>`,
	"none":   `<circle r="2.5" class="f-muted"/>`,
	"feeds":  `<path d="M2-10l-9 12h6l-2 9 9-12h-6l2-9z" class="f-ink"/>`,
}

func drawPort(b *strings.Builder, x, y int, p view.Port) {
	mark := portMarks[p.State]
	if p.Text != "" {
		mark = ""
	}
	fmt.Fprintf(b, `<a href="%s" aria-label="%s: %s"><rect x="%d" y="%d" width="46" height="40" rx="3" class="port"/><g transform="translate(%d %d)">%s</g>`,
		html.EscapeString(ours(p.Href)), html.EscapeString(cmp.Or(p.Title, p.Name)), html.EscapeString(p.Word), x, y, x+23, y+16, mark)
	if p.PoE {
		fmt.Fprintf(b, `<path d="M%d %dl-5 8h4l-1 6 6-9h-4l1-5z" class="f-ink"/>`, x+38, y+5)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">%s</text></a>`, x+23, y+36, html.EscapeString(p.Name))
	if p.Text != "" { // said in the link's own words, so that it is not read twice
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" class="port-text" aria-hidden="true">%s</text>`, x+23, y+21, html.EscapeString(p.Text))
	}
}
