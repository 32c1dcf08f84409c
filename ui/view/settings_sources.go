package view

import "time"

// Sources is the list of where logs are read from.
type Sources struct {
	State   string
	List    List
	Rows    []SourceRow
	Empty   Empty
	CanEdit bool
}

// SourceRow is one source with how reading it went.
type SourceRow struct {
	ID, Name, Kind, Where string
	Device, DeviceHref    string
	Owner                 string
	State, Word, Error    string
	Read, Heard, Next     time.Time
	Runs                  int
}

// Source is one source with all that is known of it.
type Source struct {
	ID, Name, Owner    string
	State, Word        string
	Error, Note        string
	Lines              []Line
	Secret             string // shown once, right after it was made
	Examples           []SourceExample
	CanRead, CanEdit   bool
	CanToken, HasToken bool
	Paused             string // by whom and why, "" when it is not
	Form               Form   // of the pause
}

// SourceExample is a line that a person copies to where it is needed.
type SourceExample struct{ Label, Text string }

// SourceForm is the form of one. Fields: name, version, device, product, time_zone, interval (minutes), and by kind: credential, paths,
// host, port, host_key, accept, command, mailbox, senders, hosts, programs.
type SourceForm struct {
	Form                 Form
	ID, Action           string // ID is empty for a new one
	Kind, KindText       string
	Comes                bool // by itself: nothing is asked for at intervals
	Kinds                []ChartChoice
	Devices, Credentials []Option
	Folders              string // that files may be read from
	MailDomain           string
	Print                string // fingerprint of the host key that was accepted
	Tried                *SourceTried
}

// SourceTried is what the test button found.
type SourceTried struct {
	State, Title, Text string
	HostKey, Print     string // to be accepted
	KeyText            string
	Files              []SourceTriedFile
	FilesText          string
	Runs               []SourceTriedRun
	RunsText           string
	Lines              []string
}

// SourceTriedFile is a file that would be read.
type SourceTriedFile struct {
	Name     string
	Size     float64
	Modified time.Time
}

// SourceTriedRun is a run that was read in the test.
type SourceTriedRun struct {
	State, Word       string
	Job, Product      string
	Started           time.Time
	Bytes             float64 // NaN: the log does not say
	Message, Evidence string
}
