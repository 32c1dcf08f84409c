package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/enrol"
)

// Provider is to whom this site reports, and to whom it did before.
type Provider struct {
	Connected  bool        `json:"connected"`
	Enrolments []Enrolment `json:"enrolments" nullable:"false" doc:"The newest first; at most one is active."`
}

// Enrolment is a site's place in the fleet of a provider.
type Enrolment struct {
	State       string     `json:"state" enum:"active,revoked,left"`
	Provider    string     `json:"provider"`
	URL         string     `json:"url"`
	Fingerprint string     `json:"fingerprint" doc:"Of the provider's key, as a person confirmed it."`
	Site        string     `json:"site" doc:"The site's id there."`
	SiteName    string     `json:"site_name"`
	Since       time.Time  `json:"since"`
	By          string     `json:"by" doc:"Who confirmed the fingerprint."`
	Rotated     *time.Time `json:"rotated,omitempty" doc:"When the site's key was changed last."`
	Ended       *time.Time `json:"ended,omitempty"`
	Why         string     `json:"why,omitempty"`
}

// ProviderIdentity is who answers at an address.
type ProviderIdentity struct {
	URL         string `json:"url"`
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint" doc:"Compare it with the one that the provider gave you."`
}

// Offer is something that the provider offers.
type Offer struct {
	ID      ID         `json:"id"`
	Number  uint64     `json:"number" doc:"The provider's."`
	Kind    string     `json:"kind" enum:"release,profile,log_format,settings"`
	Name    string     `json:"name"`
	Notes   string     `json:"notes,omitempty"`
	Made    time.Time  `json:"made"`
	Came    time.Time  `json:"came"`
	State   string     `json:"state" doc:"held waits for somebody here; accepted, refused, undone, passed (a later one came), useless (it cannot be read here); of a release also installed and reverted."`
	Decided *time.Time `json:"decided,omitempty"`
	By      string     `json:"by,omitempty"`
	Reason  string     `json:"reason,omitempty"`

	File    string   `json:"file,omitempty" doc:"Of one offer: what would be used."`
	Changes []string `json:"changes,omitempty" doc:"Of one offer: what accepting would change; + comes, - goes."`
	Why     string   `json:"why,omitempty" doc:"Of one offer: why it cannot be accepted."`
}

// OfferList are offers, and which kinds are used without asking.
type OfferList struct {
	Items     []Offer  `json:"items" nullable:"false"`
	Automatic []string `json:"automatic" nullable:"false"`
}

// offerInput names an offer and says what is done with it.
type offerInput struct {
	ID   ID `path:"id" minimum:"1"`
	Body struct {
		Do     string `json:"do" enum:"accept,decline,undo"`
		Reason string `json:"reason,omitempty" maxLength:"200" doc:"Of decline; required there."`
	}
}

// providerInput is what connecting and leaving need.
type providerInput struct {
	Body struct {
		URL         string `json:"url,omitempty" maxLength:"500"`
		Code        string `json:"code,omitempty" maxLength:"50" doc:"Of connect."`
		Fingerprint string `json:"fingerprint,omitempty" maxLength:"100" doc:"Of connect: what a person has compared. Another key is refused."`
		Reason      string `json:"reason,omitempty" maxLength:"200" doc:"Of disconnect."`
	}
}

func (a *API) providerRoutes() {
	register(a, operation("GET", "/provider", "getProvider", "To whom this site reports"), a.getProvider)
	registerBody(a, operation("POST", "/provider/look", "lookAtProvider", "Ask who answers at an address; nothing is told there", 422, 503), a.lookAtProvider)
	registerBody(a, operation("POST", "/provider/connect", "connectProvider", "Connect to a provider with a one-time code", 409, 422, 503), a.connectProvider)
	register(a, operation("POST", "/provider/rotate", "rotateKey", "Put a new key in the place of the present one", 404, 503), a.rotateKey)
	registerBody(a, operation("POST", "/provider/disconnect", "disconnectProvider", "End the connection", 404, 422), a.disconnectProvider)
	register(a, operation("GET", "/offers", "listOffers", "What the provider offers, newest first"), a.listOffers)
	register(a, operation("GET", "/offers/{id}", "getOffer", "One offer with what it would change", 404), a.getOffer)
	registerBody(a, operation("POST", "/offers/{id}", "decideOffer", "Accept, decline or take back an offer", 404, 409, 422), a.decideOffer)
	register(a, operation("POST", "/offers/fetch", "fetchOffers", "Ask the provider for offers now", 404, 503), a.fetchOffers)
	registerBody(a, operation("PUT", "/offers/policy", "putOfferPolicy", "Say which kinds are used without asking", 422), a.putOfferPolicy)
}

func (a *API) getProvider(ctx context.Context, _ *struct{}) (*struct{ Body Provider }, error) {
	return a.providerNow(ctx, "getProvider", nil)
}

