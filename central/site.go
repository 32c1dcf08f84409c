package central

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"regexp"
	"strings"
	"time"

	"siteward/appliance"
)

// SiteID names a site for good. It stands in the address that the site sends to, and is no secret.
type SiteID string

var siteID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{3,47}$`)

// NewSiteID gives an id that nobody has.
func NewSiteID() SiteID {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	return SiteID("s-" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:])))
}

// Valid says whether the id can be one: lower-case letters, digits and hyphens, 4 to 48 of them.
func (id SiteID) Valid() bool { return siteID.MatchString(string(id)) }

// Site is a customer's place as the provider knows it: what people have entered. What it reports is its Status.
type Site struct {
	ID    SiteID       `json:"id"`
	Name  string       `json:"name"`
	Group appliance.ID `json:"group,omitempty"` // customer group, 0 = none
	Added time.Time    `json:"added"`
	By    string       `json:"by,omitempty"`
	Note  string       `json:"note,omitempty"`
	Keys  []SiteKey    `json:"keys,omitempty"`
	// Every is how often the site promises a report, Grace how much later than that is still no silence. 0: the defaults.
	Every appliance.Duration `json:"every,omitempty"`
	Grace appliance.Duration `json:"grace,omitempty"`
	// Paused: its silence is nobody's alarm (not installed yet, or given up), with the reason of whoever said so.
	Paused  string `json:"paused,omitempty"`
	Ring    string `json:"ring,omitempty"` // in which offers reach it; "" is the last one
	Version uint64 `json:"version"`        // of this record
}

// How often a site reports when nothing happens, and how late it may be.
const (
	DefaultEvery = 15 * time.Minute
	DefaultGrace = 20 * time.Minute
)

// Patience is how long after its last word a site is silent.
func (s *Site) Patience() time.Duration {
	every, grace := time.Duration(s.Every), time.Duration(s.Grace)
	if every <= 0 {
		every = DefaultEvery
	}
	if grace <= 0 {
		grace = DefaultGrace
	}
	return every + grace
}

// SiteKey is a public key that a site signs with. The private one never leaves the site.
type SiteKey struct {
	Public  []byte    `json:"public"` // Ed25519, 32 bytes
	From    time.Time `json:"from"`
	Revoked time.Time `json:"revoked,omitzero"`
	Why     string    `json:"why,omitempty"` // it was revoked
}

// Good says whether what this key signs is believed at now.
func (k SiteKey) Good(now time.Time) bool {
	return len(k.Public) == ed25519.PublicKeySize && (k.Revoked.IsZero() || now.Before(k.Revoked))
}

// String is the key as it stands in lists.
func (k SiteKey) String() string { return base64.StdEncoding.EncodeToString(k.Public) }

// GoodKeys are the keys that are believed at now.
func (s *Site) GoodKeys(now time.Time) (keys []ed25519.PublicKey) {
	for _, k := range s.Keys {
		if k.Good(now) {
			keys = append(keys, k.Public)
		}
	}
	return keys
}

// Group is a customer, or some that belong together. Roles are given by group.
type Group struct {
	ID      appliance.ID `json:"id"`
	Name    string       `json:"name"`
	Version uint64       `json:"version"`
}
