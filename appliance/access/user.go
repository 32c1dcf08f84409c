package access

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
)

// Users creates and changes the people who sign in. It keeps three promises: there is always an administrator who
// can sign in, a password is never easy, and a change of password, role or disabled ends the person's other sessions.
type Users struct {
	store    Storage
	hasher   *Hasher
	now      func() time.Time
	siteName func() string
	roles    []appliance.Role

	mu sync.Mutex // one change at a time, so that two administrators cannot remove each other
}

// NewUsers makes the service. siteName is for the refusal of passwords built from it.
func NewUsers(store Storage, hasher *Hasher, now func() time.Time, siteName func() string) *Users {
	return &Users{store: store, hasher: hasher, now: now, siteName: siteName, roles: appliance.Roles}
}

// List gives all users, their password strings left out.
func (s *Users) List() ([]appliance.User, error) {
	list, err := s.store.Users()
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Password = ""
	}
	return list, nil
}

// Find gives the user of a sign-in name, without the password string.
func (s *Users) Find(name string) (appliance.User, error) {
	u, err := s.store.UserByName(normalName(name))
	if err != nil {
		return u, fmt.Errorf("find user: %w", err)
	}
	u.Password = ""
	return u, nil
}

// Create makes a user with a password at once, as the command line and the set-up do.
func (s *Users) Create(ctx context.Context, by appliance.Actor, u *appliance.User, password string) error {
	if err := CheckPassword(password, s.siteName(), u.Name, u.FullName); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.create(by, u, hash)
}

// Save stores a user as a form has it: name, full name, role, language, theme, disabled. ID 0 creates one who
// cannot sign in until SetPassword. Password, Stamp and times of u are not looked at, and set to what is stored but for the
// password string, which does not come out.
func (s *Users) Save(by appliance.Actor, u *appliance.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == 0 {
		return s.create(by, u, "")
	}
	old, err := s.store.User(u.ID)
	if err != nil {
		return fmt.Errorf("save user: %w", err)
	}
	changed := old
	changed.Name, changed.FullName, changed.Role = u.Name, u.FullName, u.Role
	changed.Language, changed.Theme, changed.Disabled, changed.Version = u.Language, u.Theme, u.Disabled, u.Version
	if err := s.change(by, old, &changed, "user_changed"); err != nil {
		return err
	}
	*u = changed
	u.Password = ""
	return nil
}

// SetPassword gives a user a new password and ends his sessions. Whoever changes his own goes through
// Gate.ChangePassword, which asks for the old one.
func (s *Users) SetPassword(ctx context.Context, by appliance.Actor, id appliance.ID, password string) error {
	old, err := s.store.User(id)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := CheckPassword(password, s.siteName(), old.Name, old.FullName); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, err = s.store.User(id); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	changed := old
	changed.Password = hash
	return s.change(by, old, &changed, "password_set")
}

// Disable switches a user off or on again.
func (s *Users) Disable(by appliance.Actor, id appliance.ID, off bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.store.User(id)
	if err != nil {
		return fmt.Errorf("disable user: %w", err)
	}
	changed := old
	changed.Disabled = off
	return s.change(by, old, &changed, "user_changed")
}

// EndSessions ends all sessions of a user.
func (s *Users) EndSessions(by appliance.Actor, id appliance.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.store.User(id)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	u.Stamp++
	return s.write(by, u.Name, "sessions_ended", "ended all sessions", putUser(&u))
}

// SetPreferences stores what a person chose for himself; it is no matter of the audit.
func (s *Users) SetPreferences(id appliance.ID, language, theme string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.store.User(id)
	if err != nil {
		return fmt.Errorf("set preferences: %w", err)
	}
	u.Language, u.Theme = language, theme
	if err := s.checkUser(&u); err != nil {
		return err
	}
	if err := s.store.Write(putUser(&u)); err != nil {
		return fmt.Errorf("set preferences: %w", err)
	}
	return nil
}

