package message

import (
	"errors"
	"time"
)

// Offer tells what became of something that the provider had offered: it waits, was taken, refused, taken back, or is of no use here.
type Offer struct {
	Number  uint64    `json:"number"` // the provider's
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	State   string    `json:"state"` // held, accepted, refused, undone, passed, useless; of a release also installed, reverted
	Decided time.Time `json:"decided,omitzero"`
	By      string    `json:"by,omitempty"`
	Reason  string    `json:"reason,omitempty"` // in a person's words, or in English
	Words   *Words    `json:"words,omitempty"`  // of a reason that nobody wrote
}

// Type is siteward.offer.v1.
func (*Offer) Type() string { return TypeOffer }

// Check says what is wrong with it.
func (v *Offer) Check() error {
	if v.Number == 0 || v.State == "" {
		return errors.New("an offer has a number and a state")
	}
	return nil
}
