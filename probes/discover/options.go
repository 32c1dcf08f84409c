package discover

import (
	"net/netip"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/profile"
)

// Options of a search. Ranges are IPv4 and have at most a few thousand addresses; who calls has seen to that.
type Options struct {
	Ranges      []netip.Prefix
	Rate        int                    // packets a second, at least 1
	Credentials []appliance.Credential // with their secrets resolved
	Profiles    *profile.Set           // nil: no SNMP
	Hints       []Hint                 // what routers and switches of the site told already
	SNMPPort    int                    // 0 = 161; tests have another
	// Progress is called when something has moved, from one goroutine at a time; nil: nobody wants to know.
	Progress func(Progress)

	// What the system offers, for tests. Zero values take the real ones.
	ARP       string // path of the kernel's table, /proc/thread-self/net/arp
	Multicast bool   // false with Quiet
	Quiet     bool   // no names: neither DNS nor mDNS is asked
	Now       func() time.Time
}

// Hint is an address that somebody else knows.
type Hint struct {
	Address string
	MAC     string
	Why     appliance.Message
}

// Progress is how far a search is.
type Progress struct {
	Step        string // "ping", "names", "snmp", "ports"
	Done, Total int    // in this step
	Left        time.Duration
	Packets     int
	Answers     int
}

// Result is what a search saw and did.
type Result struct {
	Sightings []appliance.Sighting
	Addresses int // looked at
	Packets   int // sent
	Answers   int // received
	Notes     []appliance.Message
}

// The steps in their order.
const (
	StepPing  = "ping"
	StepNames = "names"
	StepSNMP  = "snmp"
	StepPorts = "ports"
)
