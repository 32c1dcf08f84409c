package appliance

import (
	"context"
	"time"
)

// StatusLink lets people without an account see the traffic light and the announced windows. Whoever knows the address may look;
// the secret in it is shown once and only its SHA-256 is kept.
type StatusLink struct {
	ID      ID        `json:"id"`
	Name    string    `json:"name"` // for whom, unique
	Hash    []byte    `json:"hash"`
	Devices []ID      `json:"devices,omitempty"` // that are shown by name with their state; none = only the site as a whole
	Expires time.Time `json:"expires"`
	Created time.Time `json:"created"`
	By      string    `json:"by"`
	Version uint64    `json:"version"`
}

// StatusLinks is the part of App that keeps such links.
type StatusLinks interface {
	StatusLinks(ctx context.Context) ([]StatusLink, error)
	// NewStatusLink makes a link and gives its secret, which is shown once.
	NewStatusLink(ctx context.Context, by Actor, l *StatusLink) (secret string, err error)
	DeleteStatusLink(ctx context.Context, by Actor, id ID) error
	// OpenStatusLink finds the link of a secret, or ErrNotFound when it is unknown, revoked or over.
	OpenStatusLink(ctx context.Context, secret string) (StatusLink, error)
}
