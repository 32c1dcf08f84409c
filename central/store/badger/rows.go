package badger

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"siteward/central"
)

// rows keeps the fleet in memory. A row is never changed in place: who has one may read it for as long as he likes.
type rows struct {
	mu     sync.RWMutex
	all    map[central.SiteID]*central.Row
	names  map[string]central.SiteID // lower case
	sorted []*central.Row            // worst first; nil: to be made anew
}

func (m *rows) get(id central.SiteID) *central.Row {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.all[id]
}

func (m *rows) named(name string) central.SiteID {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.names[strings.ToLower(name)]
}

// set takes in what was written; a nil row is a site that was removed.
func (m *rows) set(changed map[central.SiteID]*central.Row) {
	if len(changed) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, r := range changed {
		before := m.all[id]
		if before != nil && m.names[strings.ToLower(before.Site.Name)] == id {
			delete(m.names, strings.ToLower(before.Site.Name))
		}
		if r == nil {
			delete(m.all, id)
			m.sorted = nil
			continue
		}
		m.all[id] = r
		m.names[strings.ToLower(r.Site.Name)] = id
		if before == nil || worse(before, r) != 0 {
			m.sorted = nil
		} else if m.sorted != nil {
			if at, ok := slices.BinarySearchFunc(m.sorted, before, worse); ok {
				m.sorted[at] = r
			}
		}
	}
}

// worse orders the fleet. No two sites are equal, because the id decides last.
func worse(a, b *central.Row) int {
	return cmp.Or(cmp.Compare(b.Status.Rank(), a.Status.Rank()),
		strings.Compare(strings.ToLower(a.Site.Name), strings.ToLower(b.Site.Name)), strings.Compare(string(a.Site.ID), string(b.Site.ID)))
}

// list gives a copy of all rows, the worst first.
func (m *rows) list() []*central.Row {
	m.mu.RLock()
	if m.sorted != nil {
		defer m.mu.RUnlock()
		return slices.Clone(m.sorted)
	}
	m.mu.RUnlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sorted == nil {
		m.sorted = make([]*central.Row, 0, len(m.all))
		for _, r := range m.all {
			m.sorted = append(m.sorted, r)
		}
		slices.SortFunc(m.sorted, worse)
	}
	return slices.Clone(m.sorted)
}

// clear forgets all rows.
func (m *rows) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all, m.names, m.sorted = map[central.SiteID]*central.Row{}, map[string]central.SiteID{}, nil
}

// fill reads all rows from the disk.
func (s *Store) fill() error {
	s.memory.clear()
	return s.db.View(func(txn *badger.Txn) error {
		return scan(txn, []byte{famSite}, nil, func(key, value []byte) error {
			r := &central.Row{}
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
			s.memory.all[r.Site.ID] = r
			s.memory.names[strings.ToLower(r.Site.Name)] = r.Site.ID
			return nil
		})
	})
}
