package backuplog

import (
	"bytes"
	"context"
	"slices"
	"time"
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
