package access

import (
	"time"

	"siteward/appliance"
)

// Storage is what access needs of the store. What is not there fails with CodeNotFound; names are compared lower case.
type Storage interface {
	Users() ([]appliance.User, error)
	User(id appliance.ID) (appliance.User, error)
	UserByName(name string) (appliance.User, error)
	Tokens() ([]appliance.Token, error)
	TokenByHash(hash []byte) (appliance.Token, error)
	Meta(key string) ([]byte, error) // small values by name

	// Write makes all that change does in one step, synced before it returns, or nothing of it: a change and the
	// audit's line about it are never apart.
	Write(change func(Writer) error) error

	SessionStore
}

// Writer is one such step.
type Writer interface {
	// PutUser gives an ID to a user without one, raises Version, and refuses with CodeConflict when the version is
	// not the stored one or the name is taken.
	PutUser(u *appliance.User) error
	DeleteUser(id appliance.ID) error
	PutToken(t *appliance.Token) error
	DeleteToken(id appliance.ID) error
	PutMeta(key string, value []byte) error // empty deletes
	Append(events []appliance.Event) error  // to the journal
}

// SessionStore keeps sessions; it is the Store and IterableStore of scs. Find and All leave out what has expired.
type SessionStore interface {
	Find(token string) (b []byte, found bool, err error)
	Commit(token string, b []byte, expiry time.Time) error
	Delete(token string) error
	All() (map[string][]byte, error)
}

func notFound(err error) bool { return appliance.CodeOf(err) == appliance.CodeNotFound }
