package store

import (
	"errors"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// metaUser comes before the names of others, so that they cannot meet the store's own.
const metaUser = "user/"

// Meta reads a small value kept under a name, nil when there is none.
func (tx *Tx) Meta(name string) ([]byte, error) { return tx.meta(metaUser + name) }

// PutMeta keeps a small value under a name; nil removes it.
func (tx *Tx) PutMeta(name string, value []byte) error { return tx.putMeta(metaUser+name, value) }

func (tx *Tx) meta(name string) (out []byte, err error) {
	key := keyText(famMeta, name)
	err = tx.get(key, func(v []byte) error {
		b, err := decodeBytes(v)
		if err != nil {
			tx.s.damaged(key, err)
			return err
		}
		out = append([]byte{}, b...)
		return nil
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		err = nil
	}
	return out, err
}

func (tx *Tx) putMeta(name string, value []byte) error {
	if value == nil {
		return tx.delete(keyText(famMeta, name))
	}
	return tx.set(keyText(famMeta, name), encodeBytes(value))
}

// Meta reads a small value kept under a name, nil when there is none.
func (s *Store) Meta(name string) ([]byte, error) {
	return view(s, func(tx *Tx) ([]byte, error) { return tx.Meta(name) })
}

// PutMeta keeps a small value under a name; nil removes it.
func (s *Store) PutMeta(name string, value []byte) error {
	return s.Update(func(tx *Tx) error { return tx.PutMeta(name, value) })
}

// Jobs lists the last run of each housekeeping job by name.
func (s *Store) Jobs() ([]appliance.JobRun, error) {
	return view(s, func(tx *Tx) (out []appliance.JobRun, err error) {
		err = tx.scan([]byte{famJob}, func(key, value []byte) error {
			var j appliance.JobRun
			if err := decodeJSON(value, &j); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			out = append(out, j)
			return nil
		})
		return out, err
	})
}

// PutJobRun keeps the last run of a job.
func (s *Store) PutJobRun(j appliance.JobRun) error {
	_, err := s.commit(func(tx *Tx) error { return tx.setJSON(keyText(famJob, j.Name), j) })
	return err
}
