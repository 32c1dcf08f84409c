package view

import "time"

// Jobs is the housekeeping.
type Jobs struct {
	State string
	List  List
	Rows  []JobRow
}

// JobRow is one job with its last run.
type JobRow struct {
	Name, Schedule string
	State, Word    string
	Began, Next    time.Time
	Took           float64 // s
	Error          string
	Failed         time.Time
}

// Store is how the appliance's memory is doing.
type Store struct {
	State        string
	Lines        []Line
	Lead         string // what to do about the headline
	Notes        []Note
	Damage       []string
	CanBackup    bool
	Verification Verification
}

// Verification is the part of the page that changes while the store is read.
type Verification struct {
	Running bool
	Began   time.Time
	Note    *Note // how the last one asked for here ended
	CanRun  bool
	At      time.Time // of the last one, whoever asked
}

// Audit is what people changed.
type Audit struct {
	List   List
	Rows   []AuditRow
	Active []ChartChoice // filters in force; the link takes one away
	More   string        // address of the next page
	Empty  Empty
}

// AuditRow is one change.
type AuditRow struct {
	At                 time.Time
	By, Object, Text   string
	ByHref, ObjectHref string // the same list for this person, for this object
}
