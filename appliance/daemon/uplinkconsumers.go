package daemon

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/message"
	"siteward/appliance/store"
	"siteward/appliance/uplink"
	"siteward/probes"
)

// The outboxes of consumers are numbered behind those of enrolments.
const consumerBase = appliance.ID(1) << 62

// Consumers is Consumers.Consumers.
func (d *Daemon) Consumers(context.Context) ([]appliance.ConsumerView, error) {
	all, err := d.store.Consumers()
	if err != nil {
		return nil, err
	}
	out := make([]appliance.ConsumerView, 0, len(all))
	for _, r := range all {
		v := appliance.ConsumerView{Consumer: r}
		v.Kind = cmp.Or(v.Kind, appliance.ConsumerReports)
		v.Secret = appliance.Secret{File: r.Secret.File, Env: r.Secret.Env}
		if v.State, err = d.uplinkState(consumerBase + r.ID); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// SaveConsumer is Consumers.SaveConsumer.
func (d *Daemon) SaveConsumer(_ context.Context, by appliance.Actor, r *appliance.Consumer) error {
	r.Name, r.URL, r.Site, r.User = strings.TrimSpace(r.Name), strings.TrimSpace(r.URL), strings.TrimSpace(r.Site), strings.TrimSpace(r.User)
	if r.URL != "" && !strings.Contains(r.URL, "://") {
		r.URL = "https://" + r.URL
	}
	r.Kind = cmp.Or(r.Kind, appliance.ConsumerReports)
	args := map[string]any{"name": r.Name, "url": r.URL}
	key := "consumer.log.saved"
	switch {
	case r.Off:
		key = "consumer.log.off"
	case r.Kind == appliance.ConsumerSamples:
		key = "consumer.log.samples"
	}
	err := d.providerStep(by, key, "consumer "+r.Name, args, func(tx *store.Tx) error {
		all, err := tx.Consumers()
		if err != nil {
			return err
		}
		r.Owner = ""
		i := slices.IndexFunc(all, func(old appliance.Consumer) bool { return old.ID == r.ID })
		switch {
		case i >= 0:
			r.Outbox, r.Since, r.Kind = all[i].Outbox, all[i].Since, all[i].Kind
			if r.Secret.IsZero() && (r.Kind != appliance.ConsumerSamples || r.User == all[i].User) {
				r.Secret = all[i].Secret
			}
		case r.ID != 0:
			return appliance.ErrNotFound
		case len(all) >= config.MaxConsumers:
			return appliance.Invalid("name", "consumer.error.many", "there are five receivers already; delete one first", nil)
		default:
			r.Outbox, r.Since = rand.Text(), clean(d.now())
		}
		if err := first(config.ValidateConsumer(*r)); err != nil {
			return err
		}
		return tx.PutConsumer(r)
	})
	if err == nil {
		d.lookAtConsumers()
	}
	return err
}

// lookAtConsumers lets the senders follow what was changed.
func (d *Daemon) lookAtConsumers() {
	select {
	case d.reports.changed <- struct{}{}:
	default:
	}
}

// TestConsumer is Consumers.TestConsumer.
func (d *Daemon) TestConsumer(ctx context.Context, _ appliance.Actor, id appliance.ID) (appliance.ConsumerTest, error) {
	r, err := d.consumer(id)
	if errors.Is(err, appliance.ErrNotFound) {
		if off, bad := d.store.Consumers(); bad == nil && slices.ContainsFunc(off, func(r appliance.Consumer) bool { return r.ID == id }) {
			return appliance.ConsumerTest{}, appliance.Errorf(appliance.CodeConflict, "it is switched off, so that nothing leaves to it; switch it on first")
		}
	}
	if err != nil {
		return appliance.ConsumerTest{}, err
	}
	if r.Kind == appliance.ConsumerSamples {
		return d.testSamples(ctx, r)
	}
	return d.consuming(id).Try(ctx)
}

// DeleteConsumer is Consumers.DeleteConsumer. What waits for it goes with it.
func (d *Daemon) DeleteConsumer(_ context.Context, by appliance.Actor, id appliance.ID) error {
	all, err := d.store.Consumers()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r appliance.Consumer) bool { return r.ID == id })
	if i < 0 {
		return appliance.ErrNotFound
	}
	err = d.providerStep(by, "consumer.log.deleted", "consumer "+all[i].Name, map[string]any{"name": all[i].Name, "url": all[i].URL}, func(tx *store.Tx) error {
		return tx.DeleteConsumer(id)
	})
	if err == nil {
		err = d.forgetConsumers()
	}
	d.lookAtConsumers()
	return err
}

// forgetConsumers lets go, in steps, of what waits for those who are told no more.
func (d *Daemon) forgetConsumers() error {
	d.reports.mu.Lock()
	defer d.reports.mu.Unlock()
	for more := true; more; {
		err := d.store.Update(func(tx *store.Tx) error {
			all, err := tx.Consumers()
			if err != nil {
				return err
			}
			owners, err := tx.UplinkOwners(consumerBase)
			more = false
			for _, owner := range owners {
				if err == nil && !slices.ContainsFunc(all, func(r appliance.Consumer) bool { return consumerBase+r.ID == owner }) {
					more = true
					_, err = tx.ForgetOutbox(owner, reportAtOnce)
					return err
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
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
		if !r.Off && r.Kind != appliance.ConsumerSamples {
			out = append(out, appliance.Enrolment{ID: consumerBase + r.ID, Site: r.Site, Outbox: r.Outbox, Since: r.Since})
		}
	}
	return out, err
}

// consumerTarget is where the reports to a consumer go. One that is gone or off has none.
func (d *Daemon) consumerTarget(id appliance.ID) (uplink.Target, error) {
	r, err := d.consumer(id)
	if err != nil {
		return uplink.Target{}, err
	}
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
	running := map[appliance.ID]func(){} // ends it
	look := time.NewTicker(reportEvery)
	defer look.Stop()
	for ctx.Err() == nil {
		all, err := d.store.Consumers()
		if err != nil {
			d.log.Error("the consumers of reports could not be read", "err", err)
		}
		for id, end := range running {
			if err == nil && !slices.ContainsFunc(all, func(r appliance.Consumer) bool { return r.ID == id && !r.Off }) {
				end()
				delete(running, id)
			}
		}
		for _, r := range all {
			if running[r.ID] == nil && !r.Off {
				running[r.ID] = d.runConsumer(ctx, r)
			}
		}
		if err := d.forgetConsumers(); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
			d.log.Error("what waits for a consumer that is gone could not be removed", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-d.reports.changed:
		case <-look.C:
		}
	}
	for _, end := range running {
		end()
	}
}

func (d *Daemon) runConsumer(ctx context.Context, r appliance.Consumer) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	run := d.consuming(r.ID).Run
	if r.Kind == appliance.ConsumerSamples {
		run = d.sampling(r.ID).Run
	}
	done := make(chan struct{})
	go func() { run(ctx); close(done) }()
	return func() { cancel(); <-done }
}
