package store

import "siteward/appliance"

// The methods of this file are those of Tx, each as a view or a change of its own. Changes are synced to the disk
// before they return; see nouns.go for what they do and how they fail.

func view[T any](s *Store, get func(*Tx) (T, error)) (v T, err error) {
	err = s.View(func(tx *Tx) error { v, err = get(tx); return err })
	return v, err
}

// change stores v and leaves it untouched when that fails.
func change[T any](s *Store, v *T, put func(*Tx, *T) error) error {
	before := *v
	err := s.Update(func(tx *Tx) error { return put(tx, v) })
	if err != nil {
		*v = before
	}
	return err
}

// Site is the customer's place, or CodeNotFound before set-up.
func (s *Store) Site() (appliance.Site, error) { return view(s, (*Tx).Site) }

// PutSite stores the site.
func (s *Store) PutSite(v appliance.Site) error {
	return s.Update(func(tx *Tx) error { return tx.PutSite(v) })
}

// ChecksOf lists a device's checks by number.
func (s *Store) ChecksOf(device appliance.ID) ([]appliance.Check, error) {
	return view(s, func(tx *Tx) ([]appliance.Check, error) { return tx.ChecksOf(device) })
}

// DeviceByName finds a device by its name in any case.
func (s *Store) DeviceByName(name string) (appliance.Device, error) {
	return view(s, func(tx *Tx) (appliance.Device, error) { return tx.DeviceByName(name) })
}

// UserByName finds a user by sign-in name in any case.
func (s *Store) UserByName(name string) (appliance.User, error) {
	return view(s, func(tx *Tx) (appliance.User, error) { return tx.UserByName(name) })
}

// TokenByHash finds the token with a SHA-256.
func (s *Store) TokenByHash(hash []byte) (appliance.Token, error) {
	return view(s, func(tx *Tx) (appliance.Token, error) { return tx.TokenByHash(hash) })
}

// Devices lists all devices by number.
func (s *Store) Devices() ([]appliance.Device, error) { return view(s, (*Tx).Devices) }

// Device finds a device, or fails with CodeNotFound.
func (s *Store) Device(id appliance.ID) (appliance.Device, error) {
	return view(s, func(tx *Tx) (appliance.Device, error) { return tx.Device(id) })
}

// PutDevice stores a device.
func (s *Store) PutDevice(v *appliance.Device) error { return change(s, v, (*Tx).PutDevice) }

// DeleteDevice removes a device.
func (s *Store) DeleteDevice(id appliance.ID) error {
	return s.Update(func(tx *Tx) error { return tx.DeleteDevice(id) })
}

// Checks lists all checks by number.
func (s *Store) Checks() ([]appliance.Check, error) { return view(s, (*Tx).Checks) }

// Check finds a check, or fails with CodeNotFound.
func (s *Store) Check(id appliance.ID) (appliance.Check, error) {
	return view(s, func(tx *Tx) (appliance.Check, error) { return tx.Check(id) })
}

// PutCheck stores a check.
func (s *Store) PutCheck(v *appliance.Check) error { return change(s, v, (*Tx).PutCheck) }

// DeleteCheck removes a check.
func (s *Store) DeleteCheck(id appliance.ID) error {
	return s.Update(func(tx *Tx) error { return tx.DeleteCheck(id) })
}

// Credentials lists all credentials by number.
func (s *Store) Credentials() ([]appliance.Credential, error) { return view(s, (*Tx).Credentials) }

// Credential finds a credential, or fails with CodeNotFound.
func (s *Store) Credential(id appliance.ID) (appliance.Credential, error) {
	return view(s, func(tx *Tx) (appliance.Credential, error) { return tx.Credential(id) })
}

// PutCredential stores a credential.
func (s *Store) PutCredential(v *appliance.Credential) error {
	return change(s, v, (*Tx).PutCredential)
}

// DeleteCredential removes a credential.
func (s *Store) DeleteCredential(id appliance.ID) error {
	return s.Update(func(tx *Tx) error { return tx.DeleteCredential(id) })
}

// Users lists all users by number.
func (s *Store) Users() ([]appliance.User, error) { return view(s, (*Tx).Users) }

// User finds a user, or fails with CodeNotFound.
func (s *Store) User(id appliance.ID) (appliance.User, error) {
	return view(s, func(tx *Tx) (appliance.User, error) { return tx.User(id) })
}

// PutUser stores a user.
func (s *Store) PutUser(v *appliance.User) error { return change(s, v, (*Tx).PutUser) }

// DeleteUser removes a user.
func (s *Store) DeleteUser(id appliance.ID) error {
	return s.Update(func(tx *Tx) error { return tx.DeleteUser(id) })
}

// Tokens lists all tokens by number.
func (s *Store) Tokens() ([]appliance.Token, error) { return view(s, (*Tx).Tokens) }

// Token finds a token, or fails with CodeNotFound.
func (s *Store) Token(id appliance.ID) (appliance.Token, error) {
	return view(s, func(tx *Tx) (appliance.Token, error) { return tx.Token(id) })
}

// PutToken stores a token.
func (s *Store) PutToken(v *appliance.Token) error { return change(s, v, (*Tx).PutToken) }

// DeleteToken removes a token.
func (s *Store) DeleteToken(id appliance.ID) error {
	return s.Update(func(tx *Tx) error { return tx.DeleteToken(id) })
}
