package view

import "time"

// ProviderTab is one page about the provider, beside the others.
type ProviderTab struct {
	Href, Label string
	Current     bool
	Count       int // what waits there for a person
}

// Provider is the connection to the provider's central system: who it is, how reports stand, and what a person may do about it.
type Provider struct {
	Tabs       []ProviderTab
	Connected  bool
	State      string // of the reports
	Word       string
	Note       *Note // what is wrong
	Lines      []Line
	Groups     []string // the fingerprint, in groups to compare
	CanConnect bool
	Connect    ProviderForm // while there is no connection
	Earlier    []ProviderEarlier
}

// ProviderForm connects in two steps: address and code, then the fingerprint of who answers. Fields: url, code.
type ProviderForm struct {
	Form   Form
	Seen   bool // somebody answers at the address
	Name   string
	URL    string
	Groups []string // the fingerprint
	Finger string
	Moving string // the provider that is left
}

// ProviderEarlier is a connection that is over.
type ProviderEarlier struct {
	Provider, URL, Word, Why string
	Since, Ended             time.Time
}

// ProviderConnect is the page of the form when it stands alone: to another provider, or after a mistake.
type ProviderConnect struct {
	Tabs    []ProviderTab
	Connect ProviderForm
	Back    string
}

// ProviderLeave asks why the connection ends. Field: reason.
type ProviderLeave struct {
	Form     Form
	Provider string
	Waiting  uint64 // reports that have not arrived
}
