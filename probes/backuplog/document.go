package backuplog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// doc is a rule about JSON documents.
type doc struct {
	when   []docCondition
	each   string
	text   string
	fields map[string]string // field -> path
	rule   *rule
	anchor string
}

type docCondition struct {
	path string
	re   *regexp.Regexp
}

func (c *compiler) doc(f *docFile) *doc {
	d := &doc{each: f.Each, text: f.Text, fields: f.Fields, rule: c.rule(&f.Rule, false)}
	if len(f.When) == 0 {
		c.wrong("documents: a rule needs when")
		return d
	}
	for path, expr := range f.When {
		cond := docCondition{path: path}
		if expr != "" {
			cond.re = c.regexp("when", expr)
		}
		d.when = append(d.when, cond)
		last := path[strings.LastIndexByte(path, '.')+1:]
		if a := `"` + last + `"`; len(a) > len(d.anchor) && path != "[]" {
			d.anchor = a
		}
	}
	slices.SortFunc(d.when, func(a, b docCondition) int { return strings.Compare(a.path, b.path) })
	for name := range f.Fields {
		if !fieldNames[name] {
			c.wrong("documents: there is no field %q", name)
		}
	}
	return d
}

// Bounds of a document.
const (
	maxDocument = 1 << 20
	maxElements = 20_000
)

// balanced finds where a JSON value that begins at text[0] ends; 0 when it does not within text.
func balanced(text []byte) int {
	level, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if level++; level > 64 {
				return 0
			}
		case c == '}' || c == ']':
			if level--; level == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// decodeDocument gives the value, nil when it is no JSON.
func decodeDocument(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// at finds the value of a dotted path, a list's elements by number.
func at(v any, path string) (any, bool) {
	if path == "" || path == "." {
		return v, true
	}
	for _, key := range strings.Split(path, ".") {
		switch c := v.(type) {
		case map[string]any:
			next, ok := c[key]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n < 0 || n >= len(c) {
				return nil, false
			}
			v = c[n]
		default:
			return nil, false
		}
	}
	return v, v != nil
}

func textOf(v any) string {
	switch c := v.(type) {
	case nil:
		return ""
	case string:
		return c
	case json.Number:
		return c.String()
	case []any:
		var parts []string
		for _, e := range c {
			parts = append(parts, textOf(e))
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		return ""
	}
	return fmt.Sprint(v)
}

func (d *doc) holds(v any, listed bool) bool {
	for _, c := range d.when {
		if c.path == "[]" { // an element of a list
			if !listed {
				return false
			}
			continue
		}
		got, ok := at(v, c.path)
		if !ok || c.re != nil && !c.re.MatchString(textOf(got)) {
			return false
		}
	}
	return true
}

// fill puts values into the places of a template: "{level} {stats.errors}".
func fill(template string, v any) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(template, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		path, after, ok := strings.Cut(rest, "}")
		if !ok {
			return b.String()
		}
		got, _ := at(v, path)
		b.WriteString(strings.Trim(textOf(got), " \t"))
		template = after
	}
}
