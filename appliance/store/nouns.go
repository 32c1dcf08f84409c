package store

import (
	"bytes"

	"siteward/appliance"
)

// The nouns that people edit. Each has Xs, X, PutX and DeleteX on Tx, and the same on Store as a change of its own.
var (
	deviceRecord = record[appliance.Device]{
		family: string(famDevice), word: "device",
		id:      func(v *appliance.Device) *appliance.ID { return &v.ID },
		version: func(v *appliance.Device) *uint64 { return &v.Version },
		name:    func(v *appliance.Device) string { return v.Name },
	}
	checkRecord = record[appliance.Check]{
		family: string(famCheck), word: "check",
		id:      func(v *appliance.Check) *appliance.ID { return &v.ID },
		version: func(v *appliance.Check) *uint64 { return &v.Version },
		name:    func(v *appliance.Check) string { return v.Name },
		scope:   func(v *appliance.Check) appliance.ID { return v.Device },
	}
	credentialRecord = record[appliance.Credential]{
		family: string(famCredential), word: "credential",
		id:      func(v *appliance.Credential) *appliance.ID { return &v.ID },
		version: func(v *appliance.Credential) *uint64 { return &v.Version },
		name:    func(v *appliance.Credential) string { return v.Name },
	}
	userRecord = record[appliance.User]{
		family: string(famUser), word: "user",
		id:      func(v *appliance.User) *appliance.ID { return &v.ID },
		version: func(v *appliance.User) *uint64 { return &v.Version },
		name:    func(v *appliance.User) string { return v.Name },
	}
	tokenRecord = record[appliance.Token]{
		family: string(famToken), word: "token",
		id:   func(v *appliance.Token) *appliance.ID { return &v.ID },
		name: func(v *appliance.Token) string { return v.Name },
	}
)

// What goes with a noun looks at other nouns, which Go does not let the table above say of itself.
func init() {
	deviceRecord.removed = (*Tx).deviceRemoved
	checkRecord.stored, checkRecord.removed = (*Tx).checkStored, (*Tx).checkRemoved
	credentialRecord.removed = (*Tx).credentialRemoved
}

// checkStored writes the index of checks by device. A check whose device does not exist is refused.
func (tx *Tx) checkStored(c *appliance.Check) error {
	if _, err := deviceRecord.get(tx, c.Device); err != nil {
		return err
	}
	if old, err := checkRecord.get(tx, c.ID); err == nil && old.Device != c.Device {
		if err := tx.delete(keyCheckOf(old.Device, old.ID)); err != nil {
			return err
		}
	}
	return tx.set(keyCheckOf(c.Device, c.ID), encodeBytes(nil))
}

// checkRemoved removes what belongs to a check alone. Its samples stay until retention takes them.
func (tx *Tx) checkRemoved(c *appliance.Check) error {
	if err := tx.delete(keyCheckOf(c.Device, c.ID)); err != nil {
		return err
	}
	if err := tx.delete(keyID(famSnapshot, c.ID)); err != nil {
		return err
	}
	tx.after = append(tx.after, func() { tx.s.forgetCheck(c.ID) })
	return tx.clear(keyID(famState, c.ID))
}

// deviceRemoved removes a device's checks with their states, and the device from the parents of others.
func (tx *Tx) deviceRemoved(d *appliance.Device) error {
	checks, err := tx.ChecksOf(d.ID)
	if err != nil {
		return err
	}
	for _, c := range checks {
		if err := checkRecord.remove(tx, c.ID); err != nil {
			return err
		}
	}
	for _, key := range [][]byte{keyID(famIdentity, d.ID), keyNoun(nounMarks, d.ID), keyNoun(nounTables, d.ID), keyNoun(nounInventory, d.ID)} {
		if err := tx.delete(key); err != nil {
			return err
		}
	}
	if err := tx.powerRemoved(d.ID); err != nil {
		return err
	}
	if err := tx.sourcesWithout(d.ID); err != nil {
		return err
	}
	if err := tx.jobsWithout(d.ID); err != nil {
		return err
	}
	children, err := tx.Devices()
	if err != nil {
		return err
	}
	for _, child := range children {
		if child.ID == d.ID || !without(&child.Parents, d.ID) {
			continue
		}
		if err := deviceRecord.put(tx, &child); err != nil {
			return err
		}
	}
	return nil
}

// without removes id from a list and says whether it was there.
func without(ids *[]appliance.ID, id appliance.ID) bool {
	kept := make([]appliance.ID, 0, len(*ids))
	for _, v := range *ids {
		if v != id {
			kept = append(kept, v)
		}
	}
	found := len(kept) != len(*ids)
	*ids = kept
	return found
}

// credentialRemoved refuses to remove a credential that a check or a source still uses.
func (tx *Tx) credentialRemoved(c *appliance.Credential) error {
	checks, err := tx.Checks()
	if err != nil {
		return err
	}
	for _, check := range checks {
		if check.Credential() == c.ID {
			return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{
				Key:     "error.credential_in_use",
				Args:    map[string]any{"Name": c.Name, "Check": check.Name},
				English: "the check " + check.Name + " still uses the credential " + c.Name + "; give that check another one first",
			}}
		}
	}
	return tx.credentialOfSource(c)
}

