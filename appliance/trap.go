package appliance

import (
	"context"
	"time"
)

// Trap is a message that a device sent by itself over SNMP: a trap or an inform. Messages that were not kept stand in the same
// list as one record with their count, so that the list adds up to what arrived.
type Trap struct {
	Seq     uint64      `json:"seq"` // counted up, given by the store
	At      time.Time   `json:"at"`  // when the first of Count arrived, by our clock
	Last    time.Time   `json:"last"`
	Count   uint64      `json:"count"` // the same message in a row, or how many were dropped
	Fate    TrapFate    `json:"fate"`
	Why     TrapRefusal `json:"why,omitempty"` // of untrusted, malformed and dropped ones
	Detail  string      `json:"detail,omitempty"`
	Address string      `json:"address"`          // it came from; "" when the drops of many senders are counted together
	Device  ID          `json:"device,omitempty"` // the known device with that address
	Version string      `json:"version,omitempty"`
	Inform  bool        `json:"inform,omitempty"` // the sender wanted an answer, and got one
	User    string      `json:"user,omitempty"`   // of SNMPv3
	Engine  string      `json:"engine,omitempty"` // of the sender, in hexadecimal

	OID      string    `json:"oid,omitempty"`  // snmpTrapOID; that of SNMPv1 is made as RFC 3584 3.1 says
	Name     string    `json:"name,omitempty"` // of the MIB, where we know it: linkDown
	Uptime   Duration  `json:"uptime,omitempty"`
	Vars     []TrapVar `json:"vars,omitempty"`
	Severity Severity  `json:"severity,omitempty"` // as the profile has it
	Message  Message   `json:"message,omitzero"`   // of known ones
}

// TrapVar is one variable of a trap as a technician reads it.
type TrapVar struct {
	OID   string `json:"oid"`
	Name  string `json:"name,omitempty"` // ifDescr.3
	Value string `json:"value"`          // text as sent, made printable; numbers with the MIB's word: "2 (down)"
}

// TrapFate is what became of a trap.
type TrapFate string

// The fates. Only known ones can change anything, and only by making us ask the device.
const (
	TrapKnown     TrapFate = "known"     // a profile says what it means, and its sender is authentic
	TrapUnknown   TrapFate = "unknown"   // authentic, but no profile knows it
	TrapUntrusted TrapFate = "untrusted" // from nobody we know: kept to be read, nothing follows from it
	TrapMalformed TrapFate = "malformed"
	TrapDropped   TrapFate = "dropped" // more than we take; counted
)

// TrapFates lists the fates in display order.
var TrapFates = []TrapFate{TrapKnown, TrapUnknown, TrapUntrusted, TrapMalformed, TrapDropped}

// TrapRefusal is why a trap was not believed or not kept.
type TrapRefusal string

// The refusals.
const (
	TrapNoDevice     TrapRefusal = "no_device"      // no device has this address
	TrapManyDevices  TrapRefusal = "many_devices"   // several have it, and the credential does not tell them apart
	TrapCommunity    TrapRefusal = "community"      // no stored credential has this community
	TrapNoAuth       TrapRefusal = "no_auth"        // SNMPv3 without authentication
	TrapUser         TrapRefusal = "user"           // no stored credential has this SNMPv3 user
	TrapKey          TrapRefusal = "key"            // the digest does not fit the user's key
	TrapPrivacy      TrapRefusal = "privacy"        // authentic, but it cannot be decrypted
	TrapWindow       TrapRefusal = "window"         // older than what the same engine sent already: late, or repeated by somebody
	TrapReboots      TrapRefusal = "reboots"        // the engine counts fewer restarts than before
	TrapGarbled      TrapRefusal = "garbled"        // no SNMP message, or no trap
	TrapStorm        TrapRefusal = "storm"          // one sender sent more than we take from one
	TrapTotal        TrapRefusal = "total"          // all senders together sent more than we take
	TrapBusy         TrapRefusal = "busy"           // we did not keep up
	TrapSocketFull   TrapRefusal = "socket"         // the system dropped them before we saw them
	TrapCannotBeKept TrapRefusal = "cannot_be_kept" // the store took no writes
)

// TrapFilter chooses traps, newest first. Zero fields choose all.
type TrapFilter struct {
	Fates  []TrapFate
	Device ID
	Before uint64 // only those with a lower Seq: the next page
	Limit  int    // 100 when 0, at most 10,000
}

// TrapReceiver is how the receiver of traps is doing.
type TrapReceiver struct {
	On        bool      `json:"on"`                // wanted, by the settings
	Address   string    `json:"address,omitempty"` // where it listens; "" when it does not
	Trouble   Message   `json:"trouble,omitzero"`  // why it does not, and what to do
	Since     time.Time `json:"since,omitzero"`    // the counts
	Received  uint64    `json:"received"`          // by us or lost by the system before
	Kept      uint64    `json:"kept"`
	Untrusted uint64    `json:"untrusted"`
	Malformed uint64    `json:"malformed"`
	Dropped   uint64    `json:"dropped"`
	Answered  uint64    `json:"answered"`  // informs
	EngineID  string    `json:"engine_id"` // ours, in hexadecimal: devices that send informs may want to know it
	Boots     uint32    `json:"boots"`
}

// TrapApp is what the appliance offers about traps.
type TrapApp interface {
	Traps(ctx context.Context, f TrapFilter) ([]Trap, error)
	TrapReceiver(ctx context.Context) TrapReceiver
	// SwitchTraps switches the receiver on or off.
	SwitchTraps(ctx context.Context, by Actor, on bool) error
	// BelieveReboots forgets the restarts that a device's SNMPv3 engine has counted: it was reset, and begins anew.
	BelieveReboots(ctx context.Context, by Actor, device ID) error
}
