package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// migrations[i] brings a store from schema i+1 to i+2. Each runs as one atomic change together with the new number.
// A stored copy of each schema stands in testdata/stores and is opened by a test.
var migrations = []func(*Tx) error{durationsAsText}

// durationsAsText changes nothing: durations are written as text since schema 2, and nanoseconds are still read. The number keeps programs
// that know only those from opening a store that they would not understand, as one that is taken back after an update.
func durationsAsText(*Tx) error { return nil }

// schema is the number of what this program writes.
func schema() int { return len(migrations) + 1 }

const metaSchema = "schema"

// migrate brings the store to this program's schema. It refuses a store of a newer program.
func (s *Store) migrate(context.Context) error {
	var found int
	err := s.View(func(tx *Tx) (err error) { found, err = tx.schema(); return err })
	if err != nil {
		return err
	}
	if found > schema() {
		return &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
			Key: "store.error.newer", Args: map[string]any{"Dir": s.dir, "Found": found, "Known": schema()},
			English: fmt.Sprintf("the store %s was written by a newer Siteward (schema %d, this program knows %d); install that version again, or restore a backup made by this one", s.dir, found, schema()),
		}}
	}
	if s.opt.ReadOnly {
		if found < schema() {
			return appliance.Errorf(appliance.CodeUnavailable, "the store %s was written by an older Siteward (schema %d); start Siteward on it once so that it is brought up to date", s.dir, found)
		}
		return nil
	}
	if found == 0 {
		return s.Update(func(tx *Tx) error { return tx.setSchema(schema()) })
	}
	for n := found; n < schema(); n++ {
		s.log.Info("bringing the store up to date", "from", n, "to", n+1)
		err := s.Update(func(tx *Tx) error {
			if err := migrations[n-1](tx); err != nil {
				return err
			}
			return tx.setSchema(n + 1)
		})
		if err != nil {
			return fmt.Errorf("from schema %d to %d: %w", n, n+1, err)
		}
	}
	return nil
}

// schema is the store's number, 0 for one that was just made.
func (tx *Tx) schema() (n int, err error) {
	err = tx.get(keyText(famMeta, metaSchema), func(v []byte) error {
		b, err := decodeBytes(v)
		if err != nil || len(b) != 4 {
			return fmt.Errorf("schema number: %w", errDamaged)
		}
		n = int(binary.BigEndian.Uint32(b))
		return nil
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		err = nil
	}
	return n, err
}

func (tx *Tx) setSchema(n int) error {
	return tx.set(keyText(famMeta, metaSchema), encodeBytes(binary.BigEndian.AppendUint32(nil, uint32(n))))
}

// Schema is the number of the form in which this program writes stores.
func Schema() int { return schema() }
