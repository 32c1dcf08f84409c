package apptest

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
)

// Credentials gives all credentials.
func (a *App) Credentials(context.Context) ([]appliance.Credential, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return values(a.credentials), nil
}

// SaveCredential stores a credential.
func (a *App) SaveCredential(_ context.Context, _ appliance.Actor, c *appliance.Credential) error {
	return a.change("save credential "+c.Name, appliance.Change{Config: true}, func() error {
		if problems := config.ValidateCredential(*c); len(problems) > 0 {
			return problems[0]
		}
		if c.ID == 0 {
			c.ID = a.next()
		}
		c.Version++
		a.credentials[c.ID] = *c
		return nil
	})
}

// DeleteCredential forgets a credential that no check uses.
func (a *App) DeleteCredential(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete credential "+id.String(), appliance.Change{Config: true}, func() error {
		c, ok := a.credentials[id]
		if !ok {
			return appliance.ErrNotFound
		}
		for _, check := range a.checks {
			if check.Credential() == id {
				return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "error.credential_in_use",
					Args: map[string]any{"Check": check.Name, "Name": c.Name}, English: "a check uses the credential"}}
			}
		}
		delete(a.credentials, id)
		return nil
	})
}

// Users gives the people of the sample site. Who can sign in at apptest.Server is another list, accesstest's.
func (a *App) Users(context.Context) ([]appliance.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return values(a.users), nil
}

// SaveUser stores a person.
func (a *App) SaveUser(_ context.Context, _ appliance.Actor, u *appliance.User) error {
	return a.change("save user "+u.Name, appliance.Change{Config: true}, func() error {
		if u.ID == 0 {
			u.ID, u.Created = a.next(), a.now
		}
		u.Version++
		a.users[u.ID] = *u
		return nil
	})
}

// SetPassword takes note.
func (a *App) SetPassword(_ context.Context, _ appliance.Actor, id appliance.ID, password string) error {
	return a.change("set password "+id.String(), appliance.Change{Config: true}, func() error {
		if len(password) < 12 {
			return appliance.Invalid("password", "", "Enter a password of at least 12 characters.", nil)
		}
		return nil
	})
}

// DeleteUser forgets a person.
func (a *App) DeleteUser(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete user "+id.String(), appliance.Change{Config: true}, func() error {
		if _, ok := a.users[id]; !ok {
			return appliance.ErrNotFound
		}
		delete(a.users, id)
		return nil
	})
}

// Tokens gives the API tokens.
func (a *App) Tokens(context.Context) ([]appliance.Token, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return values(a.tokens), nil
}

// NewToken makes a token with always the same secret.
func (a *App) NewToken(_ context.Context, by appliance.Actor, name string, role appliance.Role, expires time.Time) (string, error) {
	err := a.change("new token "+name, appliance.Change{Config: true}, func() error {
		if name == "" {
			return appliance.Invalid("name", "", "Enter what the token is for.", nil)
		}
		id := a.next()
		a.tokens[id] = appliance.Token{ID: id, Name: name, Role: role, Created: a.now, By: by.Name, Expires: expires}
		return nil
	})
	if err != nil {
		return "", err
	}
	return "sw_1Jq8mT2xKfVbN7cRz4HwYpLs", nil
}

// DeleteToken forgets a token.
func (a *App) DeleteToken(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete token "+id.String(), appliance.Change{Config: true}, func() error {
		if _, ok := a.tokens[id]; !ok {
			return appliance.ErrNotFound
		}
		delete(a.tokens, id)
		return nil
	})
}

// Jobs gives the housekeeping.
func (a *App) Jobs(context.Context) ([]appliance.JobRun, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.jobs), nil
}

// Health is how the sample appliance is doing.
func (a *App) Health(context.Context) appliance.Health {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.health
}

// SetHealth replaces it.
func (a *App) SetHealth(h appliance.Health) { a.mu.Lock(); a.health = h; a.generation++; a.mu.Unlock() }

// Changes sends what is changed through this App.
func (a *App) Changes(ctx context.Context) <-chan appliance.Change {
	a.mu.Lock()
	defer a.mu.Unlock()
	ch := make(chan appliance.Change, 16)
	a.changes = append(a.changes, ch)
	context.AfterFunc(ctx, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.changes = slices.DeleteFunc(a.changes, func(c chan appliance.Change) bool { return c == ch })
		close(ch)
	})
	return ch
}

// Identify lets a device say that it is something else.
func (a *App) Identify(device appliance.ID, id appliance.Identity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.identities[device] = id
}

// Tell sends a change to all who listen, as the monitor does.
func (a *App) Tell(c appliance.Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, ch := range a.changes {
		select {
		case ch <- c:
		default:
		}
	}
}

// Fill adds changes of one person to the journal, for pages that have more than one.
func (a *App) Fill(changes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range changes {
		a.record(appliance.Event{At: a.now, Kind: appliance.EventAudit, By: "m.muster", Object: "site", Message: appliance.Message{
			Key: "audit.site_changed", Args: map[string]any{"object": "site"}, English: "Site changed: site"}})
	}
}
