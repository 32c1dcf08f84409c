package appliance

import (
	"context"
	"time"
)

// UpdateRequest asks for a newer version of Siteward.
type UpdateRequest struct {
	Source    string `json:"source"`              // folder or https address of a signed release
	Downgrade bool   `json:"downgrade,omitempty"` // also an older one
	Again     bool   `json:"again,omitempty"`     // also one that was taken back before
	Try       bool   `json:"try,omitempty"`       // only look whether it could be installed
}

// UpdateState is how updates stand on this machine.
type UpdateState struct {
	Running string         `json:"running"`           // version
	Able    bool           `json:"able"`              // it was started so that it can be updated by itself
	Release string         `json:"release,omitempty"` // in use beside the package, "" = the package
	Trial   string         `json:"trial,omitempty"`   // version that has to prove itself
	Starts  int            `json:"starts,omitempty"`  // of it
	Failed  []FailedUpdate `json:"failed,omitempty"`  // taken back, the newest last
}

// FailedUpdate is a version that was taken back.
type FailedUpdate struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	Why     string    `json:"why"` // in English
}

// Updates is the part of App about newer versions of itself.
type Updates interface {
	UpdateState(ctx context.Context) (UpdateState, error)
	// Update checks a release, saves the store, puts the release in place and lets the service manager start it. It gives the
	// version. What becomes of it stands in the logbook.
	Update(ctx context.Context, by Actor, r UpdateRequest) (string, error)
}
