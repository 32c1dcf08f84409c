package appliance

import (
	"context"
	"time"
)

// ProviderOffer is something that the provider offers and that this site may take: a device profile, a log format, settings, or a
// newer version. Nothing of it is used before somebody here accepts it, or has said beforehand that this kind is accepted.
type ProviderOffer struct {
	ID        ID         `json:"id"`
	Enrolment ID         `json:"enrolment"`
	N         uint64     `json:"n"`    // the provider's number
	Kind      string     `json:"kind"` // one of the kinds of package appliance/offer
	Name      string     `json:"name"`
	Notes     string     `json:"notes,omitempty"`
	Made      time.Time  `json:"made"`
	Came      time.Time  `json:"came"`
	Body      []byte     `json:"body"`
	State     OfferState `json:"state"`
	Decided   time.Time  `json:"decided,omitzero"`
	By        string     `json:"by,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Said      *Message   `json:"said,omitempty"`   // Reason, when nobody wrote it
	Before    []byte     `json:"before,omitempty"` // what was there, for undoing it; empty: nothing was
	Version   uint64     `json:"version"`
}

// OfferState is what became of an offer.
type OfferState string

// The states.
const (
	OfferHeld     OfferState = "held"     // waits for a person
	OfferAccepted OfferState = "accepted" // used
	OfferRefused  OfferState = "refused"
	OfferUndone   OfferState = "undone"  // used, and taken back
	OfferPassed   OfferState = "passed"  // a later one of its name came
	OfferUseless  OfferState = "useless" // it cannot be read here; Reason says why

	OfferInstalled OfferState = "installed" // a release that was accepted and has proved itself
	OfferReverted  OfferState = "reverted"  // a release that was accepted and was not well: the version before runs; Reason says why
)

// OfferPolicy says which kinds are accepted without asking. Empty: none.
type OfferPolicy struct {
	Automatic []string `json:"automatic,omitempty"`
}

// Offers is the part of App about what the provider offers.
type Offers interface {
	// Offers lists them, the newest first.
	Offers(ctx context.Context) ([]ProviderOffer, error)
	// OfferChanges tells line by line what accepting would change; "+" comes, "-" goes.
	OfferChanges(ctx context.Context, id ID) ([]string, error)
	AcceptOffer(ctx context.Context, by Actor, id ID) error
	RefuseOffer(ctx context.Context, by Actor, id ID, reason string) error
	UndoOffer(ctx context.Context, by Actor, id ID) error
	// FetchOffers asks the provider what there is. It gives how many are new.
	FetchOffers(ctx context.Context) (int, error)
	OfferPolicy(ctx context.Context) (OfferPolicy, error)
	SaveOfferPolicy(ctx context.Context, by Actor, p OfferPolicy) error
}
