package view

import "time"

// SpotCheck is the page of a spot check of messages: to be judged and signed, or as it was signed.
type SpotCheck struct {
	Day, Span string
	Rows      []SpotRow
	More      int
	All       uint64
	Form      Form
	Due       bool
	Silent    bool // no messages: nothing is asked
	Signed    time.Time
	By        string
	Entry     uint64
	SHA256    string
	Who       string
	Judged    int    // messages that somebody has judged
	CSV, Seen string // addresses of the sample as a table, and of what was signed
	Past      []SpotPast
}

// SpotRow is one message to be judged.
type SpotRow struct {
	LogRow
	N, Name, NoteName string // of the fields
	Drawn             bool
	Judgement, Note   string
	JudgedBy          string
	JudgedAt          time.Time
	Open              string // address of the form that opens a ticket about it
	Ticket            string // that was opened
	TicketHref        string
	Error             string
	Choices           []Choice
	JudgedState, Word string
}

// Choice is one judgement.
type Choice struct {
	Value, Label string
	On           bool
}

// SpotPast is one that was signed.
type SpotPast struct {
	Href, Day, By string
	Signed        time.Time
	Odd           int
}
