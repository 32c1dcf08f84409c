package appliance

import (
	"context"
	"time"
)

// Actor is on whose behalf something is done; it goes into the audit.
type Actor struct {
	Name    string // user name, token name, or "cli"
	Role    Role
	Via     string // "web", "api", "cli", "file"
	Address string // where the request came from, "" for the CLI
}

// App is what the appliance can do for its front ends: the web pages, the REST API and the command line. The daemon
// implements it. Methods that change something take the actor, check nothing about his role (the front end has, with
// the permission table), validate what is entered, write an audit event, and answer with *Error for people.
type App interface {
	TrapApp
	Backups
	Workbench
	EventLog
	Doors
	Logbook
	Rounds
	SpotChecks
	Discovery
	Inventories
	LogFormats
	Sources
	Windows
	Availabilities
	StatusLinks
	Contracts
	Tickets
	Contacts
	Routes
	Notices
	Incidents
	Providers
	Updates
	Uplink
	Consumers
	Offers

	Now() time.Time
	About() About
	// Generation counts what has changed in memory. The same number means that states, devices and settings are as
	// they were, so what was made from them (a list's rows, a count) may be used again.
	Generation() uint64
	Site(ctx context.Context) (Site, error) // ErrNotFound before set-up
	SaveSite(ctx context.Context, by Actor, s Site) error

	Devices(ctx context.Context) ([]DeviceView, error)
	Device(ctx context.Context, id ID) (DeviceView, error)
	SaveDevice(ctx context.Context, by Actor, d *Device) error // ID 0 creates
	AddDevice(ctx context.Context, by Actor, d *Device, checks []Check) error
	DeleteDevice(ctx context.Context, by Actor, id ID) error
	PauseDevice(ctx context.Context, by Actor, id ID, reason string, until time.Time) error
	ResumeDevice(ctx context.Context, by Actor, id ID) error
	TakeOver(ctx context.Context, by Actor, device ID) error // from the site file
	TakeOverSite(ctx context.Context, by Actor) error        // all its fields

	Checks(ctx context.Context) ([]Check, error)
	Check(ctx context.Context, id ID) (Check, error)
	SaveCheck(ctx context.Context, by Actor, c *Check) error // ID 0 creates
	DeleteCheck(ctx context.Context, by Actor, id ID) error
	PauseCheck(ctx context.Context, by Actor, id ID, reason string, until time.Time) error
	ResumeCheck(ctx context.Context, by Actor, id ID) error
	// RunNow runs a check out of turn and gives its reading when it is there.
	RunNow(ctx context.Context, by Actor, id ID) (Reading, error)
	// Try asks a device that is not stored yet: the test button of the device form.
	Try(ctx context.Context, by Actor, d Device, c Check) (Reading, error)
	// LastReading is the newest reading of a check, from memory or from the stored snapshot.
	LastReading(ctx context.Context, check ID) (Reading, error)

	Credentials(ctx context.Context) ([]Credential, error) // secrets included; never render them
	SaveCredential(ctx context.Context, by Actor, c *Credential) error
	DeleteCredential(ctx context.Context, by Actor, id ID) error

	States(ctx context.Context) ([]StateRecord, error)
	Acknowledge(ctx context.Context, by Actor, key StateKey, reason string) error
	Unacknowledge(ctx context.Context, by Actor, key StateKey) error

	Series(ctx context.Context, check ID) ([]SeriesInfo, error)
	// Samples gives a column of about points steps between from and to, thinned to min/mean/max when there are more.
	Samples(ctx context.Context, series uint32, from, to time.Time, points int) (Column, error)
	Events(ctx context.Context, f EventFilter) ([]Event, error)

	Users(ctx context.Context) ([]User, error)
	SaveUser(ctx context.Context, by Actor, u *User) error
	SetPassword(ctx context.Context, by Actor, id ID, password string) error
	DeleteUser(ctx context.Context, by Actor, id ID) error
	Tokens(ctx context.Context) ([]Token, error)
	// NewToken makes a token and gives its secret, which is shown once.
	NewToken(ctx context.Context, by Actor, name string, role Role, expires time.Time) (secret string, err error)
	DeleteToken(ctx context.Context, by Actor, id ID) error

	Power

	Jobs(ctx context.Context) ([]JobRun, error)
	Health(ctx context.Context) Health
	// Changes sends a note for each stored change of states, devices or settings, until ctx ends. Slow readers miss
	// notes, never block anybody, and should then reload.
	Changes(ctx context.Context) <-chan Change
}

// DeviceView is a device with what is known of it now.
type DeviceView struct {
	Device
	Identity Identity      `json:"identity"`
	Checks   []Check       `json:"checks"`
	States   []StateRecord `json:"states"`
	Worst    State         `json:"state"`          // of the states; NoData when there is none
	Since    time.Time     `json:"since,omitzero"` // of the worst state
	Seen     time.Time     `json:"seen,omitzero"`  // last answer
	UpSince  time.Time     `json:"up_since,omitzero"`
}

// EventFilter chooses events, newest first. Zero fields choose all.
type EventFilter struct {
	Kinds  []EventKind
	Device ID
	Check  ID
	Since  time.Time
	Before uint64 // only events with a lower Seq: the next page
	After  uint64 // only events with a higher Seq
	Limit  int    // 100 when 0, at most 10,000
}

// Change tells that something stored has changed.
type Change struct {
	Device ID       `json:"device,omitempty"`
	Check  ID       `json:"check,omitempty"`
	Items  []string `json:"items,omitempty"` // whose state changed; empty when only numbers are new
	Config bool     `json:"config,omitempty"`
}

// About is what this binary is.
type About struct {
	Version string    `json:"version"`
	Commit  string    `json:"commit"`
	Date    time.Time `json:"date,omitzero"` // of the commit
	Started time.Time `json:"started"`
	DataDir string    `json:"data_dir"`
}

// Health is how the appliance itself is doing.
type Health struct {
	Store      StoreHealth `json:"store"`
	Ping       string      `json:"ping"`      // "datagram", "raw" or "off"
	PingNote   Message     `json:"ping_note"` // what to do when it is off
	Checks     int         `json:"checks"`    // scheduled
	Running    int         `json:"running"`   // at this moment
	Late       uint64      `json:"late"`      // runs since start
	Missed     uint64      `json:"missed"`    // runs since start
	LastRun    time.Time   `json:"last_run,omitzero"`
	WatchdogOK bool        `json:"watchdog_ok"`
	Notes      []Message   `json:"notes,omitempty"` // what else was found wrong at the start and what to do about it
}

// StoreHealth is size and condition of the store.
type StoreHealth struct {
	Bytes     int64     `json:"bytes"`      // of the folder
	FreeBytes int64     `json:"free_bytes"` // on its file system
	ReadOnly  bool      `json:"read_only"`
	Why       Message   `json:"why"` // it is read-only
	Schema    int       `json:"schema"`
	Verified  time.Time `json:"verified,omitzero"`  // last verification
	Damage    []string  `json:"damage,omitempty"`   // what it found
	BackedUp  time.Time `json:"backed_up,omitzero"` // last verified backup
}
