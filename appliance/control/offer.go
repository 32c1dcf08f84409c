package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// OfferOps is what the command line asks about what the provider offers.
type OfferOps interface {
	Offers(ctx context.Context) ([]appliance.ProviderOffer, error)
	OfferChanges(ctx context.Context, id appliance.ID) ([]string, error)
	DecideOffer(ctx context.Context, d OfferDecision) error
	FetchOffers(ctx context.Context) (int, error)
	OfferPolicy(ctx context.Context) (appliance.OfferPolicy, error)
	SaveOfferPolicy(ctx context.Context, p appliance.OfferPolicy) error
}

// OfferDecision is what a person does with an offer.
type OfferDecision struct {
	ID     appliance.ID `json:"id"`
	Do     string       `json:"do"` // accept, decline or undo
	Reason string       `json:"reason,omitempty"`
}

func (s server) offerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /offers", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.Offers(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /offers/changes", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.ID
		if s.read(w, r, &in) {
			out, err := s.ops.OfferChanges(r.Context(), in)
			s.answer(w, out, err)
		}
	})
	mux.HandleFunc("POST /offers/decide", func(w http.ResponseWriter, r *http.Request) {
		var in OfferDecision
		if s.read(w, r, &in) {
			s.answer(w, nil, s.ops.DecideOffer(r.Context(), in))
		}
	})
	mux.HandleFunc("POST /offers/fetch", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.FetchOffers(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("GET /offers/policy", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.OfferPolicy(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /offers/policy", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.OfferPolicy
		if s.read(w, r, &in) {
			s.answer(w, nil, s.ops.SaveOfferPolicy(r.Context(), in))
		}
	})
}

// Offers is OfferOps.Offers.
func (c *Client) Offers(ctx context.Context) (out []appliance.ProviderOffer, err error) {
	err = c.call(ctx, "GET", "/offers", nil, &out)
	return out, err
}

// OfferChanges is OfferOps.OfferChanges.
func (c *Client) OfferChanges(ctx context.Context, id appliance.ID) (out []string, err error) {
	err = c.call(ctx, "POST", "/offers/changes", id, &out)
	return out, err
}

// DecideOffer is OfferOps.DecideOffer.
func (c *Client) DecideOffer(ctx context.Context, d OfferDecision) error {
	return c.call(ctx, "POST", "/offers/decide", d, nil)
}

// FetchOffers is OfferOps.FetchOffers.
func (c *Client) FetchOffers(ctx context.Context) (out int, err error) {
	err = c.call(ctx, "POST", "/offers/fetch", nil, &out)
	return out, err
}

// OfferPolicy is OfferOps.OfferPolicy.
func (c *Client) OfferPolicy(ctx context.Context) (out appliance.OfferPolicy, err error) {
	err = c.call(ctx, "GET", "/offers/policy", nil, &out)
	return out, err
}

// SaveOfferPolicy is OfferOps.SaveOfferPolicy.
func (c *Client) SaveOfferPolicy(ctx context.Context, p appliance.OfferPolicy) error {
	return c.call(ctx, "POST", "/offers/policy", p, nil)
}
