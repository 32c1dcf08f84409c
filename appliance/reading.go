package appliance

import (
	"strings"
	"time"
)

// Reading is what one run of a check brought back. A device that does not answer is a Reading with a Failure:
// it is news about the device, and our program is well.
type Reading struct {
	Check ID            `json:"check"`
	At    time.Time     `json:"at"`   // when the run began
	Took  time.Duration `json:"took"` // until the last answer

	Failure *Failure `json:"failure,omitempty"` // nil = the device answered
	Partial bool     `json:"partial,omitempty"` // answered, but not everything was told; the log says why

	Values   []Value   `json:"values,omitempty"`
	Statuses []Status  `json:"statuses,omitempty"`
	Texts    []Text    `json:"texts,omitempty"`
	Identity *Identity `json:"identity,omitempty"` // set when it was read in this run
	UpSince  time.Time `json:"up_since,omitzero"`  // by the device's own uptime, zero when it does not say

	Log []LogLine `json:"log,omitempty"` // the run's own log: what was asked and why it failed
}

// Failure is why a run has no answer.
type Failure struct {
	Reason Reason `json:"reason"`
	Detail string `json:"detail"` // English, technical, for the evidence: "no answer to 3 echoes within 5s"
	// Ours means that the appliance itself could not ask (no permission, no route, out of sockets):
	// the state is then No data and never the device's outage.
	Ours bool `json:"ours,omitempty"`
	// Cause is more exact than the reason, where that is known; people get a sentence about it in their language.
	Cause Cause `json:"cause,omitempty"`
}

// Cause names what is wrong where a reason alone would leave somebody to guess.
type Cause string

// The causes.
const (
	CauseV3User  Cause = "v3_user"  // the device does not know the user of SNMPv3
	CauseV3Auth  Cause = "v3_auth"  // it refuses the signature: password or protocol of authentication
	CauseV3Priv  Cause = "v3_priv"  // it cannot decrypt: password or protocol of privacy
	CauseV3Level Cause = "v3_level" // it wants another security level of this user
	CauseV3Clock Cause = "v3_clock" // its engine's time and restarts do not fit from one answer to the next
	CauseHalf    Cause = "half"     // the answer stopped in the middle
)

// Reason sorts failures.
type Reason string

// The reasons.
const (
	ReasonTimeout     Reason = "timeout"     // nothing came back in time
	ReasonRefused     Reason = "refused"     // connection refused, ICMP unreachable
	ReasonUnresolved  Reason = "unresolved"  // the name has no address
	ReasonDenied      Reason = "denied"      // wrong community, user, password; answer says no
	ReasonProtocol    Reason = "protocol"    // an answer that breaks its protocol
	ReasonUnexpected  Reason = "unexpected"  // a proper answer, but not the one wanted (status 500, text missing)
	ReasonLost        Reason = "lost"        // who watches the device answers, but has lost the device itself
	ReasonCertificate Reason = "certificate" // TLS could not be verified
	ReasonSetup       Reason = "setup"       // we are not able to ask: permission, configuration, credential missing
)

// Value is a number that was read. Metric names are dotted, lower case, from family to detail ("if.in",
// "storage.used_percent", "ping.rtt"); units are base units: B, bit/s, s, °C, V, %.
type Value struct {
	Metric   string    `json:"metric"`
	Instance string    `json:"instance,omitempty"` // index of the table row, "" for a scalar
	Label    string    `json:"label,omitempty"`    // what a person calls the instance: "/var", "Port 10"
	Unit     string    `json:"unit,omitempty"`
	Kind     ValueKind `json:"kind,omitempty"`
	Number   float64   `json:"number"`           // already scaled; for counters the rate a second, once it is known
	Raw      uint64    `json:"raw,omitempty"`    // of counters: what was read
	Scale    float64   `json:"scale,omitempty"`  // of counters: number = rate of Raw × Scale (octets to bits: 8)
	Source   string    `json:"source,omitempty"` // where it was read: the OID
}

// ValueKind tells numbers that go up and down from those that only count up.
type ValueKind uint8

// The kinds of numbers. Counters are kept as rates (appliance/series).
const (
	Gauge ValueKind = iota
	Counter32
	Counter64
)

// Status is a state that a device names itself, such as upsBatteryStatus batteryLow(3).
type Status struct {
	Name     string   `json:"name"`               // "ups.battery_status", "if.oper_status"
	Instance string   `json:"instance,omitempty"` // index of the table row
	Label    string   `json:"label,omitempty"`
	Object   string   `json:"object,omitempty"` // MIB object name: upsBatteryStatus
	Raw      string   `json:"raw"`              // the value as sent: "3"
	Word     string   `json:"word"`             // the MIB's name for it: "batteryLow"
	Severity Severity `json:"severity"`
	Source   string   `json:"source,omitempty"` // OID
}

// Severity is what a device's own word means for us.
type Severity uint8

// Severities. SeverityNone is a word without judgement: shown, never an alarm.
const (
	SeverityNone Severity = iota
	SeverityOK
	SeverityWarning
	SeverityCritical
	SeverityUnknown // the device says it does not know: No data for this item
)

// Text is a word that was read and is shown but neither judged nor charted: names, versions, addresses.
type Text struct {
	Name     string `json:"name"`
	Instance string `json:"instance,omitempty"`
	Value    string `json:"value"`
	Source   string `json:"source,omitempty"`
}

// LogLine is one line of a run's own log.
type LogLine struct {
	After time.Duration `json:"after"` // since the run began
	Text  string        `json:"text"`
}

// Item names what a state is about within a check: the family of a metric or status and the instance,
// "storage/31", "if/10", "ups". All numbers and words of one item make one state. Alarms are items of their own.
func Item(name, instance string) string {
	family, _, _ := strings.Cut(name, ".")
	if Alarm(name) {
		family = name
	}
	if instance == "" {
		return family
	}
	return family + "/" + instance
}

// Alarm says whether a status is a row that exists only while the device raises an alarm, such as those of
// upsAlarmTable ("ups.alarm"): when the row is gone the alarm is over.
func Alarm(name string) bool { return strings.HasSuffix(name, ".alarm") }

// ItemAnswer is the item of every check that says whether the device answers at all.
const ItemAnswer = "answer"
