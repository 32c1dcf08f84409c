package daemon

import (
	"context"
	"time"

	"siteward/appliance"
)

// Users is App.Users, without password strings.
func (d *Daemon) Users(context.Context) ([]appliance.User, error) { return d.gate.Users.List() }

// SaveUser is App.SaveUser.
func (d *Daemon) SaveUser(_ context.Context, by appliance.Actor, u *appliance.User) error {
	return d.gate.Users.Save(by, u)
}

// SetPassword is App.SetPassword.
func (d *Daemon) SetPassword(ctx context.Context, by appliance.Actor, id appliance.ID, password string) error {
	return d.gate.Users.SetPassword(ctx, by, id, password)
}

// DeleteUser is App.DeleteUser.
func (d *Daemon) DeleteUser(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return d.gate.Users.Delete(by, id)
}

// Tokens is App.Tokens.
func (d *Daemon) Tokens(context.Context) ([]appliance.Token, error) { return d.gate.Tokens.List() }

// NewToken is App.NewToken.
func (d *Daemon) NewToken(_ context.Context, by appliance.Actor, name string, role appliance.Role, expires time.Time) (string, error) {
	return d.gate.Tokens.Create(by, name, role, expires)
}

// DeleteToken is App.DeleteToken.
func (d *Daemon) DeleteToken(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return d.gate.Tokens.Delete(by, id)
}
