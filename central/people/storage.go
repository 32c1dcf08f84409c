package people

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/central"
)

// The families of records.
var (
	users    = central.Noun[appliance.User]{Family: "user"}          // by number
	names    = central.Noun[appliance.ID]{Family: "user-name"}       // by sign-in name, so that two cannot have one
	tokens   = central.Noun[appliance.Token]{Family: "user-token"}   // by number
	byHash   = central.Noun[appliance.ID]{Family: "user-token-hash"} // by the hash of the secret
	audit    = central.Noun[appliance.Event]{Family: "audit"}        // by time
	extras   = central.Noun[Extra]{Family: "user-extra"}             // by number of the user
	subjects = central.Noun[appliance.ID]{Family: "user-subject"}    // by issuer and subject
	meta     = central.Noun[[]byte]{Family: "access"}                // by name
)

const familySession = "session"

// Storage is an access.Storage over central's records.
type Storage struct {
	Records central.Records
	Now     func() time.Time
}

var _ access.Storage = Storage{}

// every is a list without an end in sight: accounts are tens, seldom hundreds.
var every = central.RecordRange{Limit: 10_000}

// patience is how long one question to the store may take.
const patience = 20 * time.Second

func asking() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

func key(id appliance.ID) string { return central.NumberKey(uint64(id)) }

// Users is access.Storage.
func (s Storage) Users() ([]appliance.User, error) {
	ctx, stop := asking()
	defer stop()
	return users.List(ctx, s.Records, every)
}

// User is access.Storage.
func (s Storage) User(id appliance.ID) (appliance.User, error) {
	ctx, stop := asking()
	defer stop()
	u, _, err := users.Find(ctx, s.Records, key(id))
	return u, err
}

// UserByName is access.Storage.
func (s Storage) UserByName(name string) (appliance.User, error) {
	ctx, stop := asking()
	defer stop()
	if name == "" {
		return appliance.User{}, appliance.ErrNotFound
	}
	id, _, err := names.Find(ctx, s.Records, name)
	if err != nil {
		return appliance.User{}, err
	}
	return s.User(id)
}

// Tokens is access.Storage.
func (s Storage) Tokens() ([]appliance.Token, error) {
	ctx, stop := asking()
	defer stop()
	return tokens.List(ctx, s.Records, every)
}

// TokenByHash is access.Storage.
func (s Storage) TokenByHash(hash []byte) (appliance.Token, error) {
	ctx, stop := asking()
	defer stop()
	id, _, err := byHash.Find(ctx, s.Records, hex.EncodeToString(hash))
	if err != nil {
		return appliance.Token{}, err
	}
	t, _, err := tokens.Find(ctx, s.Records, key(id))
	return t, err
}

// Meta is access.Storage.
func (s Storage) Meta(name string) ([]byte, error) {
	ctx, stop := asking()
	defer stop()
	v, _, err := meta.Find(ctx, s.Records, name)
	return v, err
}

// Write is access.Storage.
func (s Storage) Write(change func(access.Writer) error) error {
	ctx, stop := asking()
	defer stop()
	w := &writer{ctx: ctx, s: s}
	if err := change(w); err != nil {
		return err
	}
	return s.Records.Write(ctx, w.changes...)
}

// Find is access.SessionStore.
func (s Storage) Find(token string) ([]byte, bool, error) {
	ctx, stop := asking()
	defer stop()
	r, err := s.Records.Record(ctx, familySession, token)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return nil, false, nil
	}
	return r.Value, err == nil && s.Now().Before(r.Expires), err
}

// Commit is access.SessionStore.
func (s Storage) Commit(token string, b []byte, expiry time.Time) error {
	ctx, stop := asking()
	defer stop()
	return s.Records.Write(ctx, central.Record{Family: familySession, Key: token, Value: b, Expires: expiry, Any: true})
}

// Delete is access.SessionStore.
func (s Storage) Delete(token string) error {
	ctx, stop := asking()
	defer stop()
	return s.Records.Write(ctx, central.Record{Family: familySession, Key: token, Remove: true, Any: true})
}

// All is access.SessionStore.
func (s Storage) All() (map[string][]byte, error) {
	ctx, stop := asking()
	defer stop()
	r := every
	r.Family = familySession
	list, err := s.Records.Records(ctx, r)
	out := make(map[string][]byte, len(list))
	for _, v := range list {
		out[v.Key] = v.Value
	}
	return out, err
}

// Audit gives lines of the audit, the newest first, before a key when it is not empty, and the key to go on from.
func (s Storage) Audit(ctx context.Context, before string, limit int) ([]appliance.Event, string, error) {
	records, err := s.Records.Records(ctx, central.RecordRange{Family: audit.Family, To: before, Reverse: true, Limit: limit})
	if err != nil || len(records) == 0 {
		return nil, "", err
	}
	list, err := audit.List(ctx, s.Records, central.RecordRange{To: before, Reverse: true, Limit: limit})
	return list, records[len(records)-1].Key, err
}

func auditKey(at time.Time) string { return central.Key(central.TimeKey(at), rand.Text()[:8]) }
