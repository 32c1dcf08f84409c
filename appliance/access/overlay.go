package access

import (
	"maps"
	"sync"
	"time"

	"siteward/appliance"
)

// overlay keeps sessions in memory while the store takes no writes, so that people can still sign in to see why, and
// sign out. What it holds is lost at a restart; the store's own sessions are not touched.
type overlay struct {
	SessionStore
	now func() time.Time

	mu      sync.Mutex
	entries map[string]entry
}

type entry struct {
	data   []byte // nil: ended, though the store still has it
	expiry time.Time
}

const maxOverlay = 500

func newOverlay(store SessionStore, now func() time.Time) *overlay {
	return &overlay{SessionStore: store, now: now, entries: map[string]entry{}}
}

// Find implements SessionStore.
func (o *overlay) Find(token string) ([]byte, bool, error) {
	o.mu.Lock()
	e, ok := o.entries[token]
	o.mu.Unlock()
	if ok {
		return e.data, e.data != nil && o.now().Before(e.expiry), nil
	}
	return o.SessionStore.Find(token)
}

// Commit implements SessionStore.
func (o *overlay) Commit(token string, b []byte, expiry time.Time) error {
	return o.keep(token, entry{b, expiry}, o.SessionStore.Commit(token, b, expiry))
}

// Delete implements SessionStore.
func (o *overlay) Delete(token string) error {
	return o.keep(token, entry{nil, o.now().Add(AbsoluteLimit)}, o.SessionStore.Delete(token))
}

// All implements SessionStore.
func (o *overlay) All() (map[string][]byte, error) {
	stored, err := o.SessionStore.All()
	if err != nil {
		return nil, err
	}
	all := maps.Clone(stored)
	o.mu.Lock()
	defer o.mu.Unlock()
	for token, e := range o.entries {
		delete(all, token)
		if e.data != nil && o.now().Before(e.expiry) {
			all[token] = e.data
		}
	}
	return all, nil
}

// keep holds what the store refused because it takes no writes; any other outcome is the store's.
func (o *overlay) keep(token string, e entry, err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if appliance.CodeOf(err) != appliance.CodeReadOnly {
		if err == nil {
			delete(o.entries, token)
		}
		return err
	}
	now := o.now()
	maps.DeleteFunc(o.entries, func(_ string, old entry) bool { return !now.Before(old.expiry) })
	if len(o.entries) >= maxOverlay {
		return err
	}
	o.entries[token] = e
	return nil
}
