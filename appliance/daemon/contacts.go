package daemon

import (
	"context"
	"slices"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// Contacts is App.Contacts.
func (d *Daemon) Contacts(context.Context) ([]appliance.Contact, error) { return d.store.Contacts() }

// SaveContact is App.SaveContact. A secret that the form left empty stays as it was.
func (d *Daemon) SaveContact(_ context.Context, by appliance.Actor, c *appliance.Contact) error {
	return d.change(by, verb(c.ID, "contact"), "contact", c.Name, func(tx *store.Tx) error {
		if c.ID != 0 {
			old, err := tx.Contact(c.ID)
			if err != nil {
				return err
			}
			if err := ownedByFile(old.Owner); err != nil {
				return err
			}
			keepChannelSecrets(c, old)
		}
		if err := checkContact(c); err != nil {
			return err
		}
		return tx.PutContact(c)
	})
}

// keepChannelSecrets puts back the secrets that a form left empty, of channels that are still of the same kind to the same place.
func keepChannelSecrets(c *appliance.Contact, old appliance.Contact) {
	for i := range c.Channels {
		ch := &c.Channels[i]
		same := func(o appliance.Channel) bool { return o.Kind == ch.Kind && o.Address == ch.Address }
		k := slices.IndexFunc(old.Channels, same)
		if i < len(old.Channels) && same(old.Channels[i]) {
			k = i
		}
		if k >= 0 && ch.Secret.IsZero() {
			ch.Secret = old.Channels[k].Secret
		}
	}
}

// checkContact says what is wrong with a contact, and gives services a name that holds nothing secret.
func checkContact(c *appliance.Contact) error {
	for i := range c.Channels {
		ch := &c.Channels[i]
		if ch.Kind != appliance.ChannelService || ch.Secret.Value == "" {
			continue
		}
		if err := channel.CheckService(ch.Secret.Value); err != nil {
			return err
		}
		if ch.Address == "" {
			ch.Address = channel.ServiceName(ch.Secret.Value)
		}
	}
	return first(config.ValidateContact(*c))
}

// DeleteContact is App.DeleteContact. What is still to be told to the contact is not told any more.
func (d *Daemon) DeleteContact(_ context.Context, by appliance.Actor, id appliance.ID) error {
	old, err := d.store.Contact(id)
	if err != nil {
		return err
	}
	if err := ownedByFile(old.Owner); err != nil {
		return err
	}
	if err := d.change(by, "audit.contact_deleted", "contact", old.Name, func(tx *store.Tx) error { return tx.DeleteContact(id) }); err != nil {
		return err
	}
	return d.dropChannels(old)
}

// dropChannels takes back what was said of the channels of a contact that is gone.
func (d *Daemon) dropChannels(c appliance.Contact) error {
	var gone []string
	for slot := range c.Channels {
		gone = append(gone, channelItem(way{contact: c.ID, slot: slot}))
	}
	return d.expect(nil, gone...)
}

// TestContact is App.TestContact.
func (d *Daemon) TestContact(_ context.Context, by appliance.Actor, id appliance.ID) (appliance.ID, error) {
	n := appliance.Notice{Kind: appliance.NoticeTest, AtOnce: true, To: []appliance.Recipient{{Contact: id}},
		Title: appliance.Message{Key: "notice.test", English: "a test of Siteward"},
		Lines: []appliance.Message{{Key: "notice.test_line", Args: map[string]any{"by": by.Name}, English: by.Name + " tests whether you can be told something"}}}
	c, err := d.store.Contact(id)
	if err != nil {
		return 0, err
	}
	err = d.change(by, "audit.contact_tested", "contact", c.Name, func(tx *store.Tx) error { return d.tellIn(tx, &n) })
	if err != nil {
		return 0, err
	}
	d.told()
	return n.ID, nil
}

// Routes is App.Routes.
func (d *Daemon) Routes(context.Context) ([]appliance.Route, error) { return d.store.Routes() }

// SaveRoute is App.SaveRoute.
func (d *Daemon) SaveRoute(_ context.Context, by appliance.Actor, r *appliance.Route) error {
	return d.change(by, verb(r.ID, "route"), "route", r.Name, func(tx *store.Tx) error {
		routes, err := tx.Routes()
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(routes, func(o appliance.Route) bool { return o.ID == r.ID }); i >= 0 {
			if err := ownedByFile(routes[i].Owner); err != nil {
				return err
			}
		}
		contacts, err := tx.Contacts()
		if err != nil {
			return err
		}
		if err := first(config.ValidateRoute(*r, contacts)); err != nil {
			return err
		}
		return tx.PutRoute(r)
	})
}

// DeleteRoute is App.DeleteRoute.
func (d *Daemon) DeleteRoute(_ context.Context, by appliance.Actor, id appliance.ID) error {
	routes, err := d.store.Routes()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(routes, func(o appliance.Route) bool { return o.ID == id })
	if i < 0 {
		return appliance.ErrNotFound
	}
	if err := ownedByFile(routes[i].Owner); err != nil {
		return err
	}
	return d.change(by, "audit.route_deleted", "route", routes[i].Name, func(tx *store.Tx) error { return tx.DeleteRoute(id) })
}

// MailRelay is App.MailRelay.
func (d *Daemon) MailRelay(context.Context) (appliance.MailRelay, error) { return d.store.MailRelay() }

// SaveMailRelay is App.SaveMailRelay. What waits for the old relay is tried with the new one at once.
func (d *Daemon) SaveMailRelay(ctx context.Context, by appliance.Actor, r appliance.MailRelay) error {
	err := d.change(by, "audit.relay_changed", "mail relay", r.Host, func(tx *store.Tx) error {
		old, err := tx.MailRelay()
		if err != nil {
			return err
		}
		if err := ownedByFile(old.Owner); err != nil {
			return err
		}
		if r.Password.IsZero() && r.Host == old.Host && r.User == old.User && r.User != "" {
			r.Password = old.Password
		}
		if err := first(config.ValidateMailRelay(r)); err != nil {
			return err
		}
		return tx.PutMailRelay(r)
	})
	if err == nil {
		_, err = d.RetryDeliveries(ctx, by)
	}
	return err
}
