package view

import "time"

// Device is the page of one device. Parts that it does not have are empty and not shown.
type Device struct {
	ID, Name, Kind string
	Waiting        string // the page's address while the first answers of a new device are still to come: it fetches itself
	State          string
	Handled        bool // everything is taken care of
	Since          time.Time
	Strong, Rest   string // the verdict: what is wrong, and how it stands otherwise
	Purpose        string
	Facts          []string // the line below: what it is, where, since when it runs, when it was asked
	Notes          []DeviceNote
	Can            DeviceCan
	Paused         bool
	PauseForm      *PauseForm
	AdHoc          *AdHoc // begins maintenance at once
	Owner          string // the site file that declares it

	Panels   []Panel
	Ports    *Ports
	Chart    *DeviceChart
	States   States
	Logs     DeviceLogs
	Storages []Storage
	Supplies []Supply
	Sensors  []Measure
	Journal  []JournalRow
	Checks   []CheckRow
	Details  []Fact
	Evidence *Evidence

	Outages *Outages     // of a UPS
	Battery *BatteryForm // for who may say what is known of it
}

// DeviceCan is what the person who looks may do here.
type DeviceCan struct {
	Run, Pause, Edit, Events, Technical bool
	Report                              bool // a ticket can be opened
	Walk                                bool // the device is asked over SNMP
}

// DeviceNote is what must be known before anything else is read.
type DeviceNote struct {
	Note
	Post   string // address of the one button, when there is one
	Button string
}

// PauseForm asks why and until when nothing shall be watched. Its fields: reason, until.
type PauseForm struct {
	Action, Back string
	Form         Form
	Until        []Option
}

// Fact is a name and what it is, such as a serial number. Mono is for what machines speak.
type Fact struct {
	Name, Value string
	Mono        bool
}

// Panel is one thing that a device of this kind is asked for first: the runtime of a UPS, the memory of a server.
type Panel struct {
	Icon, Title string
	Value       string   // ready text
	Battery     *float64 // percent
	Charge      string   // state of the charge, which colours the drawing
	Meter       *float64 // percent
	State       string   // empty without a judgement
	Word        string
	Handled     bool
	Lines       []string
	Href, Fact  string // evidence
}

// States is the table of everything that was judged.
type States struct {
	Rows      []StateRow
	All       int
	Attention int
	Only      bool // only those that need attention are shown
	AllHref   string
	OnlyHref  string
	CSV       string
}

// StateRow is one item as it stands.
type StateRow struct {
	Check, Item string // of the live badge
	Label       string
	State       string
	Handled     bool
	Word        string // instead of the state's own
	Why         string // the value in words
	Since, Seen time.Time
	Stale       bool
	Taken       string // by whom
	CauseHref   string // the device that is the cause
	Cause       string
	Href        string // evidence
}

// Storage is one file system.
type Storage struct {
	Name        string
	Used, Size  float64 // B
	Percent     float64
	State       string
	Handled     bool
	Href, Chart string
}

// Supply is what a printer uses up.
type Supply struct {
	Name, Kind string
	Percent    float64 // NaN when only words are known
	Word       string
	State      string
	Handled    bool
	Href       string
}

// Measure is a measured value that stands for itself: a temperature, a voltage.
type Measure struct {
	Name, Label string
	Value       float64
	Unit        string
	State       string
	Handled     bool
	Href, Chart string
}

// CheckRow is a check as the technician's list has it.
type CheckRow struct {
	ID, Name, Probe string
	Every           time.Duration
	State           string
	Handled         bool
	Why             string
	At              time.Time
	Took            float64 // s
}
