package appliance

import "time"

// Wait is a time in which a ticket waits for somebody else than the provider: its clocks stand still.
type Wait struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"` // zero: it lasts
	For   WaitFor   `json:"for"`
	By    string    `json:"by,omitempty"`
}

// WaitFor is whom a ticket waits for.
type WaitFor string

// Whom a ticket can wait for.
const (
	WaitCustomer WaitFor = "customer"
	WaitThird    WaitFor = "third_party" // the maker, the carrier, another provider
	WaitSolved   WaitFor = "solved"      // it was solved, until it was opened again
)
