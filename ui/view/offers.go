package view

import "time"

// Offers is what the provider offers: what waits for a decision first, then what became of the rest.
type Offers struct {
	Tabs      []ProviderTab
	Waiting   []OfferRow
	Rows      []OfferRow
	Connected bool
	CanDecide bool
	Policy    []BackupCheck // kinds that are accepted without asking
	Empty     Empty
}

// OfferRow is one offer.
type OfferRow struct {
	Href, Name, Kind string
	State, Word      string
	Text             string // what it is, for people
	Notes            string // what the provider wrote about it
	Came, Decided    time.Time
	By, Reason       string
}

// Offer is one offer with what accepting it would change. Field: reason.
type Offer struct {
	OfferRow
	Form                           Form
	Lines                          []DiffLine
	New                            bool   // nothing of its name is there yet
	Why                            string // it cannot be used
	Means                          string // what accepting means
	CanAccept, CanDecline, CanUndo bool
	ID                             string
	Number                         uint64
	Made                           time.Time
}

// DiffLine is a line that comes, goes or stays.
type DiffLine struct {
	Mark, Text string // "+", "-" or ""
}
