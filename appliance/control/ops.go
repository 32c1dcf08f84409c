// Package control is the way from the command line to a running appliance: HTTP over a unix socket in the data
// folder. Who may open that socket may do everything, so the folder's mode (0700) is the permission.
//
// Ops is the same set of operations with or without a daemon: Client speaks to the socket, and the daemon's own
// implementation works on a store that the command has opened itself.
package control

import (
	"context"
	"io"
	"path/filepath"

	"siteward/appliance"
)

// Ops is what the command line asks of an appliance, running or not.
type Ops interface {
	Walker

	LogbookOps
	WindowOps
	SourceOps
	ReceiverOps
	ProviderOps
	ConsumerOps
	OfferOps
	UpdateOps
	UplinkOps
	// Apply makes the site what the file says and gives the differences, one a line.
	Apply(ctx context.Context, file []byte, o ApplyOptions) (Applied, error)
	// Export gives the site as a file that Apply takes.
	Export(ctx context.Context) ([]byte, error)
	// Backup writes a consistent copy of the store.
	Backup(ctx context.Context, w io.Writer) error
	// Verify reads the whole store against its checksums and sequence numbers.
	Verify(ctx context.Context) (Verified, error)
	Health(ctx context.Context) (appliance.Health, error)

	Users(ctx context.Context) ([]appliance.User, error)
	// AddUser makes a user with a password; the user's Password field is ignored.
	AddUser(ctx context.Context, u appliance.User, password string) error
	SetPassword(ctx context.Context, name, password string) error
	DisableUser(ctx context.Context, name string, disabled bool) error
	// Discover begins a search for devices; LastDiscovery says how far it is, StopDiscovery ends it, Proposals are what came of it.
	Discover(ctx context.Context, r appliance.DiscoveryRequest) error
	LastDiscovery(ctx context.Context) (appliance.DiscoveryRun, error)
	StopDiscovery(ctx context.Context) error
	ProposedRanges(ctx context.Context) ([]string, error)
	Proposals(ctx context.Context) ([]appliance.Proposal, error)

	// SetupLink makes a new one-time set-up link, as long as no administrator exists.
	SetupLink(ctx context.Context) (string, error)
}

// ApplyOptions of a site file.
type ApplyOptions struct {
	Name     string `json:"name"` // of the file, kept as the owner of what it declares
	DryRun   bool   `json:"dry_run"`
	TakeOver bool   `json:"take_over"` // also objects that a person has made in the interface
}

// Applied is what a site file changed, or would change.
type Applied struct {
	Diff    string `json:"diff"`
	Changes int    `json:"changes"`
}

// Verified is the result of a verification.
type Verified struct {
	Records int64    `json:"records"`
	Damage  []string `json:"damage,omitempty"` // each line names what is damaged and what to do
}

// SocketName is the socket's file name within the data folder.
const SocketName = "control.sock"

// SocketPath is where the appliance with this data folder listens.
func SocketPath(data string) string { return filepath.Join(data, SocketName) }
