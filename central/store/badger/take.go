package badger

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"

	"siteward/central"
)

// Take changes what is known of one site.
func (s *Store) Take(ctx context.Context, id central.SiteID, decide func(*central.Taking) error) error {
	return s.change(ctx, func(t *tx) error {
		now := t.row(id)
		if now == nil {
			return central.NoRecord("site", string(id))
		}
		row := *now
		k := &central.Taking{Site: row.Site, Status: row.Status, Find: t.record}
		if err := decide(k); err != nil {
			return err
		}
		row.Status = k.Status
		for _, e := range k.Events {
			row.Status.Stored++
			e.Site, e.N = id, row.Status.Stored
			if err := t.event(e); err != nil {
				return err
			}
		}
		if err := t.records(k.Write); err != nil {
			return err
		}
		return t.put(&row, false)
	})
}

func (t *tx) event(e central.Event) error {
	b, err := sealEvent(e)
	if err != nil {
		return err
	}
	t.set(keyEvent(e.Site, e.N), b)
	t.set(keyN(prefixOf(famType, string(e.Site), e.Type), e.N), []byte{})
	if e.Subject != "" {
		t.set(keyN(prefixOf(famSubject, string(e.Site), e.Subject), e.N), []byte{})
	}
	return nil
}

// Events gives what a site told, newest first.
func (s *Store) Events(_ context.Context, f central.EventFilter) (out []central.Event, err error) {
	err = s.db.View(func(txn *badger.Txn) error {
		if f.Subject == "" && len(f.Types) == 0 {
			out, err = s.walk(txn, &f, prefixOf(famEvent, string(f.Site)))
			return err
		}
		var prefixes [][]byte
		if f.Subject != "" {
			prefixes = append(prefixes, prefixOf(famSubject, string(f.Site), f.Subject))
		} else {
			for _, kind := range f.Types {
				prefixes = append(prefixes, prefixOf(famType, string(f.Site), kind))
			}
		}
		for _, p := range prefixes {
			some, err := s.walk(txn, &f, p)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b central.Event) int { return cmp.Compare(b.N, a.N) })
	return out[:min(len(out), f.Most())], err
}

// walk gives the events that keys of a prefix name, as far as the filter wants them.
func (s *Store) walk(txn *badger.Txn, f *central.EventFilter, prefix []byte) (out []central.Event, err error) {
	from := prefix
	if f.Before > 0 {
		from = keyN(bytes.Clone(prefix), f.Before-1)
	}
	return out, scan(txn, prefix, from, func(key, value []byte) error {
		if key[0] != famEvent {
			item, err := txn.Get(keyEvent(f.Site, nOfKey(key)))
			if err != nil {
				return err
			}
			if value, err = item.ValueCopy(nil); err != nil {
				return err
			}
		}
		e, err := unsealEvent(value)
		if err != nil {
			return err
		}
		if e.Received.Before(f.Since) {
			return errStop
		}
		if len(f.Types) > 0 && !slices.Contains(f.Types, e.Type) {
			return nil
		}
		if out = append(out, e); len(out) >= f.Most() {
			return errStop
		}
		return nil
	})
}

// Prune removes old events of each site, the oldest first, and records that have expired.
func (s *Store) Prune(ctx context.Context, before, now time.Time) (n int, err error) {
	for _, r := range s.memory.list() {
		for {
			var old []central.Event
			err := s.db.View(func(txn *badger.Txn) error {
				return scanBack(txn, prefixOf(famEvent, string(r.Site.ID)), nil, func(_, value []byte) error {
					e, err := unsealEvent(value)
					if err != nil {
						return err
					}
					if !e.Received.Before(before) || len(old) == 500 {
						return errStop
					}
					e.Data = nil
					old = append(old, e)
					return nil
				})
			})
			if err != nil {
				return n, err
			}
			if len(old) == 0 {
				break
			}
			if err := s.change(ctx, func(t *tx) error {
				for _, e := range old {
					t.remove(keyEvent(e.Site, e.N))
					t.remove(keyN(prefixOf(famType, string(e.Site), e.Type), e.N))
					if e.Subject != "" {
						t.remove(keyN(prefixOf(famSubject, string(e.Site), e.Subject), e.N))
					}
				}
				return nil
			}); err != nil {
				return n, err
			}
			n += len(old)
		}
	}
	gone, err := s.removeAll(ctx, []byte{famRecord}, func(_, value []byte) (bool, error) {
		r, err := unsealRecord(value)
		return err == nil && expired(&r, now), nil
	})
	return n + gone, err
}
