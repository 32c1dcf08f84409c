package appliance

import (
	"context"
	"time"
)

// Enrolment is a site's place in the fleet of a provider: where reports go, whose they are, and with which key they are signed. At
// most one is active; earlier ones stay, so that it can be told later who was told what.
type Enrolment struct {
	ID       ID             `json:"id"`
	URL      string         `json:"url"`       // of the provider's central system, without a slash at its end
	Provider string         `json:"provider"`  // its name, as it calls itself
	Central  []byte         `json:"central"`   // its Ed25519 key, as a person confirmed it; offers are signed with it
	Site     string         `json:"site"`      // the site's id there
	SiteName string         `json:"site_name"` // as the provider calls the site
	Key      []byte         `json:"key"`       // the site's public key; the private one lies in a file of this machine
	Outbox   string         `json:"outbox"`    // names the numbering of events under this enrolment
	State    EnrolmentState `json:"state"`
	Since    time.Time      `json:"since"`
	By       string         `json:"by"` // who confirmed the fingerprint
	Rotated  time.Time      `json:"rotated,omitzero"`
	Ended    time.Time      `json:"ended,omitzero"`
	Why      string         `json:"why,omitempty"`  // it ended, in a person's words
	Told     bool           `json:"told,omitempty"` // the provider has been told that it ended
	Version  uint64         `json:"version"`
}

// EnrolmentState says whether an enrolment is in use.
type EnrolmentState string

// The states.
const (
	EnrolmentActive  EnrolmentState = "active"
	EnrolmentRevoked EnrolmentState = "revoked" // by the provider
	EnrolmentLeft    EnrolmentState = "left"    // by this site
)

// ProviderIdentity is who answers at an address.
type ProviderIdentity struct {
	URL         string `json:"url"`
	Name        string `json:"name"`
	Key         []byte `json:"key"`
	Fingerprint string `json:"fingerprint"` // the same groups that the provider sees
}

// ConnectRequest connects to a provider. Fingerprint is what a person has compared; another key is refused.
type ConnectRequest struct {
	URL         string `json:"url"`
	Code        string `json:"code"`
	Fingerprint string `json:"fingerprint"`
}

// Providers is the part of App about the provider's central system.
type Providers interface {
	// Provider is the enrolment in use, or ErrNotFound.
	Provider(ctx context.Context) (Enrolment, error)
	// Enrolments lists all, the newest first.
	Enrolments(ctx context.Context) ([]Enrolment, error)
	// LookAtProvider asks who answers at an address. Nothing is told to it.
	LookAtProvider(ctx context.Context, by Actor, url string) (ProviderIdentity, error)
	// Connect makes a key, hands in the code and lets go of the provider before, who is told.
	Connect(ctx context.Context, by Actor, r ConnectRequest) (Enrolment, error)
	// RotateKey puts a new key in the place of the present one.
	RotateKey(ctx context.Context, by Actor) error
	// Disconnect ends the enrolment in use; the provider is told when it can be reached.
	Disconnect(ctx context.Context, by Actor, reason string) error
}
