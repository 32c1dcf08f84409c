package backuplog

import (
	"bytes"
	"context"
	"slices"
	"time"

	"siteward/appliance"
)

// engine leads a text through the machines of all formats at once.
type engine struct {
	ctx   context.Context
	o     Options
	clock clock
	find  *automaton
	refs  [][]ref

	machines []*machine // by format, nil until a text of it was found
	touched  []int      // formats with finds in the line at hand
	rules    [][]int    // of each format: the rules
	docs     [][]int    // of each format: the document rules
	misses   int        // bytes looked through for the end of documents that had none
	more     bool
}

func newEngine(ctx context.Context, o Options) *engine {
	e := &engine{ctx: ctx, o: o, clock: clock{loc: o.Location, now: o.Now}}
	e.find, e.refs = o.Formats.automaton()
	n := len(o.Formats.formats)
	e.machines, e.rules, e.docs = make([]*machine, n), make([][]int, n), make([][]int, n)
	return e
}

func (e *engine) machine(n int) *machine {
	if e.machines[n] == nil {
		f := e.o.Formats.formats[n]
		c := e.clock
		c.monthFirst = f.monthFirst
		e.machines[n] = &machine{f: f, clock: c, name: e.o.Name, keyed: map[string]*run{}, group: -1, resumed: e.o.Offset > 0}
	}
	return e.machines[n]
}

// run reads the source to its end and gives where its last whole line ends.
func (e *engine) run(s *source) int64 {
	buf := make([]byte, windowSize)
	have, base, end := 0, e.o.Offset, false // base: place of buf[0] in the source
	newline := true                         // what stands before buf[0] ended a line
	for !end && !e.more {
		k := s.read(buf[have:])
		if k == 0 {
			end = true
		}
		have += k
		if have == 0 {
			break
		}
		cut := lastEnd(buf[:have]) + 1
		switch {
		case end && e.o.Final:
			cut = have // the last line may be half a line, and is all there will be
		case cut == 0 && have >= len(buf)-16:
			cut = have // a line longer than the window
		case cut == 0 && end:
			return base
		case cut == 0:
			continue
		}
		done := e.window(s, buf[:cut], buf[:have], base, newline, end)
		if done < cut && done > 0 {
			cut = done
		}
		if done == 0 && !end { // a document that needs a greater window
			if len(buf) >= maxDocument {
				e.window(s, buf[:cut], buf[:have], base, newline, true)
			} else {
				bigger := make([]byte, len(buf)*2)
				copy(bigger, buf[:have])
				buf = bigger
				continue
			}
		}
		newline = cut > 0 && (buf[cut-1] == '\n' || buf[cut-1] == '\r')
		base += s.rawLen(buf[:cut])
		have = copy(buf, buf[cut:have])
	}
	return base
}

func lastEnd(b []byte) int {
	return max(bytes.LastIndexByte(b, '\n'), bytes.LastIndexByte(b, '\r'))
}

// window looks through whole lines. all is what is in memory behind them, for documents that go on. It gives how far it came:
// less than text when a document does not end yet (last says that nothing more will come).
func (e *engine) window(s *source, text, all []byte, base int64, newline, last bool) int {
	state := uint16(0)
	if newline {
		state, _ = e.find.find([]byte{'\n'}, 0)
	}
	at, line, raw := 0, 0, base // raw: place of text[line] in the source
	for at < len(text) {
		var n int
		state, n = e.find.find(text[at:], state)
		at += n
		if state < e.find.first {
			break
		}
		behind := at
		if isEnd(text[at-1]) { // "\n[\n"
			behind--
		}
		start := line + lastEnd(text[line:max(behind, line)]) + 1
		raw += s.rawLen(text[line:start])
		line = start
		if e.opens(state) && e.misses < 16<<20 {
			switch stop := e.document(all[start:], raw, last); {
			case stop < 0:
				if start == 0 {
					return 0
				}
				return start
			case stop > 0 && start+stop <= len(text):
				raw += s.rawLen(text[start : start+stop])
				at, line, state = start+stop, start+stop, 0
				continue
			case stop > 0: // it goes on behind the window's last line
				return start + stop
			}
		}
		stop := len(text)
		if i := bytes.IndexAny(text[at:], "\r\n"); i >= 0 && !isEnd(text[at-1]) {
			stop = at + i
		} else if isEnd(text[at-1]) {
			stop = max(at-1, start)
		}
		e.collect(state)
		for at < stop {
			state, n = e.find.find(text[at:stop], state)
			at += n
			if state >= e.find.first {
				e.collect(state)
			}
		}
		at = stop
		e.line(text[start:stop], raw, s.rawLen(text[start:min(stop+1, len(text))]))
	}
	return len(text)
}

func isEnd(c byte) bool { return c == '\n' || c == '\r' }

// opens says that the find is the beginning of a document.
func (e *engine) opens(state uint16) bool {
	return slices.ContainsFunc(e.find.texts(state), func(n int32) bool { return int(n) < len(openings) })
}

