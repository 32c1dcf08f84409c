package ingest

import (
	"errors"
	"fmt"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/central"
)

// bookIn is the copy of a logbook while a batch is taken in.
type bookIn struct {
	in    *intake
	copy  central.LogbookCopy
	lines map[int64]central.LogbookLine // of this batch
	fresh string                        // a checkpoint of this batch that was found to fit
}

// checkAtOnce bounds how many entries one batch checks: those that came before their keys are caught up with by and by.
const checkAtOnce = 500

// opened reads how far the copy is.
func (in *intake) opened() (*bookIn, error) {
	if in.book != nil {
		return in.book, nil
	}
	b := &bookIn{in: in, lines: map[int64]central.LogbookLine{}}
	r, err := in.t.Find(central.Logbooks.Family, string(in.t.Site.ID))
	switch {
	case appliance.CodeOf(err) == appliance.CodeNotFound:
		b.copy.Site = in.t.Site.ID
	case err != nil:
		return nil, err
	default:
		if err := central.Logbooks.Decode(r, &b.copy); err != nil {
			return nil, err
		}
	}
	in.book = b
	return b, nil
}

// entry takes in one entry. One that does not follow is a fault of the copy, and the events behind it are taken in all the same.
func (in *intake) entry(e *message.Event) error {
	b, err := in.opened()
	if err != nil {
		return err
	}
	var v message.LogbookEntry
	if err := message.Read(*e, &v); err != nil {
		return err
	}
	n, line := int64(v.Seq), central.LogbookLine{Record: []byte(v.Record), Signature: v.Signature, Received: in.now} //nolint:gosec // compared below
	switch {
	case b.copy.Fault != "":
		return nil
	case n >= 1 && n <= b.copy.Have:
		have, err := b.line(n)
		if err == nil && string(have.Record) != v.Record {
			b.fault(v.Seq, "central.fault_other", arg{"entry": n}, "entry %d is another than the one that was sent before", n)
		}
		return err
	case b.copy.Part > 0 && b.copy.Have == 0 && n != 1:
		return nil // was on its way before the site heard that all are wanted again
	case n != b.copy.Have+1:
		b.fault(uint64(b.copy.Have)+1, "central.fault_missing", arg{"from": b.copy.Have + 1, "to": n - 1}, "entries %d to %d have not arrived", b.copy.Have+1, n-1) //nolint:gosec // not negative
		return nil
	}
	b.copy.Have, b.lines[n] = n, line
	return central.Keep(in.t, central.LogbookLines, central.LogbookKey(in.t.Site.ID, b.copy.Part, v.Seq), line)
}

// line gives an entry that has arrived.
func (b *bookIn) line(n int64) (l central.LogbookLine, err error) {
	if l, ok := b.lines[n]; ok {
		return l, nil
	}
	r, err := b.in.t.Find(central.LogbookLines.Family, central.LogbookKey(b.copy.Site, b.copy.Part, uint64(n))) //nolint:gosec // from 1 on
	if err != nil {
		return l, err
	}
	return l, central.LogbookLines.Decode(r, &l)
}

// checkpoint takes in the signed note of the log's end, and the keys that sign.
func (in *intake) checkpoint(e *message.Event) error {
	b, err := in.opened()
	if err != nil {
		return err
	}
	var v message.Checkpoint
	if err := message.Read(*e, &v); err != nil {
		return err
	}
	if b.copy.Fault != "" {
		return nil
	}
	if len(b.copy.Keys) > 0 && v.Keys[0] != b.copy.Keys[0] {
		b.fault(1, "central.fault_another", nil, "this is another logbook: its first key is not the one that was sent before")
		return nil
	}
	public := make([]string, len(v.Keys))
	for i, k := range v.Keys {
		public[i] = k.Key
	}
	verifiers, err := logbook.Verifiers(public...)
	if err != nil {
		b.fault(0, "central.fault_keys", nil, "its keys cannot be read")
		return nil //nolint:nilerr // that is what is kept about it
	}
	c, err := logbook.OpenNote(v.Note, verifiers)
	if err != nil {
		b.fault(0, "central.fault_unsigned", nil, "its checkpoint is not signed with its key")
		return nil //nolint:nilerr // that is what is kept about it
	}
	if c.Size < b.copy.Checked {
		b.fault(uint64(c.Size)+1, "central.fault_shorter", arg{"have": c.Size, "before": b.copy.Checked}, "the logbook has become shorter: %d entries after %d", c.Size, b.copy.Checked) //nolint:gosec // not negative
		return nil
	}
	b.copy.Keys, b.copy.Pending = v.Keys, v.Note
	return b.advance()
}