// providerNow is what an operation about the connection answers.
func (a *API) providerNow(ctx context.Context, operation string, err error) (*struct{ Body Provider }, error) {
	if err != nil {
		return nil, a.fail(operation, err)
	}
	all, err := a.app.Enrolments(ctx)
	if err != nil {
		return nil, a.fail(operation, err)
	}
	out := Provider{Enrolments: []Enrolment{}}
	for _, e := range all {
		out.Connected = out.Connected || e.State == appliance.EnrolmentActive
		out.Enrolments = append(out.Enrolments, Enrolment{State: string(e.State), Provider: e.Provider, URL: e.URL, Fingerprint: enrol.Fingerprint(e.Central), Site: e.Site, SiteName: e.SiteName,
			Since: e.Since, By: e.By, Rotated: when(e.Rotated), Ended: when(e.Ended), Why: e.Why})
	}
	return &struct{ Body Provider }{out}, nil
}

func (a *API) lookAtProvider(ctx context.Context, in *providerInput) (*struct{ Body ProviderIdentity }, error) {
	id, err := a.app.LookAtProvider(ctx, actor(ctx), in.Body.URL)
	if err != nil {
		return nil, a.fail("lookAtProvider", err)
	}
	return &struct{ Body ProviderIdentity }{ProviderIdentity{URL: id.URL, Name: id.Name, Fingerprint: id.Fingerprint}}, nil
}

func (a *API) connectProvider(ctx context.Context, in *providerInput) (*struct{ Body Provider }, error) {
	_, err := a.app.Connect(ctx, actor(ctx), appliance.ConnectRequest{URL: in.Body.URL, Code: in.Body.Code, Fingerprint: in.Body.Fingerprint})
	return a.providerNow(ctx, "connectProvider", err)
}

func (a *API) rotateKey(ctx context.Context, _ *struct{}) (*struct{ Body Provider }, error) {
	return a.providerNow(ctx, "rotateKey", a.app.RotateKey(ctx, actor(ctx)))
}

func (a *API) disconnectProvider(ctx context.Context, in *providerInput) (*struct{ Body Provider }, error) {
	return a.providerNow(ctx, "disconnectProvider", a.app.Disconnect(ctx, actor(ctx), in.Body.Reason))
}

func offerOf(o appliance.ProviderOffer) Offer {
	return Offer{ID: o.ID, Number: o.N, Kind: o.Kind, Name: o.Name, Notes: o.Notes, Made: o.Made, Came: o.Came, State: string(o.State), Decided: when(o.Decided), By: o.By, Reason: o.Reason}
}

func (a *API) listOffers(ctx context.Context, _ *struct{}) (*struct{ Body OfferList }, error) {
	all, err := a.app.Offers(ctx)
	if err != nil {
		return nil, a.fail("listOffers", err)
	}
	p, err := a.app.OfferPolicy(ctx)
	if err != nil {
		return nil, a.fail("listOffers", err)
	}
	out := OfferList{Items: []Offer{}, Automatic: append([]string{}, p.Automatic...)}
	for _, o := range all {
		out.Items = append(out.Items, offerOf(o))
	}
	return &struct{ Body OfferList }{out}, nil
}

func (a *API) getOffer(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body Offer }, error) {
	return a.offerNow(ctx, "getOffer", in.ID)
}

func (a *API) offerNow(ctx context.Context, operation string, id ID) (*struct{ Body Offer }, error) {
	all, err := a.app.Offers(ctx)
	if err != nil {
		return nil, a.fail(operation, err)
	}
	i := slices.IndexFunc(all, func(o appliance.ProviderOffer) bool { return o.ID == id })
	if i < 0 {
		return nil, a.fail(operation, appliance.ErrNotFound)
	}
	out := offerOf(all[i])
	out.File = string(all[i].Body)
	if all[i].State != appliance.OfferAccepted && all[i].State != appliance.OfferInstalled {
		if out.Changes, err = a.app.OfferChanges(ctx, id); err != nil {
			out.Why = err.Error()
			if e, ok := errors.AsType[*appliance.Error](err); ok && e.Message.English != "" {
				out.Why = e.Message.English
			}
		}
	}
	return &struct{ Body Offer }{out}, nil
}

func (a *API) decideOffer(ctx context.Context, in *offerInput) (*struct{ Body Offer }, error) {
	var err error
	switch in.Body.Do {
	case "accept":
		err = a.app.AcceptOffer(ctx, actor(ctx), in.ID)
	case "decline":
		err = a.app.RefuseOffer(ctx, actor(ctx), in.ID, in.Body.Reason)
	case "undo":
		err = a.app.UndoOffer(ctx, actor(ctx), in.ID)
	}
	if err != nil {
		return nil, a.fail("decideOffer", err)
	}
	return a.offerNow(ctx, "decideOffer", in.ID)
}

func (a *API) fetchOffers(ctx context.Context, _ *struct{}) (*struct{ Body OfferList }, error) {
	if _, err := a.app.FetchOffers(ctx); err != nil {
		return nil, a.fail("fetchOffers", err)
	}
	return a.listOffers(ctx, nil)
}

func (a *API) putOfferPolicy(ctx context.Context, in *struct {
	Body struct {
		Automatic []string `json:"automatic" nullable:"false" maxItems:"10"`
	}
}) (*struct{ Body OfferList }, error) {
	if err := a.app.SaveOfferPolicy(ctx, actor(ctx), appliance.OfferPolicy{Automatic: in.Body.Automatic}); err != nil {
		return nil, a.fail("putOfferPolicy", err)
	}
	return a.listOffers(ctx, nil)
}
