package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
)

// Tokens makes and checks the secrets that programs use. A token is "sw_" and 256 random bits; only their SHA-256 is
// kept, which is enough for a secret that nobody can guess.
type Tokens struct {
	store Storage
	now   func() time.Time
	log   *slog.Logger
	roles []appliance.Role

	mu sync.Mutex
}

const (
	tokenPrefix = "sw_"
	tokenBytes  = 32
	maxTokens   = 200
	usedEvery   = time.Hour // how exactly the last use is kept; each write costs a sync of the disk
)

// NewTokens makes the service.
func NewTokens(store Storage, now func() time.Time, log *slog.Logger) *Tokens {
	return &Tokens{store: store, now: now, log: log, roles: appliance.Roles}
}

// Create makes a token and gives its secret, which nobody can see again. It expires within two years, and its role is
// not above the role of whoever makes it.
func (s *Tokens) Create(by appliance.Actor, name string, role appliance.Role, expires time.Time) (secret string, err error) {
	now := s.now()
	name = strings.TrimSpace(name)
	if err := s.checkToken(by, name, role, expires, now); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.store.Tokens()
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	if len(list) >= maxTokens {
		return "", appliance.Errorf(appliance.CodeConflict, "there are %d tokens already; delete some that are not used", len(list))
	}
	if slices.ContainsFunc(list, func(t appliance.Token) bool { return strings.EqualFold(t.Name, name) }) {
		return "", &appliance.Error{Code: appliance.CodeConflict, Field: "name", Message: appliance.Message{
			Key: "token.name_taken", Args: map[string]any{"Name": name}, English: fmt.Sprintf("a token is called %q already; choose another name", name)}}
	}
	raw := random(tokenBytes)
	hash := sha256.Sum256(raw)
	t := appliance.Token{Name: name, Role: role, Hash: hash[:], Created: now, By: by.Name, Expires: expires}
	what := fmt.Sprintf("created the token: role %s, until %s", role, expires.Format(time.DateOnly))
	if err := s.write(by, t, "token_created", what, putToken(&t)); err != nil {
		return "", err
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(raw), nil
}

// List gives all tokens, without their hashes.
func (s *Tokens) List() ([]appliance.Token, error) {
	list, err := s.store.Tokens()
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Hash = nil
	}
	return list, nil
}

// Delete ends a token at once.
func (s *Tokens) Delete(by appliance.Actor, id appliance.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.store.Tokens()
	if err != nil {
		return fmt.Errorf("delete token: %w", err)
	}
	i := slices.IndexFunc(list, func(t appliance.Token) bool { return t.ID == id })
	if i < 0 {
		return appliance.ErrNotFound
	}
	return s.write(by, list[i], "token_deleted", "deleted the token", func(w Writer) error { return w.DeleteToken(id) })
}

// Check finds the token of a secret. It fails with CodeUnauthorized when there is none or its time is over.
func (s *Tokens) Check(secret string) (appliance.Token, error) {
	hash, err := parseToken(secret)
	if err != nil {
		return appliance.Token{}, err
	}
	t, err := s.store.TokenByHash(hash[:])
	switch {
	case notFound(err):
		return appliance.Token{}, errToken
	case err != nil:
		return appliance.Token{}, fmt.Errorf("check token: %w", err)
	case subtle.ConstantTimeCompare(t.Hash, hash[:]) != 1:
		return appliance.Token{}, errToken
	}
	now := s.now()
	if !now.Before(t.Expires) {
		return appliance.Token{}, &appliance.Error{Code: appliance.CodeUnauthorized, Message: appliance.Message{
			Key: "token.expired", English: "this API token has expired; an administrator can make a new one"}}
	}
	if now.Sub(t.Used) >= usedEvery {
		s.touch(t.ID, now)
	}
	return t, nil
}

// touch notes the last use. It is a convenience: a store that takes no writes must not shut programs out.
func (s *Tokens) touch(id appliance.ID, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.store.Tokens()
	i := slices.IndexFunc(list, func(t appliance.Token) bool { return t.ID == id })
	if err != nil || i < 0 {
		return // deleted since
	}
	t := list[i]
	t.Used = now
	if err := s.store.Write(putToken(&t)); err != nil {
		s.log.Warn("last use of a token not noted", "token", t.Name, "err", err)
	}
}

func (s *Tokens) write(by appliance.Actor, t appliance.Token, verb, english string, change func(Writer) error) error {
	e := audited(s.now(), by, "token "+t.Name, verb, english, map[string]any{
		"Token": t.Name, "Role": string(t.Role), "Until": t.Expires.Format(time.DateOnly)})
	err := s.store.Write(func(w Writer) error {
		if err := change(w); err != nil {
			return err
		}
		return w.Append([]appliance.Event{e})
	})
	if err != nil {
		return fmt.Errorf("change token: %w", err)
	}
	return nil
}

// putToken is a step that may be run again, as putUser is.
func putToken(t *appliance.Token) func(Writer) error {
	before := *t
	return func(w Writer) error {
		*t = before
		return w.PutToken(t)
	}
}

func (s *Tokens) checkToken(by appliance.Actor, name string, role appliance.Role, expires, now time.Time) error {
	switch rank := slices.Index(s.roles, role); {
	case name == "" || !line(name, 64):
		return appliance.Invalid("name", "token.name", "a token needs a name of 1 to 64 characters that says what it is for", nil)
	case rank < 0:
		return appliance.Invalid("role", "user.role", "choose a role: viewer, keyuser, technician or administrator", nil)
	case rank > slices.Index(s.roles, by.Role):
		return appliance.Invalid("role", "token.role", "a token cannot do more than the person who makes it; choose a lesser role", nil)
	case !expires.After(now):
		return appliance.Invalid("expires", "token.past", "this day is over; choose one to come", nil)
	case expires.After(now.AddDate(2, 0, 1)):
		return appliance.Invalid("expires", "token.far", "a token lasts two years at most; choose an earlier day", nil)
	}
	return nil
}

// parseToken reads the written form strictly and gives the SHA-256 of the secret.
func parseToken(s string) (hash [sha256.Size]byte, err error) {
	enc, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok || len(enc) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return hash, errToken
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(enc)
	if err != nil || len(raw) != tokenBytes {
		return hash, errToken
	}
	return sha256.Sum256(raw), nil
}

var errToken = &appliance.Error{Code: appliance.CodeUnauthorized, Message: appliance.Message{
	Key: "token.unknown", English: "this API token is not known here; look whether it was copied completely, or ask an administrator for a new one"}}
