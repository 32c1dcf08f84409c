package ui

import (
	"crypto/rand"
	"sync"
	"time"
)

// typedSecrets keep the passwords of forms that were sent to be tested or had a mistake in another field. A page never holds a
// secret, and nobody types one twice, so the page carries a random name instead under which it waits here for the same person.
type typedSecrets struct {
	mu   sync.Mutex
	kept map[string]typedSecret
}

type typedSecret struct {
	secrets
	owner string
	until time.Time
}

// secrets are the fields that no page shows.
type secrets struct{ community, auth, priv string }

// or fills what is empty.
func (s secrets) or(other secrets) secrets {
	pick := func(a, b string) string {
		if a == "" {
			return b
		}
		return a
	}
	return secrets{pick(s.community, other.community), pick(s.auth, other.auth), pick(s.priv, other.priv)}
}

const (
	keepTyped = 30 * time.Minute
	maxTyped  = 200
)

// keep gives the name under which the secrets wait, "" when there are none.
func (t *typedSecrets) keep(owner string, s secrets, now time.Time) string {
	if s == (secrets{}) {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, k := range t.kept {
		if now.After(k.until) {
			delete(t.kept, name)
		}
	}
	if t.kept == nil || len(t.kept) >= maxTyped {
		t.kept = map[string]typedSecret{}
	}
	name := rand.Text()
	t.kept[name] = typedSecret{s, owner, now.Add(keepTyped)}
	return name
}

// of gives what waits under a name, to the person who typed it.
func (t *typedSecrets) of(owner, name string, now time.Time) secrets {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.kept[name]
	if !ok || k.owner != owner || now.After(k.until) {
		return secrets{}
	}
	return k.secrets
}

// forget lets go of them once they are stored.
func (t *typedSecrets) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.kept, name)
}