// Delete removes a user. What he did stays in the journal under his name.
func (s *Users) Delete(by appliance.Actor, id appliance.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.store.User(id)
	if err != nil {
		return fmt.Errorf("delete user: %w", err)
	}
	if err := s.keepsAdministrator(u, nil); err != nil {
		return err
	}
	return s.write(by, u.Name, "user_deleted", "deleted the user", func(w Writer) error { return w.DeleteUser(id) })
}

// HasAdministrator says whether somebody can administrate: enabled and with a password.
func (s *Users) HasAdministrator() (bool, error) {
	list, err := s.store.Users()
	if err != nil {
		return false, fmt.Errorf("look for an administrator: %w", err)
	}
	return slices.ContainsFunc(list, administrates), nil
}

func (s *Users) create(by appliance.Actor, u *appliance.User, hash string) error {
	u.Name = normalName(u.Name)
	if err := s.checkUser(u); err != nil {
		return err
	}
	switch _, err := s.store.UserByName(u.Name); {
	case err == nil:
		return nameTaken(u.Name)
	case !notFound(err):
		return fmt.Errorf("create user: %w", err)
	}
	stored := *u
	stored.ID, stored.Version, stored.Stamp, stored.SignedIn = 0, 0, 1, time.Time{}
	stored.Password, stored.Created = hash, s.now()
	err := s.write(by, u.Name, "user_created", Difference(nil, stored), putUser(&stored))
	if err == nil {
		*u = stored
		u.Password = ""
	}
	return err
}

// change stores a changed user and writes the audit; the caller holds the lock.
func (s *Users) change(by appliance.Actor, old appliance.User, u *appliance.User, verb string) error {
	u.Name = normalName(u.Name)
	if err := s.checkUser(u); err != nil {
		return err
	}
	if u.Name != old.Name {
		if other, err := s.store.UserByName(u.Name); err == nil && other.ID != u.ID {
			return nameTaken(u.Name)
		}
	}
	if err := s.keepsAdministrator(old, u); err != nil {
		return err
	}
	if u.Password != old.Password || u.Role != old.Role || u.Disabled != old.Disabled {
		u.Stamp = old.Stamp + 1
	}
	what := Difference(old, *u)
	if what == "" {
		return nil
	}
	return s.write(by, u.Name, verb, what, putUser(u))
}

// write makes a change together with its line in the audit.
func (s *Users) write(by appliance.Actor, name, verb, changes string, change func(Writer) error) error {
	e := audited(s.now(), by, "user "+name, verb, changes, map[string]any{"User": name, "Changes": changes})
	err := s.store.Write(func(w Writer) error {
		if err := change(w); err != nil {
			return err
		}
		return w.Append([]appliance.Event{e})
	})
	if err != nil {
		return fmt.Errorf("change user: %w", err)
	}
	return nil
}

// putUser is a step that may be run again: PutUser changes what it is given, and a store may repeat a transaction.
func putUser(u *appliance.User) func(Writer) error {
	before := *u
	return func(w Writer) error {
		*u = before
		return w.PutUser(u)
	}
}

// keepsAdministrator refuses a change, or with after nil a removal, that would leave nobody who administrates.
func (s *Users) keepsAdministrator(before appliance.User, after *appliance.User) error {
	if !administrates(before) || after != nil && administrates(*after) {
		return nil
	}
	list, err := s.store.Users()
	if err != nil {
		return fmt.Errorf("look for another administrator: %w", err)
	}
	for _, u := range list {
		if u.ID != before.ID && administrates(u) {
			return nil
		}
	}
	return &appliance.Error{Code: appliance.CodeConflict, Field: "role", Message: appliance.Message{
		Key: "user.last_administrator", English: "this is the last administrator who can sign in; make somebody else administrator first"}}
}

func administrates(u appliance.User) bool {
	return u.Role == appliance.RoleAdministrator && !u.Disabled && u.Password != ""
}
