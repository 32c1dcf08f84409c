package view

import "time"

// Backups is the calendar of jobs and days, and the list of the jobs.
type Backups struct {
	Partial   Partial
	Lead      string
	Proposals []BackupProposal
	Period    string
	DayStart  string // "12:00"
	Earlier   string // addresses
	Later     string
	Spans     []PeriodLink
	Days      []BackupDay
	Rows      []BackupRow
	Jobs      []BackupJobRow
	Ignored   []BackupJobRow
	CSV       string
	Drawer    *Evidence
	Empty     *Empty
	Edit      bool
}

// PeriodLink chooses how many days are shown.
type PeriodLink struct {
	Label, Href string
	Current     bool
}

// BackupDay is the head of one column.
type BackupDay struct {
	Weekday, Number string
	Title           string // with the name of a holiday
	Free            bool   // weekend or holiday
}

// BackupRow is one job in the calendar.
type BackupRow struct {
	Name, Href, Sub string
	Cells           []BackupCell
}

// BackupCell is the worst of one job on one day. An empty State draws a dot.
type BackupCell struct {
	State, Label, Href string
	Word               string
	Free, Current      bool
}

// BackupProposal is a job that was seen and waits for a person.
type BackupProposal struct {
	ID, Name, Product, Source string
	Schedule                  string
	Sure                      string // how sure the schedule is, in words
	Last                      time.Time
	State, Word               string
	Runs                      int
}

// BackupJobRow is one job in the list.
type BackupJobRow struct {
	Name, Href, Sub       string
	State, Word           string
	Handled               bool
	LastGood              time.Time
	CopyState, CopyWord   string
	RestoreState, Restore string
	Next                  time.Time
}

// BackupJob is the page of one job.
type BackupJob struct {
	ID, Name    string
	State, Word string
	Handled     bool
	Since       time.Time
	Verdict     string
	Notes       []DeviceNote
	Facts       []Fact
	Copies      []Fact
	CopyState   string
	CopyWord    string
	Size, Took  *DeviceChart
	Runs        []BackupRunRow
	RunsCSV     string
	Restores    []RestoreRow
	RestoreForm *Form
	RestoreNote string
	Results     []Option
	PauseForm   *PauseForm
	Merge       []Option
	MergeForm   Form
	Paused      bool
	Proposed    bool
	Ignored     bool
	Edit, Pause bool
	Drawer      *Evidence
	Incidents   []Link
	Tickets     AboutTickets
}

// BackupRunRow is one run.
type BackupRunRow struct {
	At          time.Time
	State, Word string
	Kind        string
	Took        time.Duration
	Bytes       float64 // NaN: not said
	Href        string
	Message     string
}

// RestoreRow is one restore test.
type RestoreRow struct {
	At        time.Time
	State     string
	Word      string
	By, Proof string
	SHA256    string
}

// BackupForm edits what is expected of a job.
type BackupForm struct {
	ID, Name, Back, Action, Button string
	Form                           Form
	Version                        string
	Kinds, Devices                 []Option
	Days, Places                   []BackupCheck
	SkipHolidays                   bool
}

// BackupCheck is one box of several.
type BackupCheck struct {
	Name, Label string
	On          bool
}
