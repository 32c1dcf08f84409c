package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"siteward/appliance"
	"siteward/appliance/enrol"
	"siteward/appliance/offer"
	"siteward/appliance/store"
)

// maxHeld bounds the offers that wait; a provider who sends more is not listened to until somebody has decided.
const maxHeld = 100

// maxKnown bounds the numbers that are told so that central does not send them again.
const maxKnown = 500

// Offers is Offers.Offers.
func (d *Daemon) Offers(context.Context) ([]appliance.ProviderOffer, error) { return d.store.Offers() }

// OfferPolicy is Offers.OfferPolicy.
func (d *Daemon) OfferPolicy(context.Context) (appliance.OfferPolicy, error) {
	return d.store.OfferPolicy()
}

// SaveOfferPolicy is Offers.SaveOfferPolicy.
func (d *Daemon) SaveOfferPolicy(_ context.Context, by appliance.Actor, p appliance.OfferPolicy) error {
	for _, k := range p.Automatic {
		if !slices.Contains(offer.Kinds, offer.Kind(k)) {
			return appliance.Invalid("automatic", "offer.error.kind", "there is no such kind of offer", nil)
		}
	}
	return d.providerStep(by, "offer.log.policy", "offers", map[string]any{"n": len(p.Automatic)}, func(tx *store.Tx) error { return tx.PutOfferPolicy(p) })
}

// FetchOffers is Offers.FetchOffers. What comes is signed with the key that a person confirmed, kept within bounds, and read by the
// same readers as what a person hands in; what cannot be read is kept as such and can never be accepted. Nothing is used here: only
// a person accepts, or the policy that a person has set.
func (d *Daemon) FetchOffers(ctx context.Context) (int, error) {
	d.provider.offers.Lock()
	defer d.provider.offers.Unlock()
	e, key, err := d.enrolment()
	if err != nil {
		return 0, err
	}
	all, err := d.store.Offers()
	if err != nil {
		return 0, err
	}
	var known []uint64
	newest := map[string]uint64{} // number, by kind and name
	held := 0
	for _, o := range all { // the newest first
		if o.Enrolment == e.ID {
			if len(known) < maxKnown {
				known = append(known, o.N)
			}
			newest[o.Kind+"/"+o.Name] = max(newest[o.Kind+"/"+o.Name], o.N)
		}
		if o.State == appliance.OfferHeld {
			held++
		}
	}
	list, err := d.central(e.URL).Offers(ctx, e.Site, known, key)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, sealed := range list {
		o, err := offer.Open(e.Central, sealed)
		if err != nil {
			d.log.Warn("an offer of the provider is not taken", "err", err)
			continue
		}
		what := string(o.Kind) + "/" + o.Name
		// What is older than something of its name that came already is repeated by somebody: an old release, an old profile.
		if o.N <= newest[what] || held+n >= maxHeld {
			continue
		}
		if err := d.keepOffer(ctx, e, o); err != nil {
			return n, err
		}
		newest[what] = o.N
		n++
	}
	if n > 0 {
		d.changes.publish(appliance.Change{Config: true})
	}
	return n, nil
}

func (d *Daemon) keepOffer(ctx context.Context, e appliance.Enrolment, o offer.Offer) error {
	kept := appliance.ProviderOffer{Enrolment: e.ID, N: o.N, Kind: string(o.Kind), Name: o.Name, Notes: enrol.Tidy(o.Notes, 2000), Made: o.Made,
		Came: clean(d.now()), Body: o.Body, State: appliance.OfferHeld}
	if err := d.readOffer(kept); err != nil {
		kept.State, kept.Reason = appliance.OfferUseless, err.Error()
		if e, ok := errors.AsType[*appliance.Error](err); ok && e.Message.Key != "" {
			kept.Said = &e.Message
		}
	}
	err := d.store.Update(func(tx *store.Tx) error {
		all, err := tx.Offers()
		if err != nil {
			return err
		}
		for _, old := range all {
			if old.Kind == kept.Kind && old.Name == kept.Name && old.State == appliance.OfferHeld {
				old.State = appliance.OfferPassed
				if err := tx.PutOffer(&old); err != nil {
					return err
				}
			}
		}
		return tx.PutOffer(&kept)
	})
	if err != nil || kept.State != appliance.OfferHeld {
		return err
	}
	p, err := d.store.OfferPolicy()
	if err != nil || !slices.Contains(p.Automatic, kept.Kind) {
		return err
	}
	by := appliance.Actor{Name: appliance.PartySiteward, Role: appliance.RoleAdministrator, Via: "policy"}
	if err := d.AcceptOffer(ctx, by, kept.ID); err != nil {
		d.log.Warn("an offer could not be used by itself and waits", "offer", kept.Name, "err", err)
	}
	return nil
}

