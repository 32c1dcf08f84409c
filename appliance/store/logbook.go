package store

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"siteward/appliance"
	"siteward/appliance/logbook"
)

// The logbook: an entry is kept as the bytes that are hashed, with the signature of the checkpoint after it; the hashes of the
// tree stand beside. All of one entry is written in one change, so a killed process leaves a log that verifies.
//
// What the logbook takes from the journal (logbook.FromEvent) it takes here, in the change that writes the journal's line:
// nothing can be changed without its entry.

// AppendLogbook adds an entry, and sets its number, the time it was written and, where it is missing, when it was done and
// whose person wrote it.
func (tx *Tx) AppendLogbook(e *appliance.LogbookEntry) error {
	signer, err := tx.logbookSigner()
	if err != nil {
		return err
	}
	e.Seq, e.Written = tx.entries+1, tx.s.opt.Now()
	if e.At.IsZero() {
		e.At = e.Written
	}
	if e.Party == "" {
		e.Party = tx.partyOf(e.By)
	}
	record, err := logbook.Record(*e)
	if err != nil {
		return err
	}
	g, err := logbook.Grow(int64(tx.entries), record, logbookHashes{tx})
	if err != nil {
		return err
	}
	c := logbook.Checkpoint{Origin: signer.Name(), Size: int64(e.Seq), Root: g.Root}
	signature, err := logbook.Sign(c, signer)
	if err != nil {
		return err
	}
	for i, h := range g.Hashes {
		if err := tx.set(keyNoun(nounLogHash, appliance.ID(g.First+int64(i))), encodeBytes(h[:])); err != nil {
			return err
		}
	}
	if err := tx.set(keyNoun(nounLogEntry, appliance.ID(e.Seq)), encodeLine(logbook.Line{Record: record, Signature: signature})); err != nil {
		return err
	}
	if err := tx.set([]byte(nounCheckpoint), encodeBytes([]byte(c.Note(signature)))); err != nil {
		return err
	}
	tx.entries++
	*e, err = logbook.Parse(record)
	return err
}

// logWork writes the entry of a line of the journal, when the logbook wants to know of it.
func (tx *Tx) logWork(event appliance.Event) error {
	e, ok := logbook.FromEvent(event)
	if !ok {
		return nil
	}
	return tx.AppendLogbook(&e)
}

// partyOf says whose person a user is, "" for others: tokens, the command line.
func (tx *Tx) partyOf(name string) string {
	u, err := tx.UserByName(name)
	if err != nil {
		return ""
	}
	return logbook.PartyOf(u.Role)
}

// encodeLine is <length of the record:4> <record> <signature> within a sealed value.
func encodeLine(l logbook.Line) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(l.Record)+len(l.Signature)), uint32(len(l.Record)))
	return encodeBytes(append(append(b, l.Record...), l.Signature...))
}

func decodeLine(value []byte) (l logbook.Line, err error) {
	b, err := decodeBytes(value)
	if err != nil {
		return l, err
	}
	if len(b) < 4 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-4) {
		return l, errDamaged
	}
	n := binary.BigEndian.Uint32(b)
	return logbook.Line{Record: b[4 : 4+n], Signature: b[4+n:]}, nil
}

// logbookHashes reads the hashes of the tree. It is tlog.HashReader.
type logbookHashes struct{ tx *Tx }

