package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"siteward/appliance"
	"siteward/appliance/logbook"
)

// VerifyLogbook reads all entries against their signatures, and the kept hashes against the entries. What does not fit is in the
// report; the error says only that it could not be done.
func (s *Store) VerifyLogbook(ctx context.Context) (appliance.LogbookReport, error) {
	report := appliance.LogbookReport{At: s.opt.Now()}
	err := s.View(func(tx *Tx) error { return tx.verifyLogbook(ctx, &report) })
	if err != nil {
		return report, fmt.Errorf("verify logbook: %w", err)
	}
	if !report.Fits() {
		s.log.Error("the logbook does not fit", "entry", report.Bad, "fault", report.Fault)
	}
	s.health.mu.Lock()
	s.health.logbook = report
	s.health.mu.Unlock()
	return report, nil
}

// LastLogbookReport is the result of the last verification since the start.
func (s *Store) LastLogbookReport() appliance.LogbookReport {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	return s.health.logbook
}

func (tx *Tx) verifyLogbook(ctx context.Context, r *appliance.LogbookReport) error {
	checkpoint, keys, err := tx.logbookHead()
	if err != nil {
		r.Bad, r.Fault = 1, err.Error()
		return nil
	}
	for _, k := range keys {
		r.Keys = append(r.Keys, k.Key)
	}
	c, err := logbook.NewChecker(keys)
	if err != nil {
		r.Bad, r.Fault = 1, err.Error()
		return nil
	}
	for l, err := range tx.logbookLines() {
		if c.Size()%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			err = c.Add(l.Record, l.Signature)
		}
		if err == nil {
			err = tx.checkHashes(c, l.Record)
		}
		if err != nil {
			r.Bad, r.Fault = uint64(r.Entries)+1, err.Error()
			return nil
		}
		r.Entries = c.Size()
	}
	if err := logbookEnd(c, checkpoint, r.Keys); err != nil {
		r.Bad, r.Fault = uint64(r.Entries)+1, err.Error()
		return nil
	}
	r.Root = c.Checkpoint().Root.String()
	return nil
}

// checkHashes compares the kept hash of an entry; those above it are compared with the root that it leads to.
func (tx *Tx) checkHashes(c *logbook.Checker, record []byte) error {
	n := c.Size() - 1
	kept, err := logbookHashes{tx}.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
	if err != nil {
		return err
	}
	if kept[0] != tlog.RecordHash(record) {
		return errors.New("the hash that is kept for it is of something else")
	}
	root, err := tlog.TreeHash(c.Size(), logbookHashes{tx})
	if err != nil {
		return err
	}
	if root != c.Checkpoint().Root {
		return errors.New("the hashes that are kept lead to another root")
	}
	return nil
}

// logbookEnd compares the checkpoint that is kept with what was read.
func logbookEnd(c *logbook.Checker, checkpoint string, keys []string) error {
	if checkpoint == "" {
		if c.Size() == 0 && len(keys) == 0 {
			return nil
		}
		return errors.New("the checkpoint of the logbook is missing")
	}
	verifiers, err := logbook.Verifiers(keys...)
	if err != nil {
		return err
	}
	last, err := logbook.OpenNote(checkpoint, verifiers)
	switch {
	case err != nil:
		return errors.New("the checkpoint of the logbook is not signed with its key")
	case last.Size > c.Size():
		return fmt.Errorf("entries %d to %d are missing", c.Size()+1, last.Size)
	case last != c.Checkpoint():
		return errors.New("the checkpoint of the logbook is of another log")
	}
	return nil
}

// logbookLines visits all entries from the first on. One that is missing or damaged is an error in its place.
func (tx *Tx) logbookLines() iter.Seq2[logbook.Line, error] {
	return func(yield func(logbook.Line, error) bool) {
		err := tx.scan([]byte(nounLogEntry), func(key, value []byte) error {
			l, err := decodeLine(value)
			if err != nil {
				tx.s.damaged(key, err)
			}
			l.Record, l.Signature = bytes.Clone(l.Record), bytes.Clone(l.Signature)
			if len(key) != len(nounLogEntry)+8 {
				err = errDamaged
			} else if e, parsed := logbook.Parse(l.Record); err == nil && parsed == nil && e.Seq != binary.BigEndian.Uint64(key[len(nounLogEntry):]) {
				err = fmt.Errorf("entry %d is kept in the place of %d", e.Seq, binary.BigEndian.Uint64(key[len(nounLogEntry):]))
			}
			if !yield(l, err) {
				return errStop
			}
			return nil
		})
		if err != nil {
			yield(logbook.Line{}, err)
		}
	}
}

// ExportLogbook writes the whole logbook as a file that can be verified without the store.
func (s *Store) ExportLogbook(w io.Writer) error {
	return s.View(func(tx *Tx) error {
		checkpoint, keys, err := tx.logbookHead()
		if err != nil {
			return err
		}
		h := logbook.Header{Exported: s.opt.Now(), Keys: keys}
		if site, err := tx.Site(); err == nil {
			h.Site = site.Name
		}
		return logbook.Export(w, h, tx.logbookLines(), checkpoint)
	})
}
