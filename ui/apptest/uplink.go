package apptest

import (
	"context"
	"slices"

	"siteward/appliance"
)

// UplinkState is how far the reports are.
func (a *App) UplinkState(ctx context.Context) (appliance.UplinkState, error) {
	e, err := a.Provider(ctx)
	if err != nil {
		return appliance.UplinkState{}, err
	}
	a.mu.Lock()
	st := a.uplinkState
	a.mu.Unlock()
	if st != nil {
		return *st, nil
	}
	return appliance.UplinkState{Enrolment: e.ID, Outbox: e.Outbox, Last: 812, Acked: 812, Offered: 812, Good: a.Now()}, nil
}

// SetUplinkState changes how far the reports are.
func (a *App) SetUplinkState(st appliance.UplinkState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.uplinkState = &st
}

// UplinkPolicy is the list of what leaves.
func (a *App) UplinkPolicy(context.Context) (appliance.UplinkPolicy, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.leaves, nil
}

// SaveUplinkPolicy changes it.
func (a *App) SaveUplinkPolicy(_ context.Context, _ appliance.Actor, p appliance.UplinkPolicy) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p.Version++
	a.leaves = p
	return nil
}

// SentReports lists deliveries, newest first.
func (a *App) SentReports(_ context.Context, before appliance.ID, limit int) (out []appliance.Sent, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, v := range slices.Backward(a.Sent) {
		if (before == 0 || v.ID < before) && len(out) < limit {
			v.Body = nil
			out = append(out, v)
		}
	}
	return out, nil
}

// SentReport is one delivery.
func (a *App) SentReport(_ context.Context, id appliance.ID) (appliance.Sent, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, v := range a.Sent {
		if v.ID == id {
			return v, nil
		}
	}
	return appliance.Sent{}, appliance.ErrNotFound
}
