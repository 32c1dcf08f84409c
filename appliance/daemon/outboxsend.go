package daemon

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/notify"
	"siteward/appliance/sla"
	"siteward/appliance/store"
	"siteward/probes"
)

// recipient is who is told, as he is known now.
type recipient struct {
	name, lang string
	hours      *appliance.ServiceHours
	channel    appliance.Channel
	gone       bool // the contact was removed or is away
}

func (d *Daemon) recipient(v appliance.Delivery, site appliance.Site) (recipient, error) {
	r := recipient{name: v.Name, lang: v.Language, channel: appliance.Channel{Kind: v.Channel, Address: v.Address}}
	if v.Contact != 0 {
		c, err := d.store.Contact(v.Contact)
		switch {
		case appliance.CodeOf(err) == appliance.CodeNotFound:
			r.gone = true
			return r, nil
		case err != nil:
			return r, err
		}
		i := slices.IndexFunc(c.Channels, func(ch appliance.Channel) bool { return ch.Kind == v.Channel && ch.Address == v.Address })
		if v.Slot < len(c.Channels) && c.Channels[v.Slot].Kind == v.Channel && c.Channels[v.Slot].Address == v.Address {
			i = v.Slot
		}
		if r.gone = i < 0 || c.Off && v.Kind != appliance.NoticeTest; r.gone {
			return r, nil
		}
		r.lang, r.hours, r.channel = c.Language, c.Hours, c.Channels[i]
	}
	if r.lang == "" {
		r.lang = site.Language
	}
	return r, nil
}

// held says whether quiet hours hold a notice, and until when. What is critical is never held, and what was woken for it may be
// told of its end.
func (d *Daemon) held(n appliance.Notice, to recipient, site appliance.Site, now time.Time, v *appliance.Delivery) bool {
	if to.hours == nil || n.AtOnce || n.Severity >= appliance.StateCritical || n.Kind == appliance.NoticeTest {
		return false
	}
	hours, err := sla.HoursOf(*to.hours, site)
	if err != nil || hours.Open(now) {
		return false
	}
	next := hours.Next(now)
	if !next.After(now) {
		return false
	}
	v.State, v.Next = appliance.DeliveryHeld, next
	return true
}

// tellOne makes one try to tell one message, and keeps how it went.
func (d *Daemon) tellOne(ctx context.Context, to recipient, site appliance.Site, m notify.Message) error {
	all := m.All()
	last := all[len(all)-1]
	asked := d.outbox.timesAsked()
	answer, err := d.hand(ctx, to, d.letter(to, site, m))
	if ctx.Err() != nil && err != nil {
		return ctx.Err() // we stop: that was no try
	}
	now := d.now()
	list := make([]appliance.Delivery, len(all))
	for i, w := range all {
		v := w.Delivery
		v.Tried++
		if err == nil {
			v.State, v.Done, v.Next = appliance.DeliveryDelivered, now, time.Time{}
			if v.Notice != last.Delivery.Notice {
				v.With = last.Delivery.Notice
			}
			v.Attempts = attempted(v.Attempts, appliance.Attempt{At: now, Good: true, Answer: answer})
		} else {
			v.State, v.Next = appliance.DeliveryWaiting, now.Add(notify.Wait(v.Tried, rand.Float64())) //nolint:gosec // spreads tries, guards nothing
			v.Attempts = attempted(v.Attempts, appliance.Attempt{At: now, Answer: err.Error()})
			if channel.Refused(err) {
				v.State, v.Done, v.Next = appliance.DeliveryFailed, now, time.Time{}
			}
		}
		list[i] = v
	}
	d.settleLane(wayOf(last.Delivery), now, err, list)
	if err := d.putDeliveries(list); err != nil {
		return err
	}
	if err != nil {
		d.outbox.hurry(asked, list)
	}
	return d.settleTrouble(last, now, err)
}

// hurry lets what waits be tried at once when somebody has asked for that since.
func (o *outbox) hurry(asked int, list []appliance.Delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked == asked {
		return
	}
	for _, v := range list {
		if v.State == appliance.DeliveryWaiting {
			v.Next = time.Time{}
			o.keep(v)
			o.rest[wayOf(v).lane()] = time.Time{}
		}
	}
}

func (o *outbox) timesAsked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

// settleLane lets the lane of the mails rest when the relay takes none: the others would wait for the same. All of them are tried
// together afterwards.
func (d *Daemon) settleLane(w way, now time.Time, err error, list []appliance.Delivery) {
	lane := w.lane()
	o := &d.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil || channel.Refused(err) || lane != laneMail {
		o.tried[lane], o.rest[lane] = 0, time.Time{}
		return
	}
	o.tried[lane]++
	o.rest[lane] = now.Add(notify.Wait(o.tried[lane], rand.Float64())) //nolint:gosec // spreads tries, guards nothing
	for i := range list {
		list[i].Next = o.rest[lane]
	}
}

// hand gives a message to the channel. Secrets are read at each use.
func (d *Daemon) hand(ctx context.Context, to recipient, m channel.Message) (string, error) {
	secret, err := probes.Secret(to.channel.Secret, d.secrets)
	if err != nil {
		return "", err
	}
	switch to.channel.Kind {
	case appliance.ChannelMail:
		relay, err := d.relay()
		if err != nil {
			return "", err
		}
		return relay.Mail(ctx, to.name, to.channel.Address, m)
	case appliance.ChannelWebhook:
		return channel.Webhook(ctx, d.httpClient(), to.channel.Address, secret, d.now(), m)
	case appliance.ChannelService:
		return channel.Service(d.httpClient(), secret, m)
	}
	return "", errors.New("no such channel")
}

func (d *Daemon) relay() (channel.Relay, error) {
	kept, err := d.store.MailRelay()
	if err != nil {
		return channel.Relay{}, err
	}
	r := channel.Relay{MailRelay: kept, Now: d.now, Roots: d.MailRoots}
	if r.Name, err = os.Hostname(); err != nil || r.Name == "" {
		r.Name = "siteward.invalid"
	}
	r.Password, err = probes.Secret(kept.Password, d.secrets)
	return r, err
}

func (d *Daemon) httpClient() *http.Client { return d.web() }

// putDeliveries keeps how far deliveries are, on the disk and then in memory.
func (d *Daemon) putDeliveries(list []appliance.Delivery) error {
	if len(list) == 0 {
		return nil
	}
	err := d.store.Update(func(tx *store.Tx) error {
		for _, v := range list {
			if err := tx.PutDelivery(v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.outbox.mu.Lock()
	defer d.outbox.mu.Unlock()
	for _, v := range list {
		d.outbox.keep(v)
	}
	return nil
}
