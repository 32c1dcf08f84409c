package view

import "time"

// Incidents is the history of what went wrong.
type Incidents struct {
	List  List
	Chips []Chip
	Rows  []IncidentRow
	Empty Empty
	More  string // address of older ones
}

// IncidentRow is one incident in the list.
type IncidentRow struct {
	Href, Title string
	State, Word string
	Opened      time.Time
	Lasted      time.Duration
	Open        bool
	Behind      string
}

// Incident is one of them with its story.
type Incident struct {
	ID           string
	State, Word  string
	Open         bool
	Opened       time.Time
	Ended        time.Time
	Lasted       time.Duration
	Noticed      string // how it came to light
	Facts        []string
	Causes       []IncidentCause
	MoreCauses   int
	Behind       []Link
	MoreBehind   int
	Follows      int
	Ack          string
	AckUntil     time.Time
	Snoozed      time.Time
	With         string // address of the incident that it is a part of
	Notes        []IncidentNote
	Told         []ToldRow
	Act          bool
	Take, Give   bool
	CanNote      bool
	Tickets      AboutTickets
	Power        bool // the mains had failed: the page Power has the outages
	Form         Form
	SnoozeChoice []Option
}

// IncidentCause is what an incident rests on.
type IncidentCause struct {
	Href, Name, What, Fact, Source string
	State, Word                    string
	Since, Over                    time.Time
}

// IncidentNote is what somebody wrote.
type IncidentNote struct {
	At       time.Time
	By, Text string
}

// ToldRow is what one recipient was told through one channel.
type ToldRow struct {
	Name, Way, Title, Href string
	State, Word            string // shape and word
	Created, At            time.Time
	Next                   time.Time
	Tried                  int
	Answer                 string
	Attempts               []ToldAttempt
}

// ToldAttempt is one try.
type ToldAttempt struct {
	At     time.Time
	Good   bool
	Answer string
}

// Told is the list of what was told.
type Told struct {
	List    List
	Chips   []Chip
	Rows    []ToldRow
	Empty   Empty
	More    string
	Waiting int
	CanEdit bool
}
