package access

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"

	"siteward/appliance"
)

// How long a session lasts. An office signs in once in the morning, and once a week at the least.
const (
	IdleLimit     = 12 * time.Hour
	AbsoluteLimit = 7 * 24 * time.Hour

	// The last use is stored this exactly. Each note costs a sync of the disk, so scs's own idle time, which writes
	// at every request, is not used.
	seenEvery = 5 * time.Minute

	// Beyond so many sessions of one person the oldest ends, so that sign-ins cannot fill the store.
	maxSessions = 20
)

// sessions is scs with our store, codec and limits. The store has the SHA-256 of a session's token, never the token,
// so that a backup opens nothing.
type sessions struct {
	scs   *scs.SessionManager
	store SessionStore
	now   func() time.Time
}

// session is what is kept of one.
type session struct {
	User  appliance.ID
	Stamp uint64 // of the user at sign-in
	CSRF  string
	Born  time.Time
	Seen  time.Time
}

const sessionKey = "session"

func newSessions(store SessionStore, now func() time.Time, secure bool) *sessions {
	store = newOverlay(store, now)
	// Not scs.New: that begins a goroutine that cleans a store we do not use and cannot be stopped without a race.
	m := &scs.SessionManager{Store: store, Codec: codec{}, HashTokenInStore: true, Lifetime: AbsoluteLimit,
		Cookie: scs.SessionCookie{Name: cookieName("siteward", secure), Path: "/", HttpOnly: true, Secure: secure,
			SameSite: http.SameSiteLaxMode, Persist: true}}
	return &sessions{scs: m, store: store, now: now}
}

// cookieName puts the prefix by which a browser holds a cookie to this host, this path and TLS (RFC 6265bis 4.1.3).
// Plain HTTP, as on the loopback, cannot carry it.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// load finds the session of a request's cookie. The context is needed by the other methods. ok is false when there is no
// session, or its time is over; then it is gone from the store.
func (s *sessions) load(r *http.Request) (ctx context.Context, rec session, ok bool, err error) {
	token := ""
	if c, err := r.Cookie(s.scs.Cookie.Name); err == nil && len(c.Value) <= 64 {
		token = c.Value
	}
	ctx, err = s.scs.Load(r.Context(), token)
	if err != nil {
		return r.Context(), rec, false, fmt.Errorf("load session: %w", err)
	}
	raw := s.scs.GetString(ctx, sessionKey)
	if raw == "" || json.Unmarshal([]byte(raw), &rec) != nil {
		return ctx, session{}, false, nil //nolint:nilerr // a session that cannot be read is none: its owner signs in again
	}
	now := s.now()
	if now.Sub(rec.Seen) > IdleLimit || now.Sub(rec.Born) > AbsoluteLimit {
		return ctx, session{}, false, s.scs.Destroy(ctx)
	}
	return ctx, rec, true, nil
}

// touch notes that a session is used, now and then.
func (s *sessions) touch(ctx context.Context, rec session) error {
	now := s.now()
	if now.Sub(rec.Seen) < seenEvery {
		return nil
	}
	rec.Seen = now
	s.put(ctx, rec)
	if _, _, err := s.scs.Commit(ctx); err != nil {
		return fmt.Errorf("note use of session: %w", err)
	}
	return nil
}

// start begins a session for a user under a new token; the token the browser came with ends. It writes the cookie.
func (s *sessions) start(ctx context.Context, w http.ResponseWriter, u appliance.User) error {
	if err := s.makeRoom(u.ID); err != nil {
		return err
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	now := s.now()
	rec := session{User: u.ID, Stamp: u.Stamp, CSRF: secretText(), Born: now, Seen: now}
	s.put(ctx, rec)
	token, expiry, err := s.scs.Commit(ctx)
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	s.scs.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// end removes the session and its cookie.
func (s *sessions) end(ctx context.Context, w http.ResponseWriter) error {
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	s.scs.WriteSessionCookie(ctx, w, "", time.Time{})
	return nil
}

func (s *sessions) put(ctx context.Context, rec session) {
	b, _ := json.Marshal(rec) // numbers, times and a string: cannot fail
	s.scs.Put(ctx, sessionKey, string(b))
}

// makeRoom ends a person's oldest sessions when there are too many.
func (s *sessions) makeRoom(user appliance.ID) error {
	all, err := s.store.All()
	if err != nil {
		return fmt.Errorf("count sessions: %w", err)
	}
	type old struct {
		key  string
		seen time.Time
	}
	var own []old
	for key, b := range all {
		_, values, err := codec{}.Decode(b)
		var rec session
		raw, _ := values[sessionKey].(string)
		if err == nil && json.Unmarshal([]byte(raw), &rec) == nil && rec.User == user {
			own = append(own, old{key, rec.Seen})
		}
	}
	slices.SortFunc(own, func(a, b old) int { return a.seen.Compare(b.seen) })
	for len(own) >= maxSessions {
		if err := s.store.Delete(own[0].key); err != nil {
			return fmt.Errorf("end oldest session: %w", err)
		}
		own = own[1:]
	}
	return nil
}

// codec writes sessions as JSON, which a person can read and a later version too; scs's own is gob.
type codec struct{}

type stored struct {
	Deadline int64          `json:"deadline"` // seconds since 1970
	Values   map[string]any `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(stored{deadline.Unix(), values})
}

// Decode implements scs.Codec.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var v stored
	if err := json.Unmarshal(b, &v); err != nil {
		return time.Time{}, nil, err
	}
	if v.Values == nil {
		v.Values = map[string]any{}
	}
	return time.Unix(v.Deadline, 0).UTC(), v.Values, nil
}
