package ui

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// stateClass maps the word of a state (appliance.State.String and the words of UI components) to the short name its styles have.
var stateClass = map[string]string{
	"ok": "ok", "warning": "warn", "critical": "crit", "nodata": "none", "maintenance": "maint", "paused": "paused",
}

// shapes are drawn on a 16 x 16 grid. The outline differs for each state, so colour is never needed to tell them apart.
var shapes = map[string]string{
	"ok":     `<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.8 8.3l2.2 2.2 4.2-4.6" fill="none" class="sh-cut" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`,
	"warn":   `<path d="M8 1.2 15.2 14.4H.8z" class="sh-warn" stroke-width="1.2" stroke-linejoin="round"/><path d="M8 5.6v4.2" class="sh-bang" stroke-width="1.7" stroke-linecap="round"/><circle cx="8" cy="12.1" r="1" class="sh-dot"/>`,
	"crit":   `<rect x="1" y="1" width="14" height="14" rx="1.5" fill="currentColor"/><path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" class="sh-x" stroke-width="1.9" stroke-linecap="round"/>`,
	"none":   `<path d="M8 .9 15.1 8 8 15.1.9 8z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/><path d="M6.3 6.5c.1-1 .8-1.6 1.8-1.6s1.7.6 1.7 1.5c0 1.2-1.7 1.3-1.7 2.5" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/><circle cx="8.1" cy="11" r=".9" fill="currentColor"/>`,
	"maint":  `<rect x=".8" y="4.2" width="14.4" height="7.6" rx="1.2" fill="currentColor"/><path d="M4.2 11.8l3.4-7.6M8.6 11.8l3.4-7.6" class="sh-cut" stroke-width="1.5"/>`,
	"paused": `<rect x="2.5" y="1.8" width="4" height="12.4" rx="1" fill="currentColor"/><rect x="9.5" y="1.8" width="4" height="12.4" rx="1" fill="currentColor"/>`,
}

// stateName accepts a state as its word or as a value that says its word, such as appliance.State.
func stateName(state any) string {
	switch s := state.(type) {
	case string:
		return s
	case fmt.Stringer:
		return s.String()
	}
	return fmt.Sprint(state)
}

func classOf(state any) (string, error) {
	c, ok := stateClass[stateName(state)]
	if !ok {
		return "", fmt.Errorf("no shape for state %q", stateName(state))
	}
	return c, nil
}

// shape draws the mark of a state at the size of the text around it. It is silent: the word stands beside it.
func shape(state any) (template.HTML, error) {
	c, err := classOf(state)
	if err != nil {
		return "", err
	}
	return template.HTML(drawShape(c)), nil //nolint:gosec // built from our own tables only
}

func drawShape(class string) string {
	return `<svg class="sh c-` + class + `" viewBox="0 0 16 16" aria-hidden="true">` + shapes[class] + `</svg>`
}

// badge is shape and word. An own word may replace the state's; the shape keeps its meaning.
func (l *Lang) badge(state any, word ...string) (template.HTML, error) {
	return l.drawBadge("", state, false, word)
}

// quiet is a badge that is soft even when critical: acknowledged, or part of a history.
func (l *Lang) quiet(state any, word ...string) (template.HTML, error) {
	return l.drawBadge("", state, true, word)
}

// liveBadge is a badge that the event stream replaces: its id is st-<device>-<check>, or st-<device> with an empty check.
func (l *Lang) liveBadge(device, check, state any, handled bool, word ...string) (template.HTML, error) {
	return l.drawBadge(BadgeID(fmt.Sprint(device), fmt.Sprint(check)), state, handled, word)
}

// Badge is a live badge for the event stream, as liveBadge draws it in a page.
func (l *Lang) Badge(device, check string, state any, handled bool) (template.HTML, error) {
	return l.liveBadge(device, check, state, handled)
}

// BadgeID is the id of a live badge in the page. Anything but letters, digits and dashes becomes a dash.
func BadgeID(device, check string) string {
	id := "st-" + device
	if check != "" {
		id += "-" + check
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '-', r == '_':
			return r
		}
		return '-'
	}, id)
}

func (l *Lang) drawBadge(id string, state any, handled bool, word []string) (template.HTML, error) {
	c, err := classOf(state)
	if err != nil {
		return "", err
	}
	text, err := l.Text("state." + stateName(state))
	if err != nil {
		return "", err
	}
	if len(word) > 0 && word[0] != "" {
		text = word[0]
	}
	if id != "" {
		id = ` id="` + id + `"`
	}
	if handled {
		c += " ack"
	}
	return template.HTML(`<span` + id + ` class="st st-` + c + `">` + drawShape(stateClass[stateName(state)]) + html.EscapeString(text) + `</span>`), nil //nolint:gosec // the only foreign text is escaped
}

// days draws the strip of the last days, one bar each. Height and pattern differ by state as well as colour.
func days(id, label string, states []string) (template.HTML, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="svg days" viewBox="0 0 %d 36" role="img" aria-label="%s" preserveAspectRatio="none"><defs><pattern id="hatch-%s" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" class="f-base"/><path d="M0 0v5" class="g-gap"/></pattern></defs>`,
		max(len(states)*12-4, 8), html.EscapeString(label), html.EscapeString(id))
	for i, s := range states {
		x := i * 12
		switch s {
		case "ok":
			fmt.Fprintf(&b, `<rect x="%d" y="8" width="8" height="24" rx="1.5" class="f-ok"/>`, x)
		case "warning":
			fmt.Fprintf(&b, `<path d="M%d 32v-20l4-8 4 8v20z" class="f-warn"/>`, x)
		case "critical":
			fmt.Fprintf(&b, `<rect x="%d" y="0" width="8" height="36" class="f-crit"/>`, x)
		case "nodata", "paused":
			fmt.Fprintf(&b, `<rect x="%d.5" y="8.5" width="7" height="23" fill="url(#hatch-%s)" class="s-none"/>`, x, html.EscapeString(id))
		case "maintenance":
			fmt.Fprintf(&b, `<rect x="%d" y="16" width="8" height="16" class="f-maint"/>`, x)
		case "":
		default:
			return "", fmt.Errorf("no bar for state %q", s)
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // label and id are escaped above
}

// meter is a bar of a whole; the numbers stand in words beside it.
func meter(label string, used, total float64) template.HTML {
	w := 0.0
	if total > 0 {
		w = min(max(used/total, 0), 1) * 300
	}
	return template.HTML(fmt.Sprintf(`<svg class="svg" viewBox="0 0 300 12" role="img" aria-label="%s" preserveAspectRatio="none"><rect width="300" height="12" rx="3" class="f-line"/><rect width="%.1f" height="12" rx="3" class="f-ink"/></svg>`, html.EscapeString(label), w)) //nolint:gosec // label is escaped
}

// battery draws the charge of a UPS; its fill is the state's colour and its words stand beside it.
func battery(label string, percent float64, state any) (template.HTML, error) {
	c, err := classOf(state)
	if err != nil {
		return "", err
	}
	w := min(max(percent, 0), 100) * 1.11
	return template.HTML(fmt.Sprintf(`<svg class="svg" viewBox="0 0 132 44" role="img" aria-label="%s"><rect x="1.5" y="1.5" width="120" height="41" rx="6" class="s-line"/><rect x="124" y="13" width="6" height="18" rx="2" class="f-muted"/><rect x="6" y="6" width="%.1f" height="32" rx="3" class="f-%s"/></svg>`, html.EscapeString(label), w, c)), nil //nolint:gosec // label is escaped
}
