package view

import "time"

// Discovery is the page on which devices are looked for, and what was found.
type Discovery struct {
	List      List
	Chips     []Chip
	Rows      []ProposalRow
	Empty     *Empty
	Search    SearchState
	Form      Form // ranges, public, rate
	Every     Form // on, time, every_ranges, every_public
	EveryOpen bool
	EveryText string // "Off" or "Every day at 02:30"
	First     bool   // the site has no device yet
	NoKey     bool   // there is no credential to ask devices with
	MapHref   string
}

// SearchState is how far the search is, or what the last one did.
type SearchState struct {
	Running     bool
	Text        string // "212 of 254 addresses, about 20 seconds more"
	Detail      string // packets and answers
	Done, Total int
	At          time.Time
	Last        string // what the last one did, "" when there was none
	Stopped     string // why it did not come to its end
	Notes       []string
}

// ProposalRow is one proposal in the list.
type ProposalRow struct {
	ID, Name, Address, Product string
	Kind, Icon                 string
	Headline                   string // of moves, twins and ways: what is proposed
	Why                        []string
	More                       []string // further evidence
	Checks                     string
	Status                     string // "open", "ignored", "accepted", "merged"
	Decision                   string // "ignored by m.muster"
	Decided                    time.Time
	Target                     string // address of the device it was about
	Accept                     string // word of the button, "" when there is nothing to accept
	Technical                  bool
}

// Proposal is the page of one proposal.
type Proposal struct {
	ID       string
	Row      ProposalRow
	Form     Form // name, kind, place, purpose, checks
	Kinds    []Option
	Checks   []CheckChoice
	Facts    []Line
	Known    []Option // devices it may be
	CanMerge bool
	Others   []Line // of twins: addresses
}

// CheckChoice is a check that a new device would get.
type CheckChoice struct {
	Name, Label string
	On          bool
}