// OfferChanges is Offers.OfferChanges.
func (d *Daemon) OfferChanges(_ context.Context, id appliance.ID) ([]string, error) {
	o, err := d.store.Offer(id)
	if err != nil {
		return nil, err
	}
	return d.offerChanges(o)
}

// AcceptOffer is Offers.AcceptOffer: the only place from which an offer comes to be used.
func (d *Daemon) AcceptOffer(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	o, err := d.store.Offer(id)
	if err != nil {
		return err
	}
	// What was of no use may be of use by now: a key that releases are signed with was put in, a later version of Siteward runs.
	if o.State != appliance.OfferHeld && o.State != appliance.OfferRefused && o.State != appliance.OfferUndone && o.State != appliance.OfferUseless {
		return appliance.Errorf(appliance.CodeConflict, "this offer is not open any more")
	}
	if err := d.readOffer(o); err != nil {
		return err
	}
	if o.Before, err = d.useOffer(ctx, by, o, o.Body); err != nil {
		return err
	}
	if err := d.decideOffer(by, o, appliance.OfferAccepted, ""); err != nil {
		return err
	}
	if o.Kind == string(offer.KindRelease) {
		d.restart(nil)
	}
	return nil
}

// RefuseOffer is Offers.RefuseOffer.
func (d *Daemon) RefuseOffer(_ context.Context, by appliance.Actor, id appliance.ID, reason string) error {
	reason = enrol.Tidy(reason, 200)
	if reason == "" {
		return appliance.Invalid("reason", "offer.error.reason", "say why; it stands in the logbook", nil)
	}
	o, err := d.store.Offer(id)
	if err != nil {
		return err
	}
	if o.State != appliance.OfferHeld {
		return appliance.Errorf(appliance.CodeConflict, "this offer is not open any more")
	}
	return d.decideOffer(by, o, appliance.OfferRefused, reason)
}

// UndoOffer is Offers.UndoOffer.
func (d *Daemon) UndoOffer(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	o, err := d.store.Offer(id)
	if err != nil {
		return err
	}
	if o.State != appliance.OfferAccepted || o.Kind == string(offer.KindRelease) {
		return appliance.Errorf(appliance.CodeConflict, "this cannot be undone here; a version is changed with siteward update")
	}
	if now, err := d.offerText(o); err != nil || !bytes.Equal(now, o.Body) && o.Kind != string(offer.KindSettings) {
		return appliance.Errorf(appliance.CodeConflict, "it was changed since it was accepted; undoing it would lose that")
	}
	if _, err := d.useOffer(ctx, by, o, o.Before); err != nil {
		return err
	}
	return d.decideOffer(by, o, appliance.OfferUndone, "")
}

// decideOffer notes what became of an offer, in the logbook and the journal too.
func (d *Daemon) decideOffer(by appliance.Actor, o appliance.ProviderOffer, s appliance.OfferState, reason string) error {
	o.State, o.Decided, o.By, o.Reason, o.Said = s, clean(d.now()), by.Name, reason, nil
	args := map[string]any{"kind": o.Kind, "name": o.Name, "number": fmt.Sprint(o.N), "reason": reason}
	return d.providerStep(by, "offer.log."+string(s), "offer "+o.Name, args, func(tx *store.Tx) error { return tx.PutOffer(&o) })
}
