package appliance

import "time"

// State is what a person is told about an item. The order is the order of lists, best first.
type State uint8

// The states of DESIGN.md. NoData is never green and never counted as down.
const (
	StateOK State = iota
	StatePaused
	StateMaintenance
	StateNoData
	StateWarning
	StateCritical
)

var stateNames = [...]string{"ok", "paused", "maintenance", "nodata", "warning", "critical"}

// String is the stable name used in URLs, JSON, CSS classes and locale keys.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "nodata"
}

// MarshalText writes the stable name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the stable name.
func (s *State) UnmarshalText(b []byte) error {
	v, err := ParseState(string(b))
	*s = v
	return err
}

// ParseState reads the stable name.
func ParseState(name string) (State, error) {
	for i, n := range stateNames {
		if n == name {
			return State(i), nil
		}
	}
	return StateNoData, Errorf(CodeInvalid, "%q is no state; use one of ok, warning, critical, nodata, maintenance, paused", name)
}

// Problem says whether somebody may have to act: warning, critical and no data.
func (s State) Problem() bool { return s >= StateNoData }

// StateKey names one state.
type StateKey struct {
	Check ID     `json:"check"`
	Item  string `json:"item"`
}

// StateRecord is the state of one item as it stands, with the evidence it rests on.
type StateRecord struct {
	StateKey
	Device ID     `json:"device"`
	Label  string `json:"label,omitempty"` // of the instance: "/var", "Port 10"

	State State     `json:"state"`
	Since time.Time `json:"since"`         // of State
	Seen  time.Time `json:"seen,omitzero"` // last reading that told something about the item

	Pending      State     `json:"pending,omitempty"` // where the last readings point, confirmed after Count in a row
	Count        int       `json:"count,omitempty"`   // how many readings in a row point to Pending
	PendingSince time.Time `json:"pending_since,omitzero"`

	Evidence      Evidence `json:"evidence"`
	Ack           *Ack     `json:"ack,omitempty"`
	Stale         bool     `json:"stale,omitempty"`          // the last reading is older than three intervals
	Speed         float64  `json:"speed,omitempty"`          // bit/s: of a port that has a role, the most that it has had
	UnreachableBy ID       `json:"unreachable_by,omitempty"` // the device that is down on the way: one cause, one alarm
	Quiet         bool     `json:"quiet,omitempty"`          // the last change has no event of its own: the check's answer has it

	Held *Held `json:"held,omitempty"` // while a maintenance window runs, and only then
}

// Held is what a maintenance window keeps back: the state is judged on, but nobody is called.
type Held struct {
	Window ID        `json:"window"`
	Before State     `json:"before"` // when the window began
	State  State     `json:"state"`  // what it would be now without the window
	Since  time.Time `json:"since"`  // of State
}

// Plain is the record as it would stand without a maintenance window.
func (r StateRecord) Plain() StateRecord {
	if r.Held != nil {
		r.State, r.Since, r.Held = r.Held.State, r.Held.Since, nil
	}
	return r
}

// Ack is a person's "I take care of it", ended by recovery, or earlier when it has a limit.
type Ack struct {
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until,omitzero"`
}

// Active says whether somebody takes care at now. A nil acknowledgement says no.
func (a *Ack) Active(now time.Time) bool {
	return a != nil && (a.Until.IsZero() || now.Before(a.Until))
}

// Evidence is the receipt of a verdict: what was read where and when, and how it was judged, step by step.
type Evidence struct {
	Why      Message   `json:"why"`                // the fact in one line: "91 % used, limit 90 %"
	Source   string    `json:"source,omitempty"`   // "SNMP 1.3.6.1.2.1.25.2.3.1.6.31", "ICMP echo 192.0.2.7"
	Verbatim string    `json:"verbatim,omitempty"` // as read: "upsBatteryStatus = batteryLow(3)"
	At       time.Time `json:"at"`
	Metric   string    `json:"metric,omitempty"` // of the number that decided
	Number   *float64  `json:"number,omitempty"`
	Unit     string    `json:"unit,omitempty"`
	Limit    *float64  `json:"limit,omitempty"` // the limit that was passed
	Steps    []Message `json:"steps,omitempty"` // how it was judged
}
