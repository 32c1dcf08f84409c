// Package offer reads what a provider's central system offers to a site. An offer is a file with a kind: a device profile, a log
// format, a template of settings, or the signed manifest of a release. There is no kind that runs anything, and reading one changes
// nothing: what comes of it is decided on the site. It keeps nothing and asks nobody.
package offer

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"siteward/appliance/enrol"
)

// Kind is what an offer is.
type Kind string

// All kinds there are. Each is a file that this program already reads when a person hands it in.
const (
	KindProfile  Kind = "profile"    // a device profile, docs/profiles.md
	KindFormat   Kind = "log_format" // a log format, docs/formats.md
	KindSettings Kind = "settings"   // a site file, docs/site-file.md
	KindRelease  Kind = "release"    // the manifest of a release, docs/update.md
)

// Kinds lists them in the order of pages.
var Kinds = []Kind{KindRelease, KindProfile, KindFormat, KindSettings}

// Offer is one message of central about something it has for the site.
type Offer struct {
	N     uint64    `json:"n"` // counted up by central
	Kind  Kind      `json:"kind"`
	Name  string    `json:"name"` // lower case, of what is offered: a later offer of a kind and name takes the place of an earlier one
	Notes string    `json:"notes"`
	Made  time.Time `json:"made"`
	Body  []byte    `json:"body"` // the file
}

// MaxBody bounds the file of an offer.
const MaxBody = 256 << 10

var name = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Open reads an offer and checks that central's confirmed key has signed it and that it keeps within its bounds.
func Open(central ed25519.PublicKey, s enrol.Sealed) (o Offer, err error) {
	if len(s.Payload) > 2*MaxBody {
		return Offer{}, errors.New("the offer is too large")
	}
	if err := enrol.Open(central, enrol.PurposeOffer, s, &o); err != nil {
		return Offer{}, err
	}
	if err := o.Check(); err != nil {
		return Offer{}, err
	}
	return o, nil
}

// Check says whether an offer keeps within its bounds.
func (o Offer) Check() error {
	known := false
	for _, k := range Kinds {
		known = known || k == o.Kind
	}
	switch {
	case !known:
		return fmt.Errorf("an offer of the kind %.40q is not known here", string(o.Kind))
	case !name.MatchString(o.Name) || strings.Contains(o.Name, ".."):
		return fmt.Errorf("an offer cannot be called %.80q", o.Name)
	case o.N == 0:
		return errors.New("the offer has no number")
	case len(o.Body) == 0 || len(o.Body) > MaxBody || !utf8.Valid(o.Body):
		return errors.New("the file of the offer is empty, too large or no text")
	case utf8.RuneCountInString(o.Notes) > 2000:
		return errors.New("the notes of the offer are too long")
	}
	return nil
}

// ReleaseBody is the file of an offer of a release: the manifest as minisign has signed it, and that signature.
func ReleaseBody(manifest, signature []byte) ([]byte, error) {
	return json.Marshal(Release{Manifest: manifest, Signature: signature})
}

// Release is what that file holds.
type Release struct {
	Manifest  []byte `json:"manifest"`
	Signature []byte `json:"signature"`
}
