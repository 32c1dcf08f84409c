package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// Tx is one atomic change of the store, or one consistent view of it. It is good until the function it was handed
// to returns. What it writes is kept in memory until then, because a Badger transaction holds only so much
// (durable.go writes what is bigger in parts that become visible together).
type Tx struct {
	s      *Store
	txn    *badger.Txn       // what was there before
	writes map[string][]byte // nil value: deleted. nil map: a view, which cannot write
	seq    uint64            // the journal's last number, with what this change appends
	// entries is the number of the logbook's last entry, with those of this change.
	entries uint64
	after   []func() // changes of what the store keeps in memory, made once the change is stored
	failed  []func() // and what takes back those made before, when it could not be stored
}

func (tx *Tx) get(key []byte, use func(value []byte) error) error {
	if v, ok := tx.writes[string(key)]; ok {
		if v == nil {
			return badger.ErrKeyNotFound
		}
		return use(v)
	}
	item, err := tx.txn.Get(key)
	if err != nil {
		return err
	}
	return item.Value(use)
}

func (tx *Tx) getJSON(key []byte, v any) error {
	return tx.decode(key, func(value []byte) error { return decodeJSON(value, v) })
}

// decode hands a value to a decoder, and reports one that it cannot read as damaged.
func (tx *Tx) decode(key []byte, with func(value []byte) error) error {
	return tx.get(key, func(value []byte) error {
		err := with(value)
		if err != nil {
			tx.s.damaged(key, err)
			return fmt.Errorf("read %s: %w", describeKey(key), err)
		}
		return nil
	})
}

// getID reads a number, 0 when there is none.
func (tx *Tx) getID(key []byte) (id appliance.ID, err error) {
	err = tx.decode(key, func(value []byte) error {
		b, err := decodeBytes(value)
		if err == nil && len(b) != 8 {
			err = errDamaged
		}
		if err != nil {
			return err
		}
		id = appliance.ID(binary.BigEndian.Uint64(b))
		return nil
	})
	if isMissing(err) {
		err = nil
	}
	return id, err
}

func (tx *Tx) nextID(family string) (appliance.ID, error) {
	id, err := tx.getID(keyCounter(family))
	if err != nil {
		return 0, err
	}
	id++
	return id, tx.set(keyCounter(family), encodeBytes(binary.BigEndian.AppendUint64(nil, uint64(id))))
}

// errView is a mistake of ours: a view was asked to write.
var errView = errors.New("write in a view of the store")

func (tx *Tx) set(key, value []byte) error {
	if tx.writes == nil {
		return errView
	}
	tx.writes[string(key)] = value
	tx.touched(key)
	return nil
}

func (tx *Tx) setJSON(key []byte, v any) error {
	b, err := encodeJSON(v)
	if err != nil {
		return err
	}
	return tx.set(key, b)
}

func (tx *Tx) delete(key []byte) error { return tx.set(key, nil) }

// errStop ends a scan early without being an error.
var errStop = errors.New("enough")

// scan visits all keys with a prefix in their order. Key and value are good until visit returns.
func (tx *Tx) scan(prefix []byte, visit func(key, value []byte) error) error {
	return tx.scanFrom(prefix, prefix, visit)
}

// scanFrom is scan from a key on.
func (tx *Tx) scanFrom(prefix, from []byte, visit func(key, value []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.Prefix, o.PrefetchValues = prefix, false
	it := tx.txn.NewIterator(o)
	defer it.Close()
	own := tx.written(prefix, from)
	err := func() error {
		for it.Seek(from); it.Valid(); it.Next() {
			item := it.Item()
			for len(own) > 0 && own[0] < string(item.Key()) {
				if err := tx.visitOwn(own[0], visit); err != nil {
					return err
				}
				own = own[1:]
			}
			if _, ok := tx.writes[string(item.Key())]; ok {
				continue // comes with own
			}
			if err := item.Value(func(v []byte) error { return visit(item.Key(), v) }); err != nil {
				return err
			}
		}
		for _, k := range own {
			if err := tx.visitOwn(k, visit); err != nil {
				return err
			}
		}
		return nil
	}()
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// scanBack visits all keys with a prefix from the last to the first, without those this change writes.
func (tx *Tx) scanBack(prefix []byte, visit func(key, value []byte) error) error {
	return tx.scanBackFrom(prefix, append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 16)...), visit)
}

// scanBackFrom is scanBack from a key on.
func (tx *Tx) scanBackFrom(prefix, from []byte, visit func(key, value []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.Prefix, o.PrefetchValues, o.Reverse = prefix, false, true
	it := tx.txn.NewIterator(o)
	defer it.Close()
	for it.Seek(from); it.Valid(); it.Next() {
		item := it.Item()
		err := item.Value(func(v []byte) error { return visit(item.Key(), v) })
		if errors.Is(err, errStop) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// written lists the keys this change writes that begin with prefix and are not before from.
func (tx *Tx) written(prefix, from []byte) []string {
	var own []string
	for k := range tx.writes {
		if bytes.HasPrefix([]byte(k), prefix) && k >= string(from) {
			own = append(own, k)
		}
	}
	slices.Sort(own)
	return own
}

func (tx *Tx) visitOwn(key string, visit func(key, value []byte) error) error {
	if v := tx.writes[key]; v != nil {
		return visit([]byte(key), v)
	}
	return nil
}

// keys gives copies of all keys with a prefix.
func (tx *Tx) keys(prefix []byte) ([][]byte, error) {
	var out [][]byte
	err := tx.scan(prefix, func(key, _ []byte) error {
		out = append(out, bytes.Clone(key))
		return nil
	})
	return out, err
}

// keysUpTo is keys, but no more than limit.
func (tx *Tx) keysUpTo(prefix []byte, limit int) ([][]byte, error) {
	var out [][]byte
	err := tx.scan(prefix, func(key, _ []byte) error {
		if out = append(out, bytes.Clone(key)); len(out) >= limit {
			return errStop
		}
		return nil
	})
	return out, err
}

// clear deletes all keys with a prefix.
func (tx *Tx) clear(prefix []byte) error {
	keys, err := tx.keys(prefix)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := tx.delete(k); err != nil {
			return err
		}
	}
	return nil
}

// undo takes back what the change did in memory.
func (tx *Tx) undo() {
	for _, f := range tx.failed {
		f()
	}
}
