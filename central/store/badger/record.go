package badger

import (
	"bytes"
	"context"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store"
)

// Record finds a record.
func (s *Store) Record(_ context.Context, family, key string) (central.Record, error) {
	return (&tx{s: s}).record(family, key)
}

func (t *tx) record(family, key string) (central.Record, error) {
	b, err := t.get(keyRecord(family, key))
	if err != nil {
		return central.Record{}, err
	}
	if b == nil {
		return central.Record{}, central.NoRecord(family, key)
	}
	r, err := unsealRecord(b)
	if err != nil {
		return r, err
	}
	if expired(&r, t.s.now()) {
		return central.Record{}, central.NoRecord(family, key)
	}
	r.Family, r.Key = family, key
	return r, nil
}

// Records lists records.
func (s *Store) Records(_ context.Context, q central.RecordRange) (out []central.Record, err error) {
	now, name := s.now(), prefixOf(famRecord, q.Family)
	prefix := append(bytes.Clone(name), q.Prefix...)
	visit := func(key, value []byte) error {
		r, err := unsealRecord(value)
		if err != nil {
			return err
		}
		r.Family, r.Key = q.Family, string(key[len(name):])
		if q.To != "" && r.Key >= q.To || r.Key < q.From {
			if q.Reverse == (q.To != "" && r.Key >= q.To) {
				return nil // not there yet
			}
			return errStop
		}
		if expired(&r, now) {
			return nil
		}
		if out = append(out, r); len(out) >= q.Most() {
			return errStop
		}
		return nil
	}
	err = s.db.View(func(txn *badger.Txn) error {
		if !q.Reverse {
			var from []byte
			if q.From > q.Prefix {
				from = append(bytes.Clone(name), q.From...)
			}
			return scan(txn, prefix, from, visit)
		}
		var before []byte
		if q.To != "" && bytes.HasPrefix([]byte(q.To), []byte(q.Prefix)) {
			before = append(bytes.Clone(name), q.To...)
		}
		return scanBack(txn, prefix, before, visit)
	})
	return out, err
}

// Write changes all records or none.
func (s *Store) Write(ctx context.Context, changes ...central.Record) error {
	return s.change(ctx, func(t *tx) error { return t.records(changes) })
}

func (t *tx) records(changes []central.Record) error {
	for _, r := range changes {
		if err := store.CheckRecord(&r); err != nil {
			return err
		}
		if !r.Any {
			now, err := t.record(r.Family, r.Key)
			if err != nil && !missing(err) {
				return err
			}
			if now.Version != r.Version {
				return central.ErrChanged(r)
			}
		}
		if r.Remove {
			t.remove(keyRecord(r.Family, r.Key))
			continue
		}
		r.Version = store.NewVersion()
		t.set(keyRecord(r.Family, r.Key), sealRecord(r))
	}
	return nil
}

func missing(err error) bool { return appliance.CodeOf(err) == appliance.CodeNotFound }
