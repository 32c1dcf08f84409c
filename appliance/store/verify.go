package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"siteward/appliance/series"
	"siteward/internal/lazyregexp"
)

// Report is what a verification found.
type Report struct {
	Began   time.Time     `json:"began"`
	Took    time.Duration `json:"took"`
	Records int           `json:"records"` // whose checksum was looked at
	Bytes   int64         `json:"bytes"`
	Damage  []Damage      `json:"damage,omitempty"` // everything known to be damaged, also from earlier
}

// Verify reads every record and table and checks them: our checksum of each value, the journal's numbers, which have
// no gap, and Badger's checksums of its tables. Damage is named in the report and nothing is changed; err says only
// that the verification could not be done.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	r := Report{Began: s.opt.Now()}
	began := time.Now()
	err := s.View(func(tx *Tx) error { return tx.verify(ctx, &r) })
	if err == nil {
		err = s.verifyTables(ctx)
	}
	r.Took = time.Since(began)
	r.Damage = s.health.all()
	if err != nil {
		return r, fmt.Errorf("verify store: %w", err)
	}
	s.health.mu.Lock()
	s.health.report = r
	s.health.mu.Unlock()
	return r, nil
}

// LastReport is the report of the last verification, with everything that was found to be damaged since.
func (s *Store) LastReport() Report {
	damage := s.health.all()
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	r := s.health.report
	r.Damage = damage
	return r
}

func (h *health) all() []Damage {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]Damage, 0, len(h.damage))
	for _, d := range h.damage {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Damage) int { return cmp.Compare(a.Where, b.Where) })
	return out
}

func (s *Store) verifyTables(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	if err := s.tableChecksums(); err != nil {
		what := err.Error()
		table := "*.sst"
		if m := tableName.FindString(what); m != "" {
			table = m
		}
		s.health.add(Damage{Where: "db/" + table, What: "the table does not have the checksum it was written with: " + what, Found: s.opt.Now()})
	}
	return nil
}

var tableName = lazyregexp.New(`[0-9]+\.sst`)

// tableChecksums asks Badger, which panics over some kinds of damage.
func (s *Store) tableChecksums() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a table cannot be read: %v", p)
		}
	}()
	return s.db.VerifyChecksum()
}

// checkEvery is after how many records a verification looks whether it should end.
const checkEvery = 1000

func (tx *Tx) verify(ctx context.Context, r *Report) error {
	var newer uint64 // event seen before, which has a higher number
	return tx.scan(nil, func(key, value []byte) error {
		if r.Records++; r.Records%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.Bytes += int64(len(key) + len(value))
		if err := checkValue(key, value); err != nil {
			tx.s.damaged(key, err)
		}
		if key[0] != famEvent || len(key) != 9 {
			return nil
		}
		seq := seqOfKey(key)
		if newer != 0 && seq != newer-1 {
			tx.s.damaged(keyEvent(seq+1), fmt.Errorf("events %d to %d are missing", seq+1, newer-1))
		}
		newer = seq
		return nil
	})
}

// checkValue says whether a record is what was written.
func checkValue(key, value []byte) error {
	switch key[0] {
	case famSamples:
		if _, _, _, ok := parseChunkKey(key); !ok {
			return errors.New("the key of a chunk of samples has the wrong length")
		}
		return series.Check(value)
	case famLog:
		if len(value) < 21 || crc32.Checksum(value[:len(value)-4], castagnoli) != binary.BigEndian.Uint32(value[len(value)-4:]) {
			return errDamaged
		}
		return nil
	}
	if !knownFamily(key) {
		return errors.New("no such kind of record")
	}
	_, _, err := open(value)
	return err
}
