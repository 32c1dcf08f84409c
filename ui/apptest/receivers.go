package apptest

import (
	"context"
	"slices"

	"siteward/appliance"
)

// Receivers are those of the site.
func (a *App) Receivers(ctx context.Context) ([]appliance.ReceiverState, error) {
	site, err := a.Site(ctx)
	if err != nil {
		return nil, err
	}
	var out []appliance.ReceiverState
	for _, r := range appliance.Receivers {
		out = append(out, appliance.ReceiverState{Name: r, On: site.Receives(r)})
	}
	return out, nil
}

// SwitchReceiver switches.
func (a *App) SwitchReceiver(ctx context.Context, by appliance.Actor, name appliance.Receiver, on bool) error {
	site, err := a.Site(ctx)
	if err != nil {
		return err
	}
	site.ReceiversOff = slices.DeleteFunc(slices.Clone(site.ReceiversOff), func(r appliance.Receiver) bool { return r == name })
	if !on {
		site.ReceiversOff = append(site.ReceiversOff, name)
	}
	return a.SaveSite(ctx, by, site)
}
