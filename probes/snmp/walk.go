package snmp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// Bounds of one walk. An agent that always has one more row would be walked for ever.
const (
	maxWalkVars  = 10_000
	maxWalkTime  = 30 * time.Second
	maxWalkBytes = 4 << 20
	maxAbreast   = 16 // columns in one request
)

// walker is one call of Walk.
type walker struct {
	*asker
	cols  []*column
	begun time.Time
	vars  int  // of all columns
	bytes int  // of all answers
	mute  int  // requests in a row without a proper answer
	trial bool // of one column alone, after all together were not answered
	lost  int  // columns given up in a row
	safe  fit  // what was known before the trouble with the request under way
	cut   error
	oids  []mib.OID
	live  []*column
}

// Walk implements mib.Asker.
func (a *asker) Walk(ctx context.Context, columns []mib.OID) ([]mib.Varbind, error) {
	if len(columns) == 0 {
		return nil, nil
	}
	if err := a.greet(ctx); err != nil {
		return nil, err
	}
	w := &walker{asker: a, cols: make([]*column, 0, len(columns)), begun: time.Now()}
	for _, o := range columns {
		if a.mem.version != gosnmp.Version1 || !wide(o) {
			w.cols = append(w.cols, &column{base: o, cursor: o})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, maxWalkTime)
	defer cancel()
	for w.cut == nil && w.abreast() > 0 {
		w.step(ctx)
	}
	return w.result()
}

// abreast chooses the columns of the next request: the first ones that have not ended, as many as the agent stands.
func (w *walker) abreast() int {
	most := min(maxAbreast, w.fit().next())
	if w.trial {
		most = 1
	}
	w.live = w.live[:0]
	for _, c := range w.cols {
		if !c.done {
			if w.live = append(w.live, c); len(w.live) == most {
				break
			}
		}
	}
	return len(w.live)
}

// bulky says whether GETBULK is used.
func (w *walker) bulky() bool { return w.mem.version != gosnmp.Version1 && !w.mem.noBulk }

func (w *walker) fit() *fit {
	if w.bulky() {
		return &w.mem.bulk
	}
	return &w.mem.get
}

// reps fits the repetitions to what the agent stands and to the size of a message.
func (w *walker) reps() int {
	if w.trial {
		return 1
	}
	row := 0
	for _, c := range w.live {
		row += c.mean()
	}
	byBytes := (maxMessage - w.mem.envelope()) / row
	return max(1, min(w.mem.bulk.next()/len(w.live), byBytes))
}

// step sends one request for the next rows of the live columns and takes the answer.
func (w *walker) step(ctx context.Context) {
	w.oids = w.oids[:0]
	for _, c := range w.live {
		w.oids = append(w.oids, c.cursor)
	}
	q := request{op: opNext, oids: w.oids}
	if w.bulky() {
		q.op, q.reps = opBulk, w.reps()
	}
	r, err := w.ask(ctx, &q, w.triesFor(&q))
	if err != nil {
		w.failed(ctx, &q, err)
		return
	}
	w.bytes += r.size
	switch {
	case r.status == gosnmp.NoError && len(r.vars) > 0:
		w.mute, w.lost = 0, 0
		w.fit().worked(min(q.size(), len(r.vars)))
		w.trial = false
		w.rows(r.vars)
	case r.status == gosnmp.NoSuchName && r.index >= 1 && r.index <= len(w.live):
		w.mute, w.trial = 0, false
		w.beyond(w.live[r.index-1].cursor)
	case r.status == gosnmp.GenErr && r.index >= 1 && r.index <= len(w.live):
		w.live[r.index-1].end(answeredWith(r.status).Error())
	default:
		w.failed(ctx, &q, answeredWith(r.status))
	}
	w.bound()
}

// triesFor is that of getter: sizes that have been answered get a second try, the smallest request a third.
func (w *walker) triesFor(q *request) int {
	switch {
	case q.size() == 1:
		return tries
	case q.size() <= w.fit().good:
		return 2
	}
	return 1
}

// rows takes whole rows, and the row that was cut off only when it is the only one.
func (w *walker) rows(vars []mib.Varbind) {
	n := len(w.live)
	if len(vars) > n {
		vars = vars[:len(vars)/n*n]
	}
	before := w.total()
	for i := range vars {
		w.live[i%n].take(&vars[i])
	}
	w.vars += w.total() - before
}

func (w *walker) total() (n int) {
	for _, c := range w.live {
		n += len(c.vars)
	}
	return n
}

// beyond ends all columns that stand at or behind the end of a version 1 agent's objects.
func (w *walker) beyond(end mib.OID) {
	for _, c := range w.cols {
		if mib.Compare(c.cursor, end) >= 0 {
			c.done = true
		}
	}
}

// failed makes the next request smaller: fewer rows, then fewer columns, then GETNEXT instead of GETBULK, and in the end
// it gives up the column.
func (w *walker) failed(ctx context.Context, q *request, err error) {
	switch {
	case ctx.Err() != nil:
		w.cut = ctx.Err()
		return
	case !again(err) || errors.Is(err, errRefused):
		w.cut = err
		return
	}
	if dead := w.alive(ctx, err); dead != nil {
		w.cut = dead
		return
	}
	if w.mute++; w.mute == 1 {
		w.safe = *w.fit()
	}
	never := q.op == opBulk && w.mem.bulk.good == 0
	switch {
	case never && w.mute == 2 && q.size() > 1:
		w.trial = true
	case q.op == opBulk && q.size() == 1 && never:
		w.log.Printf("GETBULK is not answered; going on with GETNEXT")
		w.mem.noBulk, w.trial, w.mute = true, true, 1
	case q.size() > 1:
		w.fit().failed(q.size())
	default:
		w.giveUp(err)
	}
}

// giveUp ends a column that is not answered even alone. The sizes learned meanwhile say nothing: it was the column.
func (w *walker) giveUp(err error) {
	w.live[0].end(err.Error())
	if w.trial {
		w.mem.noBulk, w.trial = false, false
	}
	*w.fit() = w.safe
	w.mute = 0
	if w.lost++; w.lost >= maxMute {
		w.cut = err
	}
}

// bound stops a walk that has become too long.
func (w *walker) bound() {
	switch {
	case w.cut != nil:
	case w.vars > maxWalkVars:
		w.cut = fmt.Errorf("more than %d objects", maxWalkVars)
	case w.bytes > maxWalkBytes:
		w.cut = fmt.Errorf("more than %d MiB", maxWalkBytes>>20)
	case time.Since(w.begun) > maxWalkTime:
		w.cut = fmt.Errorf("longer than %s", maxWalkTime)
	}
}

// result puts the columns one after the other.
func (w *walker) result() ([]mib.Varbind, error) {
	out := make([]mib.Varbind, 0, w.vars)
	cut := w.cut
	for _, c := range w.cols {
		out = append(out, c.vars...)
		if c.cut != "" {
			w.log.Printf("walk of %s cut short after %d rows: %s", c.base, len(c.vars), c.cut)
			if cut == nil {
				cut = errors.New(c.cut)
			}
		}
		if c.odd > 0 {
			w.log.Printf("walk of %s: %d rows out of order", c.base, c.odd)
		}
	}
	if len(out) > maxWalkVars {
		out = out[:maxWalkVars]
	}
	w.asker.vars += len(out)
	switch {
	case cut == nil:
		return out, nil
	case len(out) == 0 && w.cut != nil && !w.got:
		return nil, w.cut
	}
	if w.cut != nil {
		w.log.Printf("walk cut short after %d objects: %v", len(out), w.cut)
	}
	return out, fmt.Errorf("%w: %w", mib.ErrPartial, cut)
}
