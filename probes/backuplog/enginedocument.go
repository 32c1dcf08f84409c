package backuplog

import (
	"bytes"
	"slices"
)

// document reads the JSON value or XML event that begins here. It gives its length, 0 when it is none, -1 when it may not be
// whole yet.
func (e *engine) document(text []byte, at int64, last bool) int {
	if len(text) == 0 {
		return 0
	}
	if text[0] == '<' {
		return e.eventXML(text, at, last)
	}
	limited := text[:min(len(text), maxDocument)]
	n := balanced(limited)
	if n == 0 {
		if !last && len(text) < maxDocument && !hopeless(limited) {
			return -1
		}
		e.misses += len(limited)
		return 0
	}
	e.json(text[:n], at)
	return n
}

// hopeless says that what begins with a bracket is no JSON: { or [ is followed by a quote or a bracket there.
func hopeless(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && bytes.IndexByte([]byte(`"{}[]0123456789-tfn`), rest[0]) < 0
}

func (e *engine) json(text []byte, at int64) {
	e.forget()
	state := uint16(0)
	for i := 0; i < len(text); {
		var n int
		state, n = e.find.find(text[i:], state)
		i += n
		if state >= e.find.first {
			e.collect(state)
		}
	}
	var todo []ref
	for _, f := range e.touched {
		for _, d := range e.docs[f] {
			todo = append(todo, ref{f, d, true})
		}
	}
	e.forget()
	if len(todo) == 0 {
		return
	}
	v := decodeDocument(text)
	if v == nil {
		return
	}
	slices.SortFunc(todo, func(a, b ref) int {
		if a.format != b.format {
			return a.format - b.format
		}
		return a.rule - b.rule
	})
	roots := []any{v}
	l, listed := v.([]any)
	if listed {
		roots = l[:min(len(l), maxElements)]
	}
	for _, root := range roots {
		e.apply(root, listed, todo, at, int64(len(text)))
	}
}

// apply holds one document against the rules of each format; the first that fits counts.
func (e *engine) apply(v any, listed bool, todo []ref, from, length int64) {
	done := -1
	for _, r := range todo {
		if r.format == done {
			continue
		}
		m := e.machine(r.format)
		d := m.f.docs[r.rule]
		if !d.holds(v, listed) {
			continue
		}
		done = r.format
		parts := []any{v}
		if d.each != "" {
			list, _ := at(v, d.each)
			parts, _ = list.([]any)
			if len(parts) > maxElements {
				parts = parts[:maxElements]
			}
		}
		for _, part := range parts {
			e.part(m, d, part, from, length)
		}
		if d.rule.also {
			done = -1
		}
	}
}

// document1 makes a line of a document, or fields for a rule.
func (e *engine) part(m *machine, d *doc, v any, from, length int64) {
	l := line{at: from, len: length, made: true}
	fields := map[string]string{}
	for name, path := range d.fields {
		if got, ok := at(v, path); ok {
			if t := textOf(got); t != "" {
				fields[name] = t
			}
		}
	}
	if t, ok := fields["time"]; ok {
		l.time, _ = m.clock.parse(t)
		delete(fields, "time")
	}
	l.text = clipLong(fill(d.text, v))
	l.whole = l.text
	if d.text != "" {
		e.lineOf(m, l)
		return
	}
	if l.whole == "" {
		l.whole, l.text = fields["message"], fields["message"]
	}
	for k, v := range d.rule.set {
		fields[k] = v
	}
	m.act(l, d.rule, fields)
	e.more = e.more || m.full()
}

// lineOf hands a line made of a document to the rules of its own format.
func (e *engine) lineOf(m *machine, l line) {
	all := make([]int, len(m.f.rules))
	for i := range all {
		all[i] = i
	}
	for i, text := range splitLines(l.text) {
		part := l
		part.text, part.whole = text, text
		if i > 0 && text == "" {
			continue
		}
		m.take(part, all)
	}
	e.more = e.more || m.full()
}

func clipLong(s string) string {
	if len(s) > maxLine {
		return s[:maxLine]
	}
	return s
}

func splitLines(s string) []string {
	var out []string
	for _, p := range bytes.FieldsFunc([]byte(s), func(r rune) bool { return r == '\n' || r == '\r' }) {
		out = append(out, string(p))
		if len(out) == 200 {
			break
		}
	}
	return out
}