// collect notes which rules may mean the line at hand.
func (e *engine) collect(state uint16) {
	for _, n := range e.find.texts(state) {
		for _, r := range e.refs[n] {
			if len(e.rules[r.format]) == 0 && len(e.docs[r.format]) == 0 {
				e.touched = append(e.touched, r.format)
			}
			if r.doc {
				if !slices.Contains(e.docs[r.format], r.rule) {
					e.docs[r.format] = append(e.docs[r.format], r.rule)
				}
			} else if !slices.Contains(e.rules[r.format], r.rule) {
				e.rules[r.format] = append(e.rules[r.format], r.rule)
			}
		}
	}
}

func (e *engine) forget() {
	for _, f := range e.touched {
		e.rules[f], e.docs[f] = e.rules[f][:0], e.docs[f][:0]
	}
	e.touched = e.touched[:0]
}

// line hands a line to the machines whose texts stand in it.
func (e *engine) line(raw []byte, at, length int64) {
	if len(e.touched) == 0 {
		return
	}
	if len(raw) > maxLine {
		raw = raw[:maxLine]
	}
	l := line{at: at, len: length, whole: textLine(raw)}
	e.clock.open(&l)
	e.hand(l)
	e.forget()
}

func (e *engine) hand(l line) {
	for _, f := range e.touched {
		if len(e.rules[f]) == 0 {
			continue
		}
		slices.Sort(e.rules[f])
		m := e.machine(f)
		if m.clock.monthFirst && !l.made {
			l := l
			l.time, l.level = time.Time{}, ""
			m.clock.open(&l)
			m.take(l, e.rules[f])
		} else {
			m.take(l, e.rules[f])
		}
		e.more = e.more || m.full()
	}
}

// synthetic hands over a line that was made of a document.
func (e *engine) synthetic(l line) {
	e.forget()
	state := uint16(0)
	b := []byte(l.text)
	for at := 0; at < len(b); {
		var n int
		state, n = e.find.find(b[at:], state)
		at += n
		if state >= e.find.first {
			e.collect(state)
		}
	}
	e.hand(l)
	e.forget()
}

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

// chosen are the machines whose runs and events count, the best first.
func (e *engine) chosen() []*machine {
	var all []*machine
	known := e.o.Product != "" && e.o.Product != "script"
	for _, m := range e.machines {
		if m != nil {
			m.drain()
			known = known || m.signs > 0 && !m.f.last && (len(m.runs) > 0 || len(m.events) > 0 || m.group >= 0 || m.state != nil)
		}
	}
	for _, m := range e.machines {
		if m == nil || m.f.last && known {
			continue
		}
		if (m.signs > 0 || e.o.Product != "" && m.f.Product == e.o.Product) && (len(m.runs) > 0 || len(m.events) > 0 || m.state != nil) {
			all = append(all, m)
		}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(m *machine) bool {
		return slices.ContainsFunc(all, func(o *machine) bool {
			return o != m && (slices.Contains(o.f.over, m.f.Name) || slices.Contains(o.f.over, "*") && !slices.Contains(m.f.over, "*"))
		})
	})
	slices.SortStableFunc(all, func(a, b *machine) int {
		if known := e.o.Product; known != "" && (a.f.Product == known) != (b.f.Product == known) {
			if a.f.Product == known {
				return -1
			}
			return 1
		}
		return b.signs - a.signs
	})
	return all
}

// waiting is where a run begins of which nobody knows yet whose it is: its sign may be in the next lines.
func (e *engine) waiting(end int64) int64 {
	from := end
	for _, m := range e.machines {
		if m == nil || m.signs > 0 {
			continue
		}
		for n, c := range m.runs {
			if !m.settled(n, false) && c.from > end-windowSize {
				from = min(from, c.from)
			}
		}
	}
	return from
}

func (e *engine) result(s *source, end int64) Result {
	res := Result{Encoding: trimComma(s.name), Resume: end, More: e.more || s.limited}
	chosen := e.chosen()
	for _, m := range e.machines {
		if m != nil && m.signs > 0 && m.group >= 0 { // a session has begun, its runs have not
			res.Resume = min(res.Resume, m.resume(end, e.o.Final))
		}
	}
	for _, m := range chosen {
		if res.Product == "" {
			res.Product = m.f.Product
		}
		res.Runs = append(res.Runs, m.finish(e.o)...)
		res.Events = append(res.Events, m.events...)
		if res.State == nil && m.state != nil && m.state.Status != "" {
			res.State = m.state
		}
		res.Resume = min(res.Resume, m.resume(end, e.o.Final))
		if m.backwards {
			res.Resume = e.o.Offset
		}
	}
	if len(chosen) == 0 && !e.o.Final {
		res.Resume = e.waiting(end)
	}
	if len(chosen) > 1 {
		slices.SortStableFunc(res.Runs, func(a, b appliance.Run) int { return a.Started.Compare(b.Started) })
	}
	return res
}

func trimComma(s string) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == ',') {
		s = s[:len(s)-1]
	}
	return s
}
