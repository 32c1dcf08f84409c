package central

import (
	"context"
	"time"

	"siteward/appliance/message"
)

// OfferAnswer is what became of an offer at a site, as the site said.
type OfferAnswer struct {
	N      uint64    `json:"n"`
	Site   SiteID    `json:"site"`
	Name   string    `json:"name"`  // of the site, when it said so
	State  string    `json:"state"` // held, accepted, refused, undone, passed, useless; of a release also installed, reverted
	At     time.Time `json:"at"`    // decided, or heard of
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
	// ReasonIn is a reason that nobody wrote, without a language.
	ReasonIn *message.Words `json:"reason_words,omitempty"`
}

// OfferAnswers keeps them under "<offer>/<site>".
var OfferAnswers = Noun[OfferAnswer]{"offer-answer"}

// OfferAnswerKey is where an answer is kept.
func OfferAnswerKey(n uint64, site SiteID) string { return Key(NumberKey(n), string(site)) }

// AnswersTo lists what sites have said about an offer.
func AnswersTo(ctx context.Context, s Records, n uint64) ([]OfferAnswer, error) {
	return OfferAnswers.List(ctx, s, RecordRange{Prefix: NumberKey(n) + "/", Limit: 10_000})
}
