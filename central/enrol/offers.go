package enrol

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"siteward/appliance"
	wire "siteward/appliance/enrol"
	"siteward/appliance/offer"
	"siteward/central"
)

// maxOffered bounds one answer in offers, well below wire.MaxOffers in bytes.
const maxOffered = 8

// Offer puts an offer up. It reaches nobody before Reach says how far it goes.
func (e *Enrolment) Offer(ctx context.Context, by string, o offer.Offer) (central.Offer, error) {
	o.N, o.Made, o.Notes = 1, e.now().UTC(), wire.Tidy(o.Notes, 2000)
	if err := o.Check(); err != nil { // before it has a number
		return central.Offer{}, appliance.Invalid("file", "error.offer", err.Error(), nil)
	}
	n, err := central.NextID(ctx, e.store, central.Offers.Family)
	if err != nil {
		return central.Offer{}, err
	}
	o.N = uint64(n) //nolint:gosec // counted up from 1
	s, err := wire.Seal(e.key, wire.PurposeOffer, o)
	if err != nil {
		return central.Offer{}, err
	}
	kept := central.Offer{N: o.N, Kind: string(o.Kind), Name: o.Name, Notes: o.Notes, Bytes: len(o.Body), Made: o.Made, By: by, Payload: s.Payload, Signature: s.Signature}
	return kept, central.Offers.Put(ctx, e.store, central.NumberKey(kept.N), kept, 0)
}

// Reach says how far an offer goes, or that it is withdrawn.
func (e *Enrolment) Reach(ctx context.Context, n uint64, ring string, withdrawn bool) error {
	if ring != "" && !slices.Contains(central.Rings, ring) {
		return appliance.Invalid("ring", "error.ring", "there is no such ring", nil)
	}
	o, version, err := central.Offers.Find(ctx, e.store, central.NumberKey(n))
	if err != nil {
		return err
	}
	o.Ring, o.Withdrawn = ring, withdrawn
	return central.Offers.Put(ctx, e.store, central.NumberKey(n), o, version)
}

// Offers lists what was put up, newest first.
func (e *Enrolment) Offers(ctx context.Context) ([]central.Offer, error) {
	return central.Offers.List(ctx, e.store, central.RecordRange{Reverse: true, Limit: 1000})
}

// For lists the offers for a ring, oldest first, of each kind and name only the newest.
func (e *Enrolment) For(ctx context.Context, ring string) ([]central.Offer, error) {
	all, err := e.Offers(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []central.Offer
	for _, o := range all {
		what := o.Kind + "/" + o.Name
		if o.Withdrawn || seen[what] || !central.InRing(ring, o.Ring) {
			continue
		}
		seen[what] = true
		out = append(out, o)
	}
	slices.Reverse(out)
	return out, nil
}

func (e *Enrolment) giveOffers(w http.ResponseWriter, r *http.Request, m wire.Sealed) error {
	var q wire.Asking
	if wire.Peek(m, &q) != nil {
		return errBad
	}
	site, err := e.signer(r.Context(), q.Site, wire.PurposeOffers, m, &q)
	if err != nil {
		return err
	}
	list, err := e.For(r.Context(), site.Ring)
	if err != nil {
		return err
	}
	out := []wire.Sealed{}
	for _, o := range list {
		if !slices.Contains(q.Known, o.N) && len(out) < maxOffered {
			out = append(out, wire.Sealed{Payload: o.Payload, Signature: o.Signature})
		}
	}
	answer(w, out)
	return nil
}

// announcement is what is told with every acknowledgement, put together again after a while.
type announcement struct {
	mu   sync.Mutex
	made time.Time
	ring map[string][]json.RawMessage
}

// announceFor is how long what was put together is used: ten thousand sites ask, and nobody notices half a minute.
const announceFor = 30 * time.Second

// Announce lists the numbers that a site may fetch. It is a hint: what is not announced is found by asking.
func (e *Enrolment) Announce(ctx context.Context, row central.Row) []json.RawMessage {
	a := &e.announce
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := e.now(); now.Sub(a.made) >= announceFor || now.Before(a.made) {
		a.made, a.ring = now, map[string][]json.RawMessage{}
	}
	ring := row.Site.Ring
	if list, ok := a.ring[ring]; ok {
		return list
	}
	offers, err := e.For(ctx, ring)
	if err != nil {
		e.log.Error("what is offered could not be read", "err", err)
	}
	var list []json.RawMessage
	for _, o := range offers[max(0, len(offers)-maxAnnounced):] {
		list = append(list, json.RawMessage(`{"n":`+strconv.FormatUint(o.N, 10)+`}`))
	}
	a.ring[ring] = list
	return list
}

// maxAnnounced bounds the hint.
const maxAnnounced = 50
