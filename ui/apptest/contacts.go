package apptest

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
)

// makeContacts enters who is told at the sample site, and how.
func (a *App) makeContacts() {
	a.contacts = []appliance.Contact{
		{ID: 1, Name: "M. Muster", Role: appliance.ContactTechnician, Language: "de", Phone: "0170 555 0101", Version: 1, Channels: []appliance.Channel{
			{Kind: appliance.ChannelMail, Address: "m.muster@nordlicht.example"},
			{Kind: appliance.ChannelService, Address: "ntfy, ntfy.example", Secret: appliance.Secret{Value: "ntfy://:tk_secret@ntfy.example/alarm"}, Least: appliance.StateCritical}}},
		{ID: 2, Name: "Empfang", Role: appliance.ContactKeyUser, Daily: "07:30", Hours: &appliance.ServiceHours{Preset: appliance.Hours5x10}, Version: 1,
			Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "empfang@praxis.example"}}},
		{ID: 3, Name: "Hotline", Role: appliance.ContactHotline, Phone: "030 555 0100", Owner: "site.yaml", Version: 1,
			Channels: []appliance.Channel{{Kind: appliance.ChannelWebhook, Address: "https://hotline.example/siteward", Secret: appliance.Secret{File: "hotline"}}}},
	}
	a.routes = []appliance.Route{{ID: 1, Name: "Everything", Version: 1, Repeat: 240, Steps: []appliance.Step{{Contacts: []appliance.ID{1}}, {After: 30, Roles: []appliance.ContactRole{appliance.ContactHotline}}}}}
	a.relay = appliance.MailRelay{Host: "mail.praxis.example", Security: appliance.MailStartTLS, User: "siteward", Password: appliance.Secret{Value: "geheim"}, From: "siteward@praxis.example"}
}

// Contacts lists them.
func (a *App) Contacts(context.Context) ([]appliance.Contact, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.contacts), nil
}

// SaveContact keeps one.
func (a *App) SaveContact(_ context.Context, _ appliance.Actor, c *appliance.Contact) error {
	return a.change("save contact "+c.Name, appliance.Change{Config: true}, func() error {
		if i := slices.IndexFunc(a.contacts, func(o appliance.Contact) bool { return o.ID == c.ID }); i >= 0 {
			a.contacts[i] = *c
			return nil
		}
		a.last++
		c.ID = a.last
		a.contacts = append(a.contacts, *c)
		return nil
	})
}

// DeleteContact drops one.
func (a *App) DeleteContact(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete contact "+id.String(), appliance.Change{Config: true}, func() error {
		n := len(a.contacts)
		a.contacts = slices.DeleteFunc(a.contacts, func(o appliance.Contact) bool { return o.ID == id })
		if len(a.contacts) == n {
			return appliance.ErrNotFound
		}
		return nil
	})
}

// TestContact notes the wish.
func (a *App) TestContact(_ context.Context, _ appliance.Actor, id appliance.ID) (appliance.ID, error) {
	return 9, a.change("test contact "+id.String(), appliance.Change{Config: true}, func() error { return nil })
}

// Routes lists them.
func (a *App) Routes(context.Context) ([]appliance.Route, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.routes), nil
}

// SaveRoute keeps one.
func (a *App) SaveRoute(_ context.Context, _ appliance.Actor, r *appliance.Route) error {
	return a.change("save route "+r.Name, appliance.Change{Config: true}, func() error {
		if i := slices.IndexFunc(a.routes, func(o appliance.Route) bool { return o.ID == r.ID }); i >= 0 {
			a.routes[i] = *r
			return nil
		}
		a.last++
		r.ID = a.last
		a.routes = append(a.routes, *r)
		return nil
	})
}

// DeleteRoute drops one.
func (a *App) DeleteRoute(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete route "+id.String(), appliance.Change{Config: true}, func() error {
		a.routes = slices.DeleteFunc(a.routes, func(o appliance.Route) bool { return o.ID == id })
		return nil
	})
}

// MailRelay is the sample's.
func (a *App) MailRelay(context.Context) (appliance.MailRelay, error) { return a.relay, nil }

// SaveMailRelay keeps it.
func (a *App) SaveMailRelay(_ context.Context, _ appliance.Actor, r appliance.MailRelay) error {
	return a.change("save mail relay "+r.Host, appliance.Change{Config: true}, func() error { a.relay = r; return nil })
}

// Deliveries are a few of the sample's power failure, and one that still waits.
func (a *App) Deliveries(_ context.Context, f appliance.DeliveryFilter) (out []appliance.Delivery, err error) {
	title := func(what, state string) appliance.Message {
		return appliance.Message{Key: "notice.title_" + what, Args: map[string]any{"state": "state." + state, "title": powerStory().Title()}, English: what}
	}
	at := Present.Add(-50 * time.Hour)
	all := []appliance.Delivery{
		{Notice: 4, Kind: appliance.NoticeDaily, Title: appliance.Message{Key: "notice.daily", English: "daily summary"}, Created: Present.Add(-time.Hour), State: appliance.DeliveryHeld,
			Contact: 2, Name: "Empfang", Channel: appliance.ChannelMail, Address: "empfang@praxis.example", Next: Present.Add(time.Hour)},
		{Notice: 3, Kind: appliance.NoticeIncident, About: appliance.NoticeAbout{Incident: 3}, Title: title("over", "ok"), Created: at.Add(4 * time.Minute), State: appliance.DeliveryDelivered,
			Contact: 1, Name: "M. Muster", Channel: appliance.ChannelMail, Address: "m.muster@nordlicht.example", Tried: 3, Done: at.Add(6 * time.Minute), Attempts: []appliance.Attempt{
				{At: at.Add(4 * time.Minute), Answer: "dial tcp 192.0.2.25:587: connect: connection refused"}, {At: at.Add(5 * time.Minute), Answer: "451 4.3.2 try again later"},
				{At: at.Add(6 * time.Minute), Good: true, Answer: "250 2.0.0 4c9f1b queued"}}},
		{Notice: 2, Kind: appliance.NoticeIncident, About: appliance.NoticeAbout{Incident: 3}, Title: title("opened", "critical"), Created: at, State: appliance.DeliveryDelivered,
			Contact: 1, Name: "M. Muster", Channel: appliance.ChannelMail, Address: "m.muster@nordlicht.example", Tried: 3, Done: at.Add(6 * time.Minute), With: 3,
			Attempts: []appliance.Attempt{{At: at.Add(6 * time.Minute), Good: true, Answer: "250 2.0.0 4c9f1b queued"}}},
		{Notice: 1, Kind: appliance.NoticeTest, Title: appliance.Message{Key: "notice.test", English: "test"}, Created: at.Add(-time.Hour), State: appliance.DeliveryFailed, Contact: 3, Name: "Hotline",
			Channel: appliance.ChannelWebhook, Address: "https://hotline.example/siteward", Tried: 1, Done: at.Add(-time.Hour), Attempts: []appliance.Attempt{{At: at.Add(-time.Hour), Answer: "410 Gone"}}},
	}
	for _, d := range all {
		if (f.Incident == 0 || d.About.Incident == f.Incident) && (f.State == "" || d.State == f.State) && (f.Before == 0 || d.Notice < f.Before) {
			out = append(out, d)
		}
	}
	return out, nil
}

// RetryDeliveries notes the wish.
func (a *App) RetryDeliveries(context.Context, appliance.Actor) (int, error) {
	return 1, a.change("retry deliveries", appliance.Change{Config: true}, func() error { return nil })
}
