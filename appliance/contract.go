package appliance

import (
	"context"
	"time"
)

// Contract is what provider and customer have agreed on: when somebody works, what is promised by when, and how much work is
// paid for already. There is one in a store.
type Contract struct {
	Name   string       `json:"name,omitempty"`   // "Service contract 2026"
	Number string       `json:"number,omitempty"` // at the provider
	Hours  ServiceHours `json:"hours"`
	// Targets are the promises of each priority, by TicketPriority-1.
	Targets [4]Targets `json:"targets"`
	// Table says which priority follows from category and impact, by their places in TicketCategories and TicketImpacts.
	Table [3][3]TicketPriority `json:"table"`
	// Availability is guaranteed, in percent of the service hours; 0 is no guarantee.
	Availability float64 `json:"availability,omitempty"`
	Hotline      string  `json:"hotline,omitempty"` // "" = the site's
	// Contingents are minutes of work that are paid for; work is booked on the first that has begun, is not over and not used up.
	Contingents []Contingent    `json:"contingents,omitempty"`
	Recurring   []RecurringWork `json:"recurring,omitempty"`
	Owner       string          `json:"owner,omitempty"` // the site file that declares it
	Version     uint64          `json:"version"`
}

// Agreed says whether anybody has entered a contract yet.
func (c Contract) Agreed() bool { return c.Hours.Preset != "" }

// Targets are promises in minutes of the service hours; 0 is no promise.
type Targets struct {
	Confirm int `json:"confirm"` // that the report has arrived and a person has read it
	Respond int `json:"respond"` // that somebody works on it
	Restore int `json:"restore"` // that it works again
}

// Of is the target of one clock.
func (t Targets) Of(k ClockKind) int {
	switch k {
	case ClockConfirm:
		return t.Confirm
	case ClockRespond:
		return t.Respond
	}
	return t.Restore
}

// Contingent is minutes of work for a time.
type Contingent struct {
	From    string `json:"from"`  // "2026-01-01", a day of the site
	Until   string `json:"until"` // "2028-12-31", the last day
	Minutes int    `json:"minutes"`
	Monthly bool   `json:"monthly,omitempty"` // so many each month, and what is left does not stay; else for the whole time
}

// RecurringWork is a ticket that opens by itself.
type RecurringWork struct {
	Key    string `json:"key"`    // one of RecurringKeys
	Months int    `json:"months"` // from one to the next
	First  string `json:"first"`  // day of the first one
}

// What recurs.
const (
	RecurPreventive = "preventive" // the quarterly session
	RecurBattery    = "battery"
	RecurRestore    = "restore"
)

// RecurringKeys lists all that can recur.
var RecurringKeys = []string{RecurPreventive, RecurBattery, RecurRestore}

// ContingentStand is how much of a contingent is used at a moment.
type ContingentStand struct {
	Contingent
	Start   time.Time `json:"start"` // of the period that counts now: the month, or the whole time
	End     time.Time `json:"end"`   // exclusive
	Booked  int       `json:"booked"`
	Left    int       `json:"left"` // below 0 when more was worked than paid for
	Running bool      `json:"running"`
}

// Promise is what somebody can rely on who reports something now.
type Promise struct {
	Priority   TicketPriority   `json:"priority"`
	Targets    Targets          `json:"targets"`
	Confirm    time.Time        `json:"confirm,omitzero"` // by when he hears from us; zero when that is not promised
	Respond    time.Time        `json:"respond,omitzero"`
	Restore    time.Time        `json:"restore,omitzero"`
	Contingent *ContingentStand `json:"contingent,omitempty"` // nil when none is running
}

// Contracts is the part of App that keeps the contract.
type Contracts interface {
	// Contract gives the contract; before one was entered it is DefaultContract without service hours.
	Contract(ctx context.Context) (Contract, error)
	SaveContract(ctx context.Context, by Actor, c Contract) error
	// Contingents gives all contingents as they stand.
	Contingents(ctx context.Context) ([]ContingentStand, error)
	// Promise says what follows from a report that is made now. It fails with CodeInvalid when the contract has no service hours.
	Promise(ctx context.Context, c TicketCategory, i TicketImpact) (Promise, error)
}

// DefaultContract is what a new contract begins with: the promises and the table that are usual, and no hours.
var DefaultContract = Contract{
	Targets: [4]Targets{{60, 240, 480}, {60, 480, 960}, {60, 960, 0}, {60, 2400, 0}},
	Table: [3][3]TicketPriority{
		{PriorityNormal, PriorityHigh, PriorityCalamity},
		{PriorityLow, PriorityNormal, PriorityHigh},
		{PriorityLow, PriorityLow, PriorityNormal},
	},
	Recurring: []RecurringWork{},
}