// Devices lists all devices by number.
func (tx *Tx) Devices() ([]appliance.Device, error) { return deviceRecord.list(tx) }

// Device finds one device, or fails with CodeNotFound.
func (tx *Tx) Device(id appliance.ID) (appliance.Device, error) { return deviceRecord.get(tx, id) }

// DeviceByName finds a device by its name in any case.
func (tx *Tx) DeviceByName(name string) (appliance.Device, error) {
	return deviceRecord.byName(tx, 0, name)
}

// PutDevice stores a device. ID 0 makes a new one and sets ID; Version must be the stored one and is raised.
// It fails with CodeConflict when somebody else changed the device meanwhile or another one has its name.
func (tx *Tx) PutDevice(v *appliance.Device) error { return deviceRecord.put(tx, v) }

// DeleteDevice removes a device with its checks, states and last readings. Samples and events stay until retention.
func (tx *Tx) DeleteDevice(id appliance.ID) error { return deviceRecord.remove(tx, id) }

// Checks lists all checks by number.
func (tx *Tx) Checks() ([]appliance.Check, error) { return checkRecord.list(tx) }

// ChecksOf lists a device's checks by number.
func (tx *Tx) ChecksOf(device appliance.ID) ([]appliance.Check, error) {
	var out []appliance.Check
	keys, err := tx.keys(keyID(famCheckOf, device))
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		var c appliance.Check
		if err := tx.getJSON(append([]byte{famCheck}, k[9:]...), &c); err != nil {
			tx.s.damaged(k, err)
			continue
		}
		out = append(out, c)
	}
	return out, nil
}

// Check finds one check, or fails with CodeNotFound.
func (tx *Tx) Check(id appliance.ID) (appliance.Check, error) { return checkRecord.get(tx, id) }

// PutCheck stores a check, as PutDevice does a device. Its device must exist.
func (tx *Tx) PutCheck(v *appliance.Check) error { return checkRecord.put(tx, v) }

// DeleteCheck removes a check with its states and last reading. Its samples stay until retention.
func (tx *Tx) DeleteCheck(id appliance.ID) error { return checkRecord.remove(tx, id) }

// Credentials lists all credentials by number.
func (tx *Tx) Credentials() ([]appliance.Credential, error) { return credentialRecord.list(tx) }

// Credential finds one credential, or fails with CodeNotFound.
func (tx *Tx) Credential(id appliance.ID) (appliance.Credential, error) {
	return credentialRecord.get(tx, id)
}

// PutCredential stores a credential, as PutDevice does a device.
func (tx *Tx) PutCredential(v *appliance.Credential) error { return credentialRecord.put(tx, v) }

// DeleteCredential removes a credential, or fails with CodeConflict while a check uses it.
func (tx *Tx) DeleteCredential(id appliance.ID) error { return credentialRecord.remove(tx, id) }

// Users lists all users by number.
func (tx *Tx) Users() ([]appliance.User, error) { return userRecord.list(tx) }

// User finds one user, or fails with CodeNotFound.
func (tx *Tx) User(id appliance.ID) (appliance.User, error) { return userRecord.get(tx, id) }

// UserByName finds a user by sign-in name in any case.
func (tx *Tx) UserByName(name string) (appliance.User, error) { return userRecord.byName(tx, 0, name) }

// PutUser stores a user, as PutDevice does a device.
func (tx *Tx) PutUser(v *appliance.User) error { return userRecord.put(tx, v) }

// DeleteUser removes a user.
func (tx *Tx) DeleteUser(id appliance.ID) error { return userRecord.remove(tx, id) }

// Tokens lists all tokens by number.
func (tx *Tx) Tokens() ([]appliance.Token, error) { return tokenRecord.list(tx) }

// Token finds one token, or fails with CodeNotFound.
func (tx *Tx) Token(id appliance.ID) (appliance.Token, error) { return tokenRecord.get(tx, id) }

// TokenByHash finds the token with a SHA-256, or fails with CodeNotFound. There are few tokens: it looks at all.
func (tx *Tx) TokenByHash(hash []byte) (appliance.Token, error) {
	tokens, err := tx.Tokens()
	if err != nil {
		return appliance.Token{}, err
	}
	for _, t := range tokens {
		if len(hash) > 0 && bytes.Equal(t.Hash, hash) {
			return t, nil
		}
	}
	return appliance.Token{}, notFound("token", "with that secret")
}

// PutToken stores a token. It has no version: the last writer wins.
func (tx *Tx) PutToken(v *appliance.Token) error { return tokenRecord.put(tx, v) }

// DeleteToken removes a token.
func (tx *Tx) DeleteToken(id appliance.ID) error { return tokenRecord.remove(tx, id) }
