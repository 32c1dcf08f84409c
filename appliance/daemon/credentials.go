package daemon

import (
	"context"
	"slices"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// Credentials is App.Credentials.
func (d *Daemon) Credentials(context.Context) ([]appliance.Credential, error) {
	return d.store.Credentials()
}

// SaveCredential is App.SaveCredential. A secret that the form left empty stays as it was.
func (d *Daemon) SaveCredential(_ context.Context, by appliance.Actor, c *appliance.Credential) error {
	return d.change(by, verb(c.ID, "credential"), "credential", c.Name, func(tx *store.Tx) error {
		if c.ID != 0 {
			old, err := tx.Credential(c.ID)
			if err != nil {
				return err
			}
			if err := ownedByFile(old.Owner); err != nil {
				return err
			}
			keepSecrets(c, old)
		}
		if err := first(config.ValidateCredential(*c)); err != nil {
			return err
		}
		return tx.PutCredential(c)
	})
}

// keepSecrets puts back what a form left empty, as far as the version and the protocols still have a use for it.
func keepSecrets(c *appliance.Credential, old appliance.Credential) {
	for _, s := range []struct {
		now, before *appliance.Secret
		used        bool
	}{
		{&c.Community, &old.Community, c.SNMPVersion == "1" || c.SNMPVersion == "2c"},
		{&c.Auth, &old.Auth, c.SNMPVersion == "3" && c.AuthProtocol != "" || c.SNMPVersion == appliance.CredentialLogin},
		{&c.Priv, &old.Priv, c.SNMPVersion == "3" && c.PrivProtocol != ""},
		{&c.Password, &old.Password, c.Kind == appliance.CredentialSSH && c.Key.IsZero()},
		{&c.Key, &old.Key, c.Kind == appliance.CredentialSSH && c.Password.IsZero()},
		{&c.Passphrase, &old.Passphrase, c.Kind == appliance.CredentialSSH && (!c.Key.IsZero() || !old.Key.IsZero())},
	} {
		if s.used && s.now.IsZero() {
			*s.now = *s.before
		}
	}
}

// DeleteCredential is App.DeleteCredential. One that is in use stays.
func (d *Daemon) DeleteCredential(_ context.Context, by appliance.Actor, id appliance.ID) error {
	old, err := d.store.Credential(id)
	if err != nil {
		return err
	}
	if err := ownedByFile(old.Owner); err != nil {
		return err
	}
	uses := func(c appliance.Check) bool { return c.Credential() == id }
	if checks := d.live.allChecks(); slices.ContainsFunc(checks, uses) {
		user := checks[slices.IndexFunc(checks, uses)]
		dev, _ := d.live.device(user.Device)
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{
			Key: "errors.credential_in_use", Args: map[string]any{"name": old.Name, "device": dev.Name},
			English: "credential " + old.Name + " is used by device " + dev.Name + "; give that device another one first",
		}}
	}
	return d.change(by, "audit.credential_deleted", "credential", old.Name, func(tx *store.Tx) error {
		return tx.DeleteCredential(id)
	})
}
