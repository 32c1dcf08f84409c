package access

import (
	"time"

	"siteward/appliance"
)

// UserStore keeps users. PutUser gives an ID to a user without one, raises Version, and refuses with CodeConflict when
// the version is not the stored one or the name is taken. Names are compared lower case. A user that is not there
// is appliance.ErrNotFound.
type UserStore interface {
	Users() ([]appliance.User, error)
	User(id appliance.ID) (appliance.User, error)
	UserByName(name string) (appliance.User, error)
	PutUser(u *appliance.User) error
	DeleteUser(id appliance.ID) error
}

// TokenStore keeps API tokens by ID and by the SHA-256 of their secret.
type TokenStore interface {
	Tokens() ([]appliance.Token, error)
	TokenByHash(hash []byte) (appliance.Token, error)
	PutToken(t *appliance.Token) error
	DeleteToken(id appliance.ID) error
}

// SessionStore keeps sessions; it is the Store and IterableStore of scs. Find and All leave out what has expired.
type SessionStore interface {
	Find(token string) (b []byte, found bool, err error)
	Commit(token string, b []byte, expiry time.Time) error
	Delete(token string) error
	All() (map[string][]byte, error)
}

// MetaStore keeps small values by name. A value that is not there is appliance.ErrNotFound or empty.
type MetaStore interface {
	Meta(key string) ([]byte, error)
	PutMeta(key string, value []byte) error // empty deletes
}

// Journal takes audit events.
type Journal interface {
	Append(events []appliance.Event) error
}

// Storage is all of them, as *store.Store has it.
type Storage interface {
	UserStore
	TokenStore
	SessionStore
	MetaStore
	Journal
}