// advance checks entries that have arrived, and the checkpoint when it is that of their end.
func (b *bookIn) advance() error {
	if len(b.copy.Keys) == 0 || b.copy.Fault != "" {
		return nil
	}
	checker, err := logbook.NewChecker(b.copy.Keys)
	if err == nil {
		err = checker.Resume(b.copy.Size, b.copy.Edge)
	}
	if err != nil {
		return fmt.Errorf("copy of the logbook: %w", err)
	}
	for range checkAtOnce {
		if checker.Size() == b.copy.Have {
			break
		}
		n := checker.Size() + 1
		l, err := b.line(n)
		if err != nil {
			return err
		}
		if err := checker.Add(l.Record, l.Signature); err != nil {
			b.fault(uint64(n), "central.fault_entry", arg{"entry": n}, "entry %d: %v", n, err) //nolint:gosec // from 1 on
			return nil
		}
		b.copy.Size, b.copy.Edge = checker.Size(), checker.Edge()
		if err := b.compare(checker.Checkpoint()); err != nil || b.copy.Fault != "" {
			return err
		}
	}
	return b.compare(checker.Checkpoint())
}

// compare holds the pending checkpoint against the tree, when it is of this size.
func (b *bookIn) compare(ours logbook.Checkpoint) error {
	if b.copy.Pending == "" {
		return nil
	}
	text, _, _ := cutNote(b.copy.Pending)
	c, err := logbook.ParseCheckpoint(text)
	if err != nil {
		return err
	}
	if c.Size != ours.Size {
		return nil
	}
	if c != ours {
		b.fault(0, "central.fault_checkpoint", arg{"size": c.Size}, "the checkpoint of %d entries does not fit the entries that were sent", c.Size)
		return nil
	}
	b.copy.Checkpoint, b.copy.Checked, b.copy.At, b.fresh = b.copy.Pending, c.Size, b.in.now, b.copy.Pending
	b.copy.Pending = ""
	return nil
}

type arg = map[string]any

// fault notes what does not fit: by its key and what is put in, and in English.
func (b *bookIn) fault(entry uint64, key string, with arg, format string, args ...any) {
	if b.copy.Fault == "" {
		b.copy.Fault, b.copy.Bad, b.copy.Since = fmt.Sprintf(format, args...), entry, b.in.now
		b.copy.FaultIn = message.WordsOf(appliance.Message{Key: key, Args: with})
	}
}

// finish writes how far the copy is, countersigns, and raises the alarm when something does not fit.
func (b *bookIn) finish() (cosigned string, err error) {
	if err := b.advance(); err != nil {
		return "", err
	}
	t := b.in.t
	if b.fresh != "" && b.copy.Fault == "" && b.in.h.Cosign != nil {
		if b.copy.Cosigned, err = b.in.h.Cosign(b.fresh); err != nil {
			return "", fmt.Errorf("countersign: %w", err)
		}
		cosigned = b.copy.Cosigned
	}
	t.Status.Logbook, t.Status.LogbookIn = b.copy.Fault, b.copy.FaultIn
	err = central.Keep(t, central.Logbooks, string(t.Site.ID), b.copy)
	if b.copy.Fault == "" {
		return cosigned, err
	}
	a := central.NewAlarm(central.AlarmLogbook, &t.Site, b.in.now)
	a.Why, a.WhyIn = b.copy.Fault, b.copy.FaultIn
	return "", errors.Join(err, a.Open(t))
}
