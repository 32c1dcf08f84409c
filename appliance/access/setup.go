package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"sync"

	"siteward/appliance"
)

// Setup is the one-time link by which the first administrator is made, so that no password is ever preset. Whoever
// starts the appliance reads the link; its hash lies in the store and is removed by its use.
type Setup struct {
	store Storage
	users *Users
	mu    sync.Mutex
}

const setupKey = "setup"

// NewSetup makes the service.
func NewSetup(store Storage, users *Users) *Setup { return &Setup{store: store, users: users} }

// Needed says that nobody administrates yet.
func (s *Setup) Needed() (bool, error) {
	has, err := s.users.HasAdministrator()
	return !has, err
}

// Issue makes the secret of a new link, for "/setup?token=…". An earlier one is good no more. It fails with
// CodeConflict when there is an administrator.
func (s *Setup) Issue() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return "", err
	}
	raw := random(tokenBytes)
	hash := sha256.Sum256(raw)
	if err := s.keep(hash[:]); err != nil {
		return "", fmt.Errorf("keep set-up link: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// Check says whether a link is good now.
func (s *Setup) Check(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.check(token)
}

// Finish makes the first administrator and ends the link. save stores what else the set-up page asks, after
// everything entered was found good and before the person is made; it may be nil.
func (s *Setup) Finish(ctx context.Context, token, address string, u *appliance.User, password string, save func(by appliance.Actor) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(token); err != nil {
		return err
	}
	u.ID, u.Role, u.Disabled, u.Name = 0, appliance.RoleAdministrator, false, normalName(u.Name)
	if err := s.users.checkUser(u); err != nil {
		return err
	}
	if err := CheckPassword(password, s.users.siteName(), u.Name, u.FullName); err != nil {
		return err
	}
	by := appliance.Actor{Name: u.Name, Role: u.Role, Via: "web", Address: address}
	if save != nil {
		if err := save(by); err != nil {
			return err
		}
	}
	if err := s.users.Create(ctx, by, u, password); err != nil {
		return err
	}
	if err := s.keep(nil); err != nil {
		return fmt.Errorf("end set-up link: %w", err)
	}
	return nil
}

func (s *Setup) keep(hash []byte) error {
	return s.store.Write(func(w Writer) error { return w.PutMeta(setupKey, hash) })
}

func (s *Setup) open() error {
	needed, err := s.Needed()
	if err != nil {
		return err
	}
	if !needed {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{
			Key: "setup.done", English: "this appliance is set up already; sign in"}}
	}
	return nil
}

func (s *Setup) check(token string) error {
	if err := s.open(); err != nil {
		return err
	}
	want, err := s.store.Meta(setupKey)
	if err != nil && !notFound(err) {
		return fmt.Errorf("read set-up link: %w", err)
	}
	raw, derr := base64.RawURLEncoding.Strict().DecodeString(token)
	got := sha256.Sum256(raw)
	if derr != nil || len(want) == 0 || subtle.ConstantTimeCompare(got[:], want) != 1 {
		return &appliance.Error{Code: appliance.CodeForbidden, Message: appliance.Message{
			Key: "setup.link", English: "this link is not good any more; restart the appliance and open the link it prints"}}
	}
	return nil
}
