package api

import (
	"context"
	"net/http"
	"time"

	"siteward/appliance/offer"
	"siteward/central"
)

// offerBody is something that sites are offered.
type offerBody struct {
	Kind  string `json:"kind" enum:"profile,log_format,settings,release"`
	Name  string `json:"name" minLength:"1" maxLength:"64" doc:"lower case, as the file calls itself"`
	Notes string `json:"notes,omitempty" maxLength:"2000" doc:"for the people at the sites"`
	File  []byte `json:"file" doc:"base64; of a release: {\"manifest\": base64, \"signature\": base64}"`
}

// reachBody is how far an offer goes.
type reachBody struct {
	Ring   string `json:"ring,omitempty" enum:"test,early,all" doc:"empty: nobody"`
	Paused bool   `json:"paused,omitempty" doc:"given to nobody any more; who has it keeps it"`
}

// offerLine is an offer as it is listed, without its file.
type offerLine struct {
	N      uint64    `json:"n"`
	Kind   string    `json:"kind"`
	Name   string    `json:"name"`
	Notes  string    `json:"notes,omitempty"`
	Ring   string    `json:"ring"`
	Paused bool      `json:"paused"`
	Bytes  int       `json:"bytes"`
	Made   time.Time `json:"made"`
	By     string    `json:"by"`
}

func lineOf(o central.Offer) offerLine {
	return offerLine{N: o.N, Kind: o.Kind, Name: o.Name, Notes: o.Notes, Ring: o.Ring, Paused: o.Withdrawn, Bytes: o.Bytes, Made: o.Made, By: o.By}
}

// OfferPath names an offer in an address.
type OfferPath struct {
	N uint64 `path:"n" minimum:"1" doc:"number of the offer"`
}

// offers adds what sites are offered and what they did with it.
func (a *API) offers() {
	operation(a, http.MethodGet, "/offers", "list-offers", "What sites are offered, the newest first", true, func(ctx context.Context, _ *struct{}) (*list[offerLine], error) {
		all, err := a.codes.Offers(ctx)
		var out []offerLine
		for _, o := range all {
			out = append(out, lineOf(o))
		}
		return listOf(out), err
	})
	operation(a, http.MethodPost, "/offers", "add-offer", "Put up an offer; it reaches nobody yet", true, func(ctx context.Context, in *struct{ Body offerBody }) (*one[offerLine], error) {
		o, err := a.codes.Offer(ctx, by(ctx).Name, offer.Offer{Kind: offer.Kind(in.Body.Kind), Name: in.Body.Name, Notes: in.Body.Notes, Body: in.Body.File})
		return &one[offerLine]{lineOf(o)}, err
	})
	operation(a, http.MethodPost, "/offers/{n}/reach", "reach-offer", "Say how far an offer goes, or pause it", true, func(ctx context.Context, in *struct {
		OfferPath
		Body reachBody
	}) (*none, error) {
		return &none{}, a.codes.Reach(ctx, in.N, in.Body.Ring, in.Body.Paused)
	})
	operation(a, http.MethodGet, "/offers/{n}/answers", "list-answers", "What sites did with an offer", true, func(ctx context.Context, in *OfferPath) (*list[central.OfferAnswer], error) {
		all, err := central.AnswersTo(ctx, a.store, in.N)
		return listOf(all), err
	})
}
