package view

import (
	"time"

	"siteward/appliance"
)

// Logbook is the page of all entries that a filter leaves, newest first.
type Logbook struct {
	List     List
	Chips    []Chip
	Active   []Chip // filters that are on beside the chips; a click takes them off
	Rows     []LogbookRow
	More     string // address of the next page
	CanWrite bool
	State    string // of the last verification: ok, critical, nodata
	Checked  string // the same in a sentence
	Empty    Empty
}

// LogbookRow is one entry.
type LogbookRow struct {
	Seq          uint64
	Href         string
	At           time.Time
	Kind         string // in words
	Who          string
	Party        string // in words
	On           []Link
	Text         string
	Corrects     uint64
	CorrectsHref string
	Minutes      int
	Ticket       string
}

// Link is a word that leads somewhere; without an address it is only a word.
type Link struct {
	Text, Href string
}

// LogbookEntry is one entry with its proof.
type LogbookEntry struct {
	Row      LogbookRow
	Written  time.Time
	Reason   string
	Files    []LogbookFile
	Later    []Link // entries that correct this one
	Round    string // address of the round that was signed
	Proof    appliance.LogbookProof
	Holds    bool
	Correct  string // address of the form that corrects it, "" for those who may not write
	Previous string
	Next     string
}

// LogbookFile is a file that belongs to an entry.
type LogbookFile struct {
	Name, SHA256 string
	Bytes        float64
}

// LogbookForm writes an entry.
type LogbookForm struct {
	Form     Form
	Once     string // a form that is sent twice makes one entry
	Kinds    []Option
	Devices  []Option
	Parties  []Option
	Corrects string
	Files    []LogbookFile // that were sent with it already
	Taken    string        // the same for the form
}

// Words is everything of a row that somebody may look for.
func (r LogbookRow) Words() string {
	words := r.Kind + " " + r.Who + " " + r.Party + " " + r.Text + " " + r.Ticket
	for _, on := range r.On {
		words += " " + on.Text
	}
	return words
}
