package central

import (
	"time"
)

// Offer is something central offers to sites: kept sealed, as they are given it.
type Offer struct {
	N     uint64    `json:"n"`
	Kind  string    `json:"kind"` // one of the kinds of package appliance/offer
	Name  string    `json:"name"`
	Notes string    `json:"notes,omitempty"`
	Ring  string    `json:"ring"` // the last one that it has reached; "" = nobody yet
	Bytes int       `json:"bytes"`
	Made  time.Time `json:"made"`
	By    string    `json:"by"`
	// Withdrawn offers are given to nobody any more. Who has taken one keeps it.
	Withdrawn bool   `json:"withdrawn,omitempty"`
	Payload   []byte `json:"payload"`
	Signature []byte `json:"signature"`
}

// Offers keeps offers under their number.
var Offers = Noun[Offer]{"offer"}

// Rings are the steps in which offers go out, the most daring first. A site without a ring is in the last.
var Rings = []string{"test", "early", "all"}

// InRing says whether an offer that has come as far as reached is for a site of a ring.
func InRing(site, reached string) bool {
	at := func(ring string) int {
		for i, r := range Rings {
			if r == ring {
				return i
			}
		}
		return len(Rings) - 1
	}
	return reached != "" && at(site) <= at(reached)
}
