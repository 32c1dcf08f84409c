package daemon

import (
	"context"

	"siteward/appliance"
	"siteward/appliance/control"
)

func (o ops) Offers(ctx context.Context) ([]appliance.ProviderOffer, error) { return o.d.Offers(ctx) }

func (o ops) OfferChanges(ctx context.Context, id appliance.ID) ([]string, error) {
	return o.d.OfferChanges(ctx, id)
}

func (o ops) DecideOffer(ctx context.Context, d control.OfferDecision) error {
	switch d.Do {
	case "accept":
		return o.d.AcceptOffer(ctx, actor(ctx), d.ID)
	case "decline":
		return o.d.RefuseOffer(ctx, actor(ctx), d.ID, d.Reason)
	case "undo":
		return o.d.UndoOffer(ctx, actor(ctx), d.ID)
	}
	return appliance.Errorf(appliance.CodeInvalid, "an offer can be accepted, declined or undone")
}

func (o ops) FetchOffers(ctx context.Context) (int, error) { return o.d.FetchOffers(ctx) }

func (o ops) OfferPolicy(ctx context.Context) (appliance.OfferPolicy, error) {
	return o.d.OfferPolicy(ctx)
}

func (o ops) SaveOfferPolicy(ctx context.Context, p appliance.OfferPolicy) error {
	return o.d.SaveOfferPolicy(ctx, actor(ctx), p)
}
