package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"time"

	"siteward/appliance"
)

// Runs are found in these ways, each an index of the family nounRunIndex (keys.go).
const (
	runByPrint  = 'f' // <fingerprint:16> = <run:8>, of settled runs
	runByPlace  = 'p' // <hash of its place:16> = <run:8>, of open runs
	runByStart  = 's' // <hash of origin, kind and start:16> = <run:8>, of runs that say when they began
	runByOrigin = 'o' // <hash of source, product and job:8> <began, unix seconds:8> <run:8>
	runByTime   = 't' // <began, unix seconds:8> <run:8>
)

// TakeRun keeps a run that was read, unless it is there already as it is: reading a log again never doubles a run. A run that
// was open gets the verdict that came now and keeps its number; a verdict is never taken back by a log that was cut.
// It sets ID and says whether anything is new.
func (tx *Tx) TakeRun(r *appliance.Run) (fresh bool, err error) {
	old, err := tx.knownRun(*r)
	if err != nil {
		return false, err
	}
	if old.ID != 0 && (!old.Open && r.Open || sameRun(old, *r)) {
		*r = old
		return false, nil
	}
	if r.ID = old.ID; r.ID != 0 {
		err = tx.deleteAll(runKeys(old))
	} else {
		r.ID, err = tx.nextID(nounRun)
	}
	if err != nil {
		return false, err
	}
	for _, k := range runKeys(*r) {
		if err := tx.set(k, encodeBytes(binary.BigEndian.AppendUint64(nil, uint64(r.ID)))); err != nil {
			return false, err
		}
	}
	return true, tx.setJSON(keyNoun(nounRun, r.ID), r)
}

// knownRun finds the run that r is another reading of, the zero run when there is none.
func (tx *Tx) knownRun(r appliance.Run) (none appliance.Run, err error) {
	if !r.Open {
		if old, err := tx.runAt(keyRunPrint(r)); err != nil || old.ID != 0 {
			return old, err
		}
	}
	if !r.Started.IsZero() {
		old, err := tx.runAt(keyRunStart(r))
		if err != nil || old.ID != 0 && (r.Open || old.Open) {
			return old, err
		}
	}
	old, err := tx.runAt(keyRunPlace(r))
	if err != nil || old.ID == 0 || !old.Open || !old.Started.IsZero() && !r.Started.IsZero() && !old.Started.Equal(r.Started) {
		return none, err // a log that is written over every night has every run in the same place
	}
	return old, nil
}

// runAt is the run that a key of the index names, the zero run when it names none.
func (tx *Tx) runAt(key []byte) (none appliance.Run, err error) {
	id, err := tx.getID(key)
	if err != nil || id == 0 {
		return none, err
	}
	r, err := tx.Run(id)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return none, nil
	}
	return r, err
}

// sameRun says that nothing a person would notice differs.
func sameRun(a, b appliance.Run) bool {
	return a.Open == b.Open && a.Status == b.Status && a.Finished.Equal(b.Finished) && a.Took == b.Took && a.Message == b.Message &&
		sameNumber(a.Bytes, b.Bytes) && sameNumber(a.Files, b.Files) && sameNumber(a.Errors, b.Errors)
}

func sameNumber(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// Run finds a run, or fails with CodeNotFound.
func (tx *Tx) Run(id appliance.ID) (r appliance.Run, err error) {
	err = tx.getJSON(keyNoun(nounRun, id), &r)
	if isMissing(err) {
		err = notFound("run", id.String())
	}
	return r, err
}

// RunsOf lists the runs of some origins that began in [from, to), oldest first.
func (tx *Tx) RunsOf(origins []appliance.RunOrigin, from, to time.Time) ([]appliance.Run, error) {
	var out []appliance.Run
	for _, o := range origins {
		prefix := keyRunsOf(o)
		err := tx.runsIn(prefix, from, to, func(r appliance.Run) bool {
			if r.Origin() == o { // and not one with the same hash
				out = append(out, r)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b appliance.Run) int { return a.At().Compare(b.At()) })
	return out, nil
}

// Runs lists all runs that began in [from, to), oldest first, at most limit of them (0 = all).
func (tx *Tx) Runs(from, to time.Time, limit int) (out []appliance.Run, err error) {
	err = tx.runsIn([]byte(nounRunIndex+string(runByTime)), from, to, func(r appliance.Run) bool {
		out = append(out, r)
		return limit == 0 || len(out) < limit
	})
	return out, err
}

// runsIn visits the runs of an index in the order of their times until visit says that it is enough.
func (tx *Tx) runsIn(prefix []byte, from, to time.Time, visit func(appliance.Run) bool) error {
	start := binary.BigEndian.AppendUint64(bytes.Clone(prefix), unixKey(from))
	end := unixKey(to)
	return tx.scanFrom(prefix, start, func(key, _ []byte) error {
		if len(key) != len(prefix)+16 {
			return nil
		}
		if !to.IsZero() && binary.BigEndian.Uint64(key[len(prefix):]) >= end {
			return errStop
		}
		r, err := tx.Run(appliance.ID(binary.BigEndian.Uint64(key[len(prefix)+8:])))
		if err != nil {
			return nil //nolint:nilerr // reported by the read
		}
		if !visit(r) {
			return errStop
		}
		return nil
	})
}

// dropRuns removes the runs that are older than the journal is kept.
func (s *Store) dropRuns(ctx context.Context, now time.Time, r *Retained) error {
	limit := now.AddDate(0, 0, -s.opt.EventDays)
	for ctx.Err() == nil {
		old, err := view(s, func(tx *Tx) ([]appliance.Run, error) { return tx.Runs(time.Time{}, limit, 500) })
		if err != nil || len(old) == 0 {
			return err
		}
		_, err = s.commit(func(tx *Tx) error {
			for _, run := range old {
				if err := tx.deleteAll(append(runKeys(run), keyNoun(nounRun, run.ID))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		r.Runs += len(old)
	}
	return ctx.Err()
}

// Run finds a run, or fails with CodeNotFound.
func (s *Store) Run(id appliance.ID) (appliance.Run, error) {
	return view(s, func(tx *Tx) (appliance.Run, error) { return tx.Run(id) })
}

// RunsOf lists the runs of some origins that began in [from, to), oldest first. A zero to has no end.
func (s *Store) RunsOf(origins []appliance.RunOrigin, from, to time.Time) ([]appliance.Run, error) {
	return view(s, func(tx *Tx) ([]appliance.Run, error) { return tx.RunsOf(origins, from, to) })
}

// Runs lists all runs that began in [from, to), oldest first, at most limit of them (0 = all). A zero to has no end.
func (s *Store) Runs(from, to time.Time, limit int) ([]appliance.Run, error) {
	return view(s, func(tx *Tx) ([]appliance.Run, error) { return tx.Runs(from, to, limit) })
}
