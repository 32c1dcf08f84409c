package profile

import (
	"fmt"
	"regexp"
	"strings"
)

// template is a text with objects in it: "{ifName|ifDescr} on {sysName}". Of names with | between them the first that
// has a text counts. When all objects of a template are empty, so is its text.
type template struct {
	parts []part
	short *regexp.Regexp // of labels: what people need of a long one
}

// shorten gives the texts of the groups, joined by spaces; a text that does not match stays as it is.
func (t *template) shorten(text string) string {
	if t.short == nil {
		return text
	}
	groups := t.short.FindStringSubmatch(text)
	if groups == nil {
		return text
	}
	if s := strings.Join(strings.Fields(strings.Join(groups[1:], " ")), " "); s != "" {
		return s
	}
	return text
}

type part struct {
	literal string
	names   []string // [] = a literal
}

func parseTemplate(s string) (*template, error) {
	t := &template{}
	for s != "" {
		before, rest, found := strings.Cut(s, "{")
		if before != "" {
			t.parts = append(t.parts, part{literal: before})
		}
		if !found {
			break
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed || inner == "" {
			return nil, fmt.Errorf("template %q: a { without a name and a }", s)
		}
		names := strings.Split(inner, "|")
		for i, n := range names {
			names[i] = strings.TrimSpace(n)
			if names[i] == "" {
				return nil, fmt.Errorf("template %q: an empty name", s)
			}
		}
		t.parts = append(t.parts, part{names: names})
		s = after
	}
	return t, nil
}

// names lists all objects of the template.
func (t *template) names() []string {
	var all []string
	for _, p := range t.parts {
		all = append(all, p.names...)
	}
	return all
}

// render fills the template; value gives the text of an object.
func (t *template) render(value func(name string) string) string {
	if len(t.parts) == 1 {
		return t.parts[0].render(value)
	}
	var out strings.Builder
	filled, objects := false, false
	for _, p := range t.parts {
		s := p.render(value)
		objects = objects || p.names != nil
		filled = filled || p.names != nil && s != ""
		out.WriteString(s)
	}
	if objects && !filled {
		return ""
	}
	return strings.TrimSpace(limited(out.String()))
}

func (p part) render(value func(name string) string) string {
	for _, n := range p.names {
		if s := value(n); s != "" {
			return s
		}
	}
	return p.literal
}

// limited cuts a text to maxText bytes at a character's boundary.
func limited(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}
