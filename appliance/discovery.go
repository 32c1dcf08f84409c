package appliance

import (
	"context"
	"time"
)

// Discovery is what the appliance does to find devices and how they are connected.
type Discovery interface {
	// Discover begins to look for devices and returns. It fails with CodeConflict while a search is under way.
	Discover(ctx context.Context, by Actor, r DiscoveryRequest) error
	// StopDiscovery ends the search that is under way; what was found until then is kept.
	StopDiscovery(ctx context.Context, by Actor) error
	// LastDiscovery is the search that is under way, or the last one. ErrNotFound when there was none.
	LastDiscovery(ctx context.Context) (DiscoveryRun, error)
	// ProposedRanges are the networks of this machine, to begin with.
	ProposedRanges(ctx context.Context) []string
	DiscoverySettings(ctx context.Context) (DiscoverySettings, error)
	SaveDiscoverySettings(ctx context.Context, by Actor, s DiscoverySettings) error

	// Proposals lists all of them by number, those that were decided too.
	Proposals(ctx context.Context) ([]Proposal, error)
	Proposal(ctx context.Context, id ID) (Proposal, error)
	// AcceptProposal does what is proposed, in one step, and gives the device it was done to.
	AcceptProposal(ctx context.Context, by Actor, id ID, a AcceptProposal) (Device, error)
	// IgnoreProposal remembers that nobody wants it; ReopenProposal takes that back.
	IgnoreProposal(ctx context.Context, by Actor, id ID) error
	ReopenProposal(ctx context.Context, by Actor, id ID) error
	// MergeProposal says that it is a device that is known already; the device keeps its settings and is recognised by what was found.
	MergeProposal(ctx context.Context, by Actor, id, device ID) error

	// Topology is who is connected to whom, as far as switches and routers have told.
	Topology(ctx context.Context) (Topology, error)
}

// DiscoveryRequest is where and how to look.
type DiscoveryRequest struct {
	Ranges      []string `json:"ranges"`                // CIDR, IPv4, at most a /20 each and together
	Public      bool     `json:"public,omitempty"`      // also addresses that are not private
	Rate        int      `json:"rate,omitempty"`        // packets a second, 0 = DiscoveryRate
	Limit       Duration `json:"limit,omitempty"`       // of the whole search, 0 = DiscoveryLimit
	Credentials []ID     `json:"credentials,omitempty"` // that are tried; nil = all stored ones
	NoSNMP      bool     `json:"no_snmp,omitempty"`     // try none
}

// Bounds of a search.
const (
	DiscoveryRate    = 50
	MaxDiscoveryRate = 500
	DiscoveryLimit   = 10 * time.Minute
	MaxDiscovery     = 4096 // addresses: a /20
)

// DiscoveryRun is how far a search is, or what it did.
type DiscoveryRun struct {
	Request DiscoveryRequest `json:"request"`
	By      string           `json:"by"` // user name, "cli", or "siteward" for the scheduled one
	Began   time.Time        `json:"began"`
	Ended   time.Time        `json:"ended,omitzero"` // zero while it runs
	Step    string           `json:"step,omitempty"` // "ping", "names", "snmp", "ports"
	Done    int              `json:"done"`           // of Total, in this step
	Total   int              `json:"total"`
	Left    Duration         `json:"left,omitempty"`    // about how much longer, all steps together
	Stopped string           `json:"stopped,omitempty"` // "person" or "time": it did not come to its end

	Addresses int       `json:"addresses"`       // looked at
	Packets   int       `json:"packets"`         // sent
	Answers   int       `json:"answers"`         // received
	Found     int       `json:"found"`           // devices, each counted once
	Known     int       `json:"known"`           // of them looked after already
	New       int       `json:"new"`             // of them proposed for the first time
	Notes     []Message `json:"notes,omitempty"` // what could not be done
	Error     string    `json:"error,omitempty"`
}

// Running says whether the search is under way.
func (r DiscoveryRun) Running() bool { return !r.Began.IsZero() && r.Ended.IsZero() }

// DiscoverySettings are the search that runs by itself each day. It is off until somebody switches it on.
type DiscoverySettings struct {
	On     bool     `json:"on"`
	Ranges []string `json:"ranges,omitempty"`
	Minute int      `json:"minute"` // of the day at the site
	Public bool     `json:"public,omitempty"`
}
