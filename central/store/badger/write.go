package badger

import (
	"context"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
	"siteward/central"
)

// job is one change that waits for the writer.
type job struct {
	do   func(*tx) error
	tx   *tx
	done chan error
}

// most is how much one transaction of Badger may hold, with room to spare.
const most = memTable / 10

// change runs do in the writer and returns when what it wrote is on the disk.
func (s *Store) change(ctx context.Context, do func(*tx) error) error {
	j := &job{do: do, done: make(chan error, 1)}
	select {
	case s.jobs <- j:
	case <-s.stop:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-s.stopped:
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

// write is the writer: it takes what has gathered and writes it with one sync.
func (s *Store) write() {
	defer close(s.stopped)
	for {
		select {
		case <-s.stop:
			return
		case j := <-s.jobs:
			s.together(j)
		}
	}
}

// together runs a job and those that wait behind it, as many as fit.
func (s *Store) together(first *job) {
	group := &tx{s: s, writes: map[string][]byte{}, rows: map[central.SiteID]*central.Row{}}
	var done []*job
	for j := first; j != nil; j = s.next(group) {
		j.tx = &tx{s: s, below: group, writes: map[string][]byte{}, rows: map[central.SiteID]*central.Row{}}
		err := j.do(j.tx)
		if err == nil && j.tx.size > most {
			err = appliance.Errorf(appliance.CodeTooLarge, "a change of %d bytes is too large", j.tx.size)
		}
		if err != nil {
			j.done <- err
			continue
		}
		group.merge(j.tx)
		done = append(done, j)
	}
	err := s.commit(group)
	for _, j := range done {
		j.done <- err
	}
}

// next gives the next job that waits, nil when none does or the transaction is full.
func (s *Store) next(group *tx) *job {
	if group.size > most/4 {
		return nil
	}
	select {
	case j := <-s.jobs:
		return j
	default:
		return nil
	}
}

func (s *Store) commit(group *tx) error {
	s.mu.Lock()
	failed := s.failed
	s.mu.Unlock()
	if failed != nil {
		return failed
	}
	if len(group.writes) == 0 {
		return nil
	}
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	for k, v := range group.writes {
		var err error
		if v == nil {
			err = txn.Delete([]byte(k))
		} else {
			err = txn.Set([]byte(k), v)
		}
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	if err := txn.Commit(); err != nil {
		// After a failed sync nobody knows what is on the disk: nothing more is acknowledged until central was started anew.
		err = &appliance.Error{Code: appliance.CodeReadOnly, Err: err, Message: appliance.Message{
			English: "the store cannot be written: " + err.Error() + "; look at the disk and start central again"}}
		s.mu.Lock()
		s.failed = err
		s.mu.Unlock()
		return err
	}
	s.memory.set(group.rows)
	return nil
}

// tx is what one change reads and writes. It reads what those before it in the same transaction wrote.
type tx struct {
	s      *Store
	below  *tx
	writes map[string][]byte // nil: removed
	rows   map[central.SiteID]*central.Row
	size   int
}

func (t *tx) set(key, value []byte) {
	t.writes[string(key)] = value
	t.size += len(key) + len(value) + 32
}

func (t *tx) remove(key []byte) { t.writes[string(key)] = nil; t.size += len(key) + 32 }

func (t *tx) merge(other *tx) {
	for k, v := range other.writes {
		t.writes[k] = v
	}
	for k, v := range other.rows {
		t.rows[k] = v
	}
	t.size += other.size
}

// get reads a value, nil when there is none.
func (t *tx) get(key []byte) ([]byte, error) {
	for at := t; at != nil; at = at.below {
		if v, ok := at.writes[string(key)]; ok {
			return v, nil
		}
	}
	var out []byte
	err := t.s.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get(key)
		if err != nil {
			return err
		}
		out, err = item.ValueCopy(nil)
		return err
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	return out, err
}

// row gives a site as it is within the transaction, nil when there is none.
func (t *tx) row(id central.SiteID) *central.Row {
	for at := t; at != nil; at = at.below {
		if r, ok := at.rows[id]; ok {
			return r
		}
	}
	return t.s.memory.get(id)
}
