package central

import "time"

// Code lets one site enrol, once. What the site is given is not kept, only its hash, which is the key of the record.
type Code struct {
	Site    SiteID    `json:"site"`
	By      string    `json:"by"` // who made it
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	Used    time.Time `json:"used,omitzero"`
	Key     []byte    `json:"key,omitempty"` // that it was used for; the same key may ask again when the answer was lost
}

// Codes keeps codes under their hash, until well after they have expired.
var Codes = Noun[Code]{"enrol-code"}

// Identity is central's own key. It is made once and is the same in every process.
type Identity struct {
	Name string    `json:"name"` // of the provider, as sites are shown it
	Seed []byte    `json:"seed"` // Ed25519
	Made time.Time `json:"made"`
}

// Identities keeps the one identity, under "central".
var Identities = Noun[Identity]{"identity"}

// SiteChange is what was done with the keys of a site, for the list of what happened.
type SiteChange struct {
	Site SiteID    `json:"site"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`   // account, or "site"
	What string    `json:"what"` // one of the Change words
	Key  string    `json:"key,omitempty"`
	Why  string    `json:"why,omitempty"`
}

// What was done.
const (
	ChangeCode     = "code"      // a code was made
	ChangeCodeOver = "code_over" // it was taken back
	ChangeEnrolled = "enrolled"  // it was handed in
	ChangeRotated  = "rotated"
	ChangeRevoked  = "revoked"
	ChangeLeft     = "left"
	ChangeCopy     = "copy" // of its logbook was begun anew
)

// SiteChanges keeps them under "<site>/<time>".
var SiteChanges = Noun[SiteChange]{"site-change"}

// SiteChangeKey is where a change is kept.
func SiteChangeKey(c SiteChange) string { return Key(string(c.Site), TimeKey(c.At), c.What) }
