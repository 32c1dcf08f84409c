package apptest

import (
	"context"
	"slices"

	"siteward/appliance"
)

// Consumers are the others who are told.
func (a *App) Consumers(context.Context) ([]appliance.ConsumerView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := slices.Clone(a.consumers)
	for i := range out {
		out[i].Secret = appliance.Secret{}
	}
	return out, nil
}

// SaveConsumer keeps one.
func (a *App) SaveConsumer(_ context.Context, _ appliance.Actor, r *appliance.Consumer) error {
	return a.change("consumer "+r.Name, appliance.Change{Config: true}, func() error {
		i := slices.IndexFunc(a.consumers, func(old appliance.ConsumerView) bool { return old.ID == r.ID })
		if r.Kind != appliance.ConsumerSamples && i < 0 && r.Secret.IsZero() {
			return appliance.Invalid("secret", "validate.shared_secret", "no secret", nil)
		}
		if i < 0 {
			r.ID = appliance.ID(len(a.consumers) + 1)
			a.consumers = append(a.consumers, appliance.ConsumerView{Consumer: *r})
			return nil
		}
		r.Kind = a.consumers[i].Kind
		a.consumers[i].Consumer = *r
		return nil
	})
}

// DeleteConsumer lets go of one.
func (a *App) DeleteConsumer(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("no consumer "+id.String(), appliance.Change{Config: true}, func() error {
		a.consumers = slices.DeleteFunc(a.consumers, func(r appliance.ConsumerView) bool { return r.ID == id })
		return nil
	})
}

// TestConsumer is taken by those of reports and denied by those of samples.
func (a *App) TestConsumer(_ context.Context, _ appliance.Actor, id appliance.ID) (appliance.ConsumerTest, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.consumers, func(r appliance.ConsumerView) bool { return r.ID == id })
	switch {
	case i < 0:
		return appliance.ConsumerTest{}, appliance.ErrNotFound
	case a.consumers[i].Kind == appliance.ConsumerSamples:
		return appliance.ConsumerTest{Status: 401, Code: "denied", Why: "HTTP 401 who are you?", Bytes: 60}, nil
	}
	return appliance.ConsumerTest{OK: true, Status: 200, Bytes: 812}, nil
}

// ConsumerStands sets how far one is.
func (a *App) ConsumerStands(id appliance.ID, st appliance.UplinkState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.consumers {
		if a.consumers[i].ID == id {
			a.consumers[i].State = st
		}
	}
}

// keepConsumers takes over what a site file has made of them.
func (a *App) keepConsumers(list []appliance.Consumer) {
	a.consumers = nil
	for _, c := range list {
		a.consumers = append(a.consumers, appliance.ConsumerView{Consumer: c})
	}
}

func (a *App) plainConsumers() (out []appliance.Consumer) {
	for _, v := range a.consumers {
		out = append(out, v.Consumer)
	}
	return out
}
