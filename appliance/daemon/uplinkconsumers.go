package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/enrol"
	"siteward/appliance/message"
	"siteward/appliance/store"
	"siteward/appliance/uplink"
	"siteward/probes"
)

// The outboxes of consumers are numbered behind those of enrolments.
const consumerBase = appliance.ID(1) << 62

// maxConsumers bounds how often the same is kept.
const maxConsumers = 5

var consumerSite = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

// Consumers is Uplink.Consumers.
func (d *Daemon) Consumers(context.Context) ([]appliance.ConsumerView, error) {
	all, err := d.store.Consumers()
	if err != nil {
		return nil, err
	}
	out := make([]appliance.ConsumerView, 0, len(all))
	for _, r := range all {
		v := appliance.ConsumerView{Consumer: r}
		v.Secret = appliance.Secret{File: r.Secret.File, Env: r.Secret.Env}
		if v.State, err = d.uplinkState(consumerBase + r.ID); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// SaveConsumer is Uplink.SaveConsumer.
func (d *Daemon) SaveConsumer(_ context.Context, by appliance.Actor, r *appliance.Consumer) error {
	url, err := enrol.Address(r.URL)
	if err != nil {
		return err
	}
	r.Name, r.URL = strings.TrimSpace(r.Name), url
	if r.Name == "" || len(r.Name) > 100 {
		return appliance.Invalid("name", "consumer.error.name", "give the receiver a name", nil)
	}
	if !consumerSite.MatchString(r.Site) {
		return appliance.Invalid("site", "consumer.error.site", "say what this site is called there: letters, digits and dashes", nil)
	}
	args := map[string]any{"name": r.Name, "url": r.URL}
	return d.providerStep(by, "consumer.log.saved", "consumer "+r.Name, args, func(tx *store.Tx) error {
		all, err := tx.Consumers()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(old appliance.Consumer) bool { return old.ID == r.ID })
		switch {
		case i >= 0:
			r.Outbox, r.Since = all[i].Outbox, all[i].Since
			if r.Secret.IsZero() {
				r.Secret = all[i].Secret
			}
		case r.ID != 0:
			return appliance.ErrNotFound
		case len(all) >= maxConsumers:
			return appliance.Invalid("name", "consumer.error.many", "there are five receivers already; delete one first", nil)
		default:
			r.Outbox, r.Since = rand.Text(), clean(d.now())
		}
		if len(r.Secret.Value) < 16 && r.Secret.File == "" && r.Secret.Env == "" {
			return appliance.Invalid("secret", "consumer.error.secret", "the secret has at least 16 signs; both sides must know it", nil)
		}
		return tx.PutConsumer(r)
	})
}

// DeleteConsumer is Uplink.DeleteConsumer. What waits for it goes first, in steps.
func (d *Daemon) DeleteConsumer(_ context.Context, by appliance.Actor, id appliance.ID) error {
	all, err := d.store.Consumers()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r appliance.Consumer) bool { return r.ID == id })
	if i < 0 {
		return appliance.ErrNotFound
	}
	d.reports.mu.Lock()
	defer d.reports.mu.Unlock()
	err = d.providerStep(by, "consumer.log.deleted", "consumer "+all[i].Name, map[string]any{"name": all[i].Name, "url": all[i].URL}, func(tx *store.Tx) error {
		return tx.DeleteConsumer(id)
	})
	for more := err == nil; more; {
		err = d.store.Update(func(tx *store.Tx) error {
			more, err = tx.ForgetOutbox(consumerBase+id, reportAtOnce)
			return err
		})
		more = more && err == nil
	}
	return err
}

// audience are all who are told: the provider, if there is one, and the consumers, each in the shape of an enrolment.
func (d *Daemon) audience(ctx context.Context) (out []appliance.Enrolment, err error) {
	e, err := d.Provider(ctx)
	if err == nil {
		out = append(out, e)
	} else if !errors.Is(err, appliance.ErrNotFound) {
		return nil, err
	}
	all, err := d.store.Consumers()
	for _, r := range all {
		if !r.Off {
			out = append(out, appliance.Enrolment{ID: consumerBase + r.ID, Site: r.Site, Outbox: r.Outbox, Since: r.Since})
		}
	}
	return out, err
}

// consumerTarget is where the reports to a consumer go. One that is gone or off has none.
func (d *Daemon) consumerTarget(id appliance.ID) (uplink.Target, error) {
	all, err := d.store.Consumers()
	if err != nil {
		return uplink.Target{}, err
	}
	i := slices.IndexFunc(all, func(r appliance.Consumer) bool { return r.ID == id && !r.Off })
	if i < 0 {
		return uplink.Target{}, appliance.ErrNotFound
	}
	r := all[i]
	secret, err := probes.Secret(r.Secret, d.secrets)
	if err != nil {
		return uplink.Target{}, err
	}
	return uplink.Target{Enrolment: consumerBase + id, Name: r.Name, URL: r.URL, Site: r.Site, Outbox: r.Outbox, Secret: secret}, nil
}

func (d *Daemon) sender(c uplink.Config) *uplink.Sender {
	c.Update = func(step func(uplink.Tx) error) error {
		return d.store.Update(func(tx *store.Tx) error { return step(tx) })
	}
	c.Live = func(ctx context.Context, st *appliance.UplinkState) (*message.Summary, error) {
		return d.summary(ctx, st)
	}
	c.HTTP, c.Log, c.Now, c.Name, c.Agent = d.reportClient(), d.log, d.now, rand.Text, "Siteward/"+d.about.Version
	return uplink.New(c)
}

// consuming gives the sender of a consumer.
func (d *Daemon) consuming(id appliance.ID) *uplink.Sender {
	d.reports.others.Lock()
	defer d.reports.others.Unlock()
	s, ok := d.reports.consumers[id]
	if !ok {
		s = d.sender(uplink.Config{Target: func() (uplink.Target, error) { return d.consumerTarget(id) }})
		if d.reports.consumers == nil {
			d.reports.consumers = map[appliance.ID]*uplink.Sender{}
		}
		d.reports.consumers[id] = s
	}
	return s
}

// keepConsumers runs a sender for each consumer, and lets go of those that are gone.
func (d *Daemon) keepConsumers(ctx context.Context) {
	running := map[appliance.ID]context.CancelFunc{}
	done := make(chan struct{}, maxConsumers)
	look := time.NewTicker(reportEvery)
	defer look.Stop()
	for ctx.Err() == nil {
		all, err := d.store.Consumers()
		if err != nil {
			d.log.Error("the consumers of reports could not be read", "err", err)
		}
		for _, r := range all {
			if running[r.ID] == nil && !r.Off {
				one, cancel := context.WithCancel(ctx)
				running[r.ID] = cancel
				go func() { d.consuming(r.ID).Run(one); done <- struct{}{} }()
			}
		}
		for id, cancel := range running {
			if err == nil && !slices.ContainsFunc(all, func(r appliance.Consumer) bool { return r.ID == id && !r.Off }) {
				cancel()
				<-done
				delete(running, id)
			}
		}
		select {
		case <-ctx.Done():
		case <-look.C:
		}
	}
	for _, cancel := range running {
		cancel()
		<-done
	}
}
