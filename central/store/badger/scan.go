package badger

import (
	"bytes"
	"errors"

	"github.com/dgraph-io/badger/v4"
)

var errStop = errors.New("enough")

// scan visits the keys with a prefix in order, from a key on (nil: the first). The value is good until visit returns; errStop
// ends it.
func scan(txn *badger.Txn, prefix, from []byte, visit func(key, value []byte) error) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: true, PrefetchSize: 32})
	defer it.Close()
	if from == nil {
		from = prefix
	}
	for it.Seek(from); it.ValidForPrefix(prefix); it.Next() {
		if err := show(it.Item(), visit); err != nil {
			return stopped(err)
		}
	}
	return nil
}

// scanBack is scan from the last key before a key (nil: the last of all) to the first.
func scanBack(txn *badger.Txn, prefix, before []byte, visit func(key, value []byte) error) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: true, PrefetchValues: true, PrefetchSize: 32})
	defer it.Close()
	at := before
	if at == nil {
		at = append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 300)...)
	}
	for it.Seek(at); it.ValidForPrefix(prefix); it.Next() {
		if bytes.Equal(it.Item().Key(), before) {
			continue
		}
		if err := show(it.Item(), visit); err != nil {
			return stopped(err)
		}
	}
	return nil
}

func show(item *badger.Item, visit func(key, value []byte) error) error {
	return item.Value(func(value []byte) error { return visit(item.KeyCopy(nil), value) })
}

func stopped(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}
