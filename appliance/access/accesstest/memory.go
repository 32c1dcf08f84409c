// Package accesstest helps others test what stands behind a gate: a store in memory, a gate whose passwords are cheap
// to compute, and the walk over all routes that finds one without an entry in the table.
package accesstest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
)

// Memory is an access.Storage that forgets..
type Memory struct {
	mu       sync.Mutex
	broken   error
	frozen   error
	users    map[appliance.ID]appliance.User
	tokens   map[appliance.ID]appliance.Token
	meta     map[string][]byte
	sessions map[string]kept
	events   []appliance.Event
	last     appliance.ID
	now      func() time.Time
	commits  int
}

type kept struct {
	data   []byte
	expiry time.Time
}

// NewMemory makes an empty store.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{users: map[appliance.ID]appliance.User{}, tokens: map[appliance.ID]appliance.Token{},
		meta: map[string][]byte{}, sessions: map[string]kept{}, now: now}
}

// Break makes all calls fail with err, nil mends it.
func (m *Memory) Break(err error) { m.mu.Lock(); m.broken = err; m.mu.Unlock() }

// Freeze makes all writes fail with err, nil ends it.
func (m *Memory) Freeze(err error) { m.mu.Lock(); m.frozen = err; m.mu.Unlock() }

// Events gives the journal.
func (m *Memory) Events() []appliance.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.events)
}

// Commits counts writes of sessions.
func (m *Memory) Commits() int { m.mu.Lock(); defer m.mu.Unlock(); return m.commits }

// Raw gives all that is kept of sessions, keys and data, to look for secrets in it.
func (m *Memory) Raw() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for k, s := range m.sessions {
		b.WriteString(k + string(s.data))
	}
	for _, t := range m.tokens {
		b.Write(t.Hash)
	}
	for _, v := range m.meta {
		b.Write(v)
	}
	return b.String()
}

// Users is access.Storage.
func (m *Memory) Users() ([]appliance.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]appliance.User, 0, len(m.users))
	for _, u := range m.users {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b appliance.User) int { return int(a.ID) - int(b.ID) })
	return list, m.broken
}

// User is access.Storage.
func (m *Memory) User(id appliance.ID) (appliance.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.users[id]
	return u, m.found(ok)
}

// UserByName is access.Storage.
func (m *Memory) UserByName(name string) (appliance.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.users {
		if strings.EqualFold(u.Name, name) {
			return u, m.found(true)
		}
	}
	return appliance.User{}, m.found(false)
}

// Tokens is access.Storage.
func (m *Memory) Tokens() ([]appliance.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]appliance.Token, 0, len(m.tokens))
	for _, t := range m.tokens {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b appliance.Token) int { return int(a.ID) - int(b.ID) })
	return list, m.broken
}

// TokenByHash is access.Storage.
func (m *Memory) TokenByHash(hash []byte) (appliance.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tokens {
		if bytes.Equal(t.Hash, hash) {
			return t, m.found(true)
		}
	}
	return appliance.Token{}, m.found(false)
}

// Meta is access.Storage.
func (m *Memory) Meta(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.meta[key]
	return v, m.found(ok)
}

// Write is access.Storage. The steps of a failed change are not taken back here, as no test needs it.
func (m *Memory) Write(change func(access.Writer) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := cmp.Or(m.broken, m.frozen); err != nil {
		return err
	}
	return change((*writer)(m))
}

// Find is access.SessionStore.
func (m *Memory) Find(token string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[token]
	return s.data, ok && m.now().Before(s.expiry), m.broken
}

// Commit is access.SessionStore.
func (m *Memory) Commit(token string, b []byte, expiry time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frozen != nil {
		return m.frozen
	}
	m.sessions[token] = kept{b, expiry}
	m.commits++
	return m.broken
}

// Delete is access.SessionStore.
func (m *Memory) Delete(token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frozen != nil {
		return m.frozen
	}
	delete(m.sessions, token)
	return m.broken
}

// All is access.SessionStore.
func (m *Memory) All() (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string][]byte{}
	for k, s := range m.sessions {
		all[k] = s.data
	}
	return all, m.broken
}

func (m *Memory) found(ok bool) error {
	if m.broken == nil && !ok {
		return appliance.ErrNotFound
	}
	return m.broken
}

// writer has the methods of access.Writer; the lock is held by Write.
type writer Memory

func (w *writer) PutUser(u *appliance.User) error {
	if u.ID == 0 {
		w.last++
		u.ID = w.last
	}
	if old, ok := w.users[u.ID]; ok && old.Version != u.Version {
		return appliance.Errorf(appliance.CodeConflict, "somebody else changed this user")
	}
	u.Version++
	w.users[u.ID] = *u
	return nil
}

func (w *writer) DeleteUser(id appliance.ID) error { delete(w.users, id); return nil }

func (w *writer) PutToken(t *appliance.Token) error {
	if t.ID == 0 {
		w.last++
		t.ID = w.last
	}
	w.tokens[t.ID] = *t
	return nil
}

func (w *writer) DeleteToken(id appliance.ID) error { delete(w.tokens, id); return nil }

func (w *writer) PutMeta(key string, value []byte) error {
	if len(value) == 0 {
		delete(w.meta, key)
		return nil
	}
	w.meta[key] = bytes.Clone(value)
	return nil
}

func (w *writer) Append(events []appliance.Event) error {
	for _, e := range events {
		e.Seq = uint64(len(w.events) + 1)
		w.events = append(w.events, e)
	}
	return nil
}
