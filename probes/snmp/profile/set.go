package profile

import (
	"context"
	"errors"
	"io/fs"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// Set is all profiles known to the appliance, in the order in which they win. It does not change after Load and may
// be shared.
type Set struct{ profiles []*Profile }

// Profile is one compiled profile file.
type Profile struct{ Name string }

// Load reads all *.yaml of the given folders. A profile of a later folder replaces one of the same name, so that users
// may correct what ships with the binary. The error is an *appliance.Error that names file, line and column.
func Load(fsys ...fs.FS) (*Set, error) { return nil, errors.New("not yet") }

// Match is what Identify found: the device's system group and the profiles that apply, best first.
type Match struct {
	Profiles []*Profile
}

// Identify asks the device for its system group and for the marker objects of the profiles. It fails only when the
// device answered nothing at all, or ctx ended.
func (s *Set) Identify(ctx context.Context, ask mib.Asker) (*Match, error) {
	return nil, errors.New("not yet")
}

// Names lists the profiles that apply, best first.
func (m *Match) Names() []string { return nil }

// Discover walks the tables that the profiles name and makes the plan of instances to poll. An error that wraps
// mib.ErrPartial comes with a plan of what could be read; without a plan the error says why.
func (m *Match) Discover(ctx context.Context, ask mib.Asker) (*Plan, error) {
	return nil, errors.New("not yet")
}

// Plan is what is polled on one device. It remembers what was last read cold (labels, sizes, identity), so it belongs
// to one device and is used by one goroutine at a time.
type Plan struct{}

// Hot lists the instances to GET in each run. The slice is the plan's own: do not change it.
func (p *Plan) Hot() []mib.OID { return nil }

// Cold lists the instances to GET about once an hour: names, speeds, sizes, serial numbers.
func (p *Plan) Cold() []mib.OID { return nil }

// Interpret makes a Reading of the answers to Hot and, in runs that asked for it, to Cold (else nil). The varbinds come
// in the order of Hot and Cold, as Asker.Get gives them. Values and statuses that rest on cold objects are repeated
// from memory in each reading, so that every reading is complete; texts and the identity come only when cold was read,
// and in the first reading. Check, At, Took, UpSince and Failure are the reader's to fill.
func (p *Plan) Interpret(hot, cold []mib.Varbind) appliance.Reading { return appliance.Reading{} }

// Gone says that the device has changed since Discover, and that it is to be discovered anew: an instance that was
// there has gone, the device restarted (sysUpTime went back), or it says that its tables changed (ifTableLastChange).
func (p *Plan) Gone(hot []mib.Varbind) bool { return false }

// Facts is what the device is and says in the schema of docs/probe-json.md, from the same answers as Interpret.
func (p *Plan) Facts(hot, cold []mib.Varbind) *Facts { return nil }

// Facts is the answer of `siteward probe snmp … --json`.
type Facts struct{}
