package badger

import (
	"bytes"
	"context"

	"github.com/dgraph-io/badger/v4"

	"siteward/central"
)

// Dump visits everything as it is at one moment.
func (s *Store) Dump(ctx context.Context, visit central.Visit) error {
	now := s.now()
	return s.db.View(func(txn *badger.Txn) error {
		n := 0
		each := func(family byte, show func(key, value []byte) error) error {
			return scan(txn, []byte{family}, nil, func(key, value []byte) error {
				if n++; n%1000 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				return show(key, value)
			})
		}
		if err := each(famSite, func(_, value []byte) error {
			var r central.Row
			if err := unsealJSON(value, &r.Site); err != nil {
				return err
			}
			item, err := txn.Get(keySite(famStatus, r.Site.ID))
			if err != nil {
				return err
			}
			if err := item.Value(func(b []byte) error { return unsealJSON(b, &r.Status) }); err != nil {
				return err
			}
			return visit(&r, nil, nil)
		}); err != nil {
			return err
		}
		if err := each(famEvent, func(_, value []byte) error {
			e, err := unsealEvent(value)
			if err != nil {
				return err
			}
			return visit(nil, &e, nil)
		}); err != nil {
			return err
		}
		return each(famRecord, func(key, value []byte) error {
			r, err := unsealRecord(value)
			if err != nil {
				return err
			}
			family, name, _ := bytes.Cut(key[1:], []byte{0})
			r.Family, r.Key = string(family), string(name)
			if expired(&r, now) {
				return nil
			}
			return visit(nil, nil, &r)
		})
	})
}
