package apptest

import (
	"context"

	"siteward/appliance"
)

// UpdateState is that of a machine which can be updated.
func (a *App) UpdateState(context.Context) (appliance.UpdateState, error) {
	return appliance.UpdateState{Running: "1.0.0", Able: true}, nil
}

// Update notes it.
func (a *App) Update(_ context.Context, _ appliance.Actor, r appliance.UpdateRequest) (string, error) {
	return "1.1.0", a.change("update from "+r.Source, appliance.Change{Config: true}, func() error { return nil })
}
