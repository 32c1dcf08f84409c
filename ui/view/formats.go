package view

import "time"

// Formats is the page of the formats that logs are read with.
type Formats struct {
	List    List
	Rows    []FormatRow
	Empty   Empty
	CanEdit bool
}

// FormatRow is one format.
type FormatRow struct {
	Name, Title, Product string
	Href                 string // where it is read or edited
	Own                  bool
	By                   string
	Saved                time.Time
}

// FormatForm is the page on which a format is written and a log is tried.
type FormatForm struct {
	Action, Delete string
	Form           Form
	New            bool
	Tried          FormatTried
}

// FormatTried is what the pasted log tells.
type FormatTried struct {
	Asked   bool // there is a log
	Mistake string
	Level   string // ok, warning, critical, nodata: the state of the sentence
	Said    string
	Runs    []TriedRun
	Events  []TriedEvent
	More    int // further ones that are not shown
}

// TriedRun is one run of the pasted log.
type TriedRun struct {
	State, Word, Job, Kind string
	Started, Finished      time.Time
	Size, Files            string
	Line                   string
}

// TriedEvent is one event of a UPS.
type TriedEvent struct {
	At         time.Time
	Kind, Text string
}
