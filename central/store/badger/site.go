package badger

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store"
)

// Site finds one site.
func (s *Store) Site(_ context.Context, id central.SiteID) (central.Row, error) {
	r := s.memory.get(id)
	if r == nil {
		return central.Row{}, central.NoRecord("site", string(id))
	}
	return *r, nil
}

// PutSite adds or changes a site.
func (s *Store) PutSite(ctx context.Context, site *central.Site) error {
	v := *site
	err := s.change(ctx, func(t *tx) error {
		if holder := t.named(v.Name); holder != "" && holder != v.ID {
			return store.NameTaken(v.Name)
		}
		row, now := central.Row{}, t.row(v.ID)
		if (now == nil) != (site.Version == 0) || now != nil && now.Site.Version != site.Version {
			return central.ErrChanged(central.Record{Family: "site"})
		}
		if now != nil {
			row = *now
		}
		v.Version = site.Version + 1
		store.Entered(&row, v, s.now())
		return t.put(&row, true)
	})
	if err == nil {
		*site = v
	}
	return err
}

func (t *tx) named(name string) central.SiteID {
	for at := t; at != nil; at = at.below {
		for id, r := range at.rows {
			if r != nil && strings.EqualFold(r.Site.Name, name) {
				return id
			}
		}
	}
	id := t.s.memory.named(name)
	if id == "" {
		return ""
	}
	if r := t.row(id); r == nil || !strings.EqualFold(r.Site.Name, name) {
		return "" // removed or renamed within the transaction
	}
	return id
}

// put writes a row.
func (t *tx) put(r *central.Row, siteToo bool) error {
	if siteToo {
		b, err := sealJSON(r.Site)
		if err != nil {
			return err
		}
		t.set(keySite(famSite, r.Site.ID), b)
	}
	b, err := sealJSON(r.Status)
	if err != nil {
		return err
	}
	t.set(keySite(famStatus, r.Site.ID), b)
	t.rows[r.Site.ID] = r
	return nil
}

// Fleet lists sites, the worst first.
func (s *Store) Fleet(_ context.Context, f central.FleetFilter) (central.Fleet, error) {
	out := central.Fleet{States: map[appliance.State]int{}, Silent: map[central.Silence]int{}}
	n := 0
	for _, r := range s.memory.list() {
		if !f.Chooses(r) {
			continue
		}
		if n++; n > f.Offset && len(out.Rows) < f.Most() {
			out.Rows = append(out.Rows, *r)
		} else if !f.Total && len(out.Rows) >= f.Most() {
			break
		}
		if f.Total {
			out.Total++
			out.States[r.Status.Facts.State]++
			out.Silent[r.Status.Silent]++
		}
	}
	return out, nil
}

// Due lists sites that are silent and are not known to be.
func (s *Store) Due(_ context.Context, now time.Time, limit int) ([]central.Row, error) {
	s.memory.mu.RLock()
	var out []central.Row
	for _, r := range s.memory.all {
		if !r.Status.Due.IsZero() && !now.Before(r.Status.Due) {
			out = append(out, *r)
		}
	}
	s.memory.mu.RUnlock()
	slices.SortFunc(out, func(a, b central.Row) int {
		return cmp.Or(a.Status.Due.Compare(b.Status.Due), strings.Compare(string(a.Site.ID), string(b.Site.ID)))
	})
	return out[:min(len(out), limit)], nil
}

// DeleteSite removes a site: first what it told, in parts, then the site.
func (s *Store) DeleteSite(ctx context.Context, id central.SiteID) error {
	if s.memory.get(id) == nil {
		return central.NoRecord("site", string(id))
	}
	prefixes := [][]byte{prefixOf(famEvent, string(id)), prefixOf(famType, string(id)), prefixOf(famSubject, string(id))}
	for _, family := range store.OfSite {
		prefixes = append(prefixes, append(keyRecord(family, string(id)), '/'))
	}
	if err := s.change(ctx, func(t *tx) error {
		t.remove(keySite(famSite, id))
		t.remove(keySite(famStatus, id))
		for _, family := range store.OfSite {
			t.remove(keyRecord(family, string(id)))
		}
		t.rows[id] = nil
		return nil
	}); err != nil {
		return err
	}
	for _, p := range prefixes {
		if _, err := s.removeAll(ctx, p, func([]byte, []byte) (bool, error) { return true, nil }); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes the keys with a prefix that are chosen, a thousand a transaction.
func (s *Store) removeAll(ctx context.Context, prefix []byte, choose func(key, value []byte) (bool, error)) (n int, err error) {
	from := prefix
	for {
		var keys [][]byte
		err := s.db.View(func(txn *badger.Txn) error {
			return scan(txn, prefix, from, func(key, value []byte) error {
				ok, err := choose(key, value)
				if err != nil || !ok {
					return err
				}
				if keys = append(keys, key); len(keys) == 1000 {
					return errStop
				}
				return nil
			})
		})
		if err != nil || len(keys) == 0 {
			return n, err
		}
		if err := s.change(ctx, func(t *tx) error {
			for _, k := range keys {
				t.remove(k)
			}
			return nil
		}); err != nil {
			return n, err
		}
		n += len(keys)
		from = keys[len(keys)-1]
	}
}
