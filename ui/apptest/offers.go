package apptest

import (
	"context"
	"slices"

	"siteward/appliance"
)

// Offers are those that were made.
func (a *App) Offers(context.Context) ([]appliance.ProviderOffer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.offers), nil
}

// Offer adds one that waits.
func (a *App) Offer(o appliance.ProviderOffer) {
	a.mu.Lock()
	o.ID, o.State, o.Came = appliance.ID(len(a.offers)+1), appliance.OfferHeld, a.now
	a.offers = append(a.offers, o)
	a.mu.Unlock()
}

// OfferChanges are always the same.
func (a *App) OfferChanges(context.Context, appliance.ID) ([]string, error) {
	return []string{"  format: borg", "- title: Borg", "+ title: BorgBackup"}, nil
}

func (a *App) decideOffer(what string, id appliance.ID, s appliance.OfferState) error {
	return a.change(what+" offer "+id.String(), appliance.Change{Config: true}, func() error {
		for i := range a.offers {
			if a.offers[i].ID == id {
				a.offers[i].State, a.offers[i].Decided = s, a.now
				return nil
			}
		}
		return appliance.ErrNotFound
	})
}

// AcceptOffer uses one.
func (a *App) AcceptOffer(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.decideOffer("accept", id, appliance.OfferAccepted)
}

// RefuseOffer wants a reason.
func (a *App) RefuseOffer(_ context.Context, _ appliance.Actor, id appliance.ID, reason string) error {
	if reason == "" {
		return appliance.Invalid("reason", "offer.error.reason", "say why", nil)
	}
	return a.decideOffer("refuse", id, appliance.OfferRefused)
}

// UndoOffer takes one back.
func (a *App) UndoOffer(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.decideOffer("undo", id, appliance.OfferUndone)
}

// FetchOffers finds nothing new.
func (a *App) FetchOffers(context.Context) (int, error) { return 0, nil }

// OfferPolicy accepts nothing without asking, until it is saved.
func (a *App) OfferPolicy(context.Context) (appliance.OfferPolicy, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.offerPolicy, nil
}

// SaveOfferPolicy notes it.
func (a *App) SaveOfferPolicy(_ context.Context, _ appliance.Actor, p appliance.OfferPolicy) error {
	return a.change("save the policy of offers", appliance.Change{Config: true}, func() error {
		a.offerPolicy = p
		return nil
	})
}
