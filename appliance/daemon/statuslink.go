package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

// maxStatusLinks and maxStatusLife bound what is open to the outside.
const (
	maxStatusLinks = 50
	maxStatusLife  = 2 * 366 * 24 * time.Hour
)

// StatusLinks is StatusLinks.StatusLinks.
func (d *Daemon) StatusLinks(context.Context) ([]appliance.StatusLink, error) {
	return d.store.StatusLinks()
}

// NewStatusLink is StatusLinks.NewStatusLink.
func (d *Daemon) NewStatusLink(_ context.Context, by appliance.Actor, l *appliance.StatusLink) (string, error) {
	now := d.now()
	if l.Name = strings.TrimSpace(l.Name); l.Name == "" || len(l.Name) > 200 {
		return "", appliance.Invalid("name", "statuslink.error.name", "say for whom the link is", nil)
	}
	if !l.Expires.After(now) || l.Expires.Sub(now) > maxStatusLife {
		return "", appliance.Invalid("expires", "statuslink.error.expires", "the link ends on a day to come, at most two years ahead", nil)
	}
	for _, id := range l.Devices {
		if _, ok := d.live.device(id); !ok {
			return "", appliance.Invalid("devices", "window.error.device", "there is no such device", nil)
		}
	}
	all, err := d.store.StatusLinks()
	if err != nil {
		return "", err
	}
	if len(all) >= maxStatusLinks {
		return "", appliance.Invalid("name", "statuslink.error.many", "there are 50 links already; revoke one first", nil)
	}
	secret := rand.Text()
	sum := sha256.Sum256([]byte(secret))
	l.ID, l.Hash, l.Created, l.By = 0, sum[:], clean(now), by.Name
	return secret, d.change(by, "audit.statuslink_added", "status link", l.Name, func(tx *store.Tx) error { return tx.PutStatusLink(l) })
}

// DeleteStatusLink is StatusLinks.DeleteStatusLink.
func (d *Daemon) DeleteStatusLink(_ context.Context, by appliance.Actor, id appliance.ID) error {
	all, err := d.store.StatusLinks()
	if err != nil {
		return err
	}
	for _, l := range all {
		if l.ID == id {
			return d.change(by, "audit.statuslink_deleted", "status link", l.Name, func(tx *store.Tx) error { return tx.DeleteStatusLink(id) })
		}
	}
	return appliance.ErrNotFound
}

// OpenStatusLink is StatusLinks.OpenStatusLink.
func (d *Daemon) OpenStatusLink(_ context.Context, secret string) (appliance.StatusLink, error) {
	sum := sha256.Sum256([]byte(secret))
	all, err := d.store.StatusLinks()
	if err != nil {
		return appliance.StatusLink{}, err
	}
	for _, l := range all {
		if subtle.ConstantTimeCompare(l.Hash, sum[:]) == 1 && d.now().Before(l.Expires) {
			return l, nil
		}
	}
	return appliance.StatusLink{}, appliance.ErrNotFound
}