func (h logbookHashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		key := keyNoun(nounLogHash, appliance.ID(n))
		err := h.tx.get(key, func(v []byte) error {
			b, err := decodeBytes(v)
			if err == nil && len(b) != len(out[i]) {
				err = errDamaged
			}
			if err != nil {
				h.tx.s.damaged(key, err)
				return fmt.Errorf("read %s: %w", describeKey(key), err)
			}
			copy(out[i][:], b)
			return nil
		})
		if isMissing(err) {
			err = fmt.Errorf("%s is missing", describeKey(key))
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lastLogEntry is the number of the logbook's newest entry, 0 when it is empty.
func (tx *Tx) lastLogEntry() (seq uint64, err error) {
	err = tx.scanBack([]byte(nounLogEntry), func(key, _ []byte) error {
		seq = binary.BigEndian.Uint64(key[len(nounLogEntry):])
		return errStop
	})
	return seq, err
}

// LogbookEntry finds one entry, or fails with CodeNotFound.
func (tx *Tx) LogbookEntry(seq uint64) (appliance.LogbookEntry, error) {
	l, err := tx.logbookLine(seq)
	if err != nil {
		return appliance.LogbookEntry{}, err
	}
	return logbook.Parse(l.Record)
}

func (tx *Tx) logbookLine(seq uint64) (l logbook.Line, err error) {
	key := keyNoun(nounLogEntry, appliance.ID(seq))
	err = tx.get(key, func(v []byte) error {
		got, err := decodeLine(v)
		if err != nil {
			tx.s.damaged(key, err)
			return fmt.Errorf("read %s: %w", describeKey(key), err)
		}
		l = logbook.Line{Record: append([]byte(nil), got.Record...), Signature: append([]byte(nil), got.Signature...)}
		return nil
	})
	if isMissing(err) {
		err = notFound("logbook entry", appliance.ID(seq).String())
	}
	return l, err
}

// LogbookEntries gives entries, newest first.
func (s *Store) LogbookEntries(f appliance.LogbookFilter) (out []appliance.LogbookEntry, err error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	f.Limit = min(f.Limit, 10_000)
	err = s.View(func(tx *Tx) error {
		return tx.eachLogEntry(f.Before, func(key, value []byte) error {
			if binary.BigEndian.Uint64(key[len(nounLogEntry):]) <= f.After {
				return errStop
			}
			l, err := decodeLine(value)
			var e appliance.LogbookEntry
			if err == nil {
				e, err = logbook.Parse(l.Record)
			}
			if err != nil {
				s.damaged(key, err)
				return nil
			}
			if logbook.Chooses(f, &e) {
				out = append(out, e)
			}
			if len(out) >= f.Limit {
				return errStop
			}
			return nil
		})
	})
	return out, err
}

// eachLogEntry visits entries from the newest, or the one before a number, back to the first.
func (tx *Tx) eachLogEntry(before uint64, visit func(key, value []byte) error) error {
	if before == 0 {
		return tx.scanBack([]byte(nounLogEntry), visit)
	}
	return tx.scanBackFrom([]byte(nounLogEntry), keyNoun(nounLogEntry, appliance.ID(before-1)), visit)
}

// LogbookSize is the number of the newest entry.
func (s *Store) LogbookSize() uint64 {
	s.write.Lock()
	defer s.write.Unlock()
	return s.entries
}

// LogbookHead gives the signed checkpoint of the logbook's end and the keys that sign, both empty for an empty logbook.
func (s *Store) LogbookHead() (checkpoint string, keys []appliance.LogbookKey, err error) {
	err = s.View(func(tx *Tx) (err error) {
		checkpoint, keys, err = tx.logbookHead()
		return err
	})
	return checkpoint, keys, err
}

func (tx *Tx) logbookHead() (checkpoint string, keys []appliance.LogbookKey, err error) {
	if keys, err = tx.logbookKeys(); err != nil {
		return "", nil, err
	}
	key := []byte(nounCheckpoint)
	err = tx.get(key, func(v []byte) error {
		b, err := decodeBytes(v)
		if err != nil {
			tx.s.damaged(key, err)
			return fmt.Errorf("read %s: %w", describeKey(key), err)
		}
		checkpoint = string(b)
		return nil
	})
	if isMissing(err) {
		err = nil
	}
	return checkpoint, keys, err
}

// LogbookProof shows that an entry is in the tree which the last checkpoint signs.
func (s *Store) LogbookProof(seq uint64) (p appliance.LogbookProof, err error) {
	err = s.View(func(tx *Tx) error {
		l, err := tx.logbookLine(seq)
		if err != nil {
			return err
		}
		checkpoint, keys, err := tx.logbookHead()
		if err != nil {
			return err
		}
		public := make([]string, len(keys))
		for i, k := range keys {
			public[i] = k.Key
		}
		p, err = logbook.Prove(l.Record, checkpoint, public, logbookHashes{tx})
		return err
	})
	return p, err
}
