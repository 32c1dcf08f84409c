package appliance

import (
	"context"
	"time"
)

// Power is what the appliance offers about emergency power: every UPS as one truth whatever it was asked through, what
// happened to it, and the outages that follow from that.
type Power interface {
	// UPSes are the devices that tell of a battery of theirs, and those that are kept as a UPS, by name.
	UPSes(ctx context.Context) ([]UPSView, error)
	// UPSEvents and UPSOutages are newest first. Events of logs that do not tell which UPS they mean stand under device 0.
	UPSEvents(ctx context.Context, f UPSFilter) ([]UPSEvent, error)
	UPSOutages(ctx context.Context, f UPSFilter) ([]UPSOutage, error)
	// SaveUPSCare keeps what people know of a battery: when it came, when it is to go, how often it is tested.
	SaveUPSCare(ctx context.Context, by Actor, device ID, care UPSCare) error
}

// UPSFilter chooses events and outages. Zero fields choose all.
type UPSFilter struct {
	Device ID
	Since  time.Time
	Before time.Time
	Limit  int // 1,000 when 0
}

// UPSPower is where the protected devices have their power from.
type UPSPower string

// The sources. Boost and trim are mains whose voltage is put right.
const (
	UPSPowerUnknown UPSPower = ""
	UPSPowerMains   UPSPower = "mains"
	UPSPowerBoost   UPSPower = "boost"
	UPSPowerTrim    UPSPower = "trim"
	UPSPowerBattery UPSPower = "battery"
	UPSPowerTest    UPSPower = "test" // on battery for a self-test or a calibration: no outage
	UPSPowerBypass  UPSPower = "bypass"
	UPSPowerOff     UPSPower = "off"
)

// UPSTest is how the last self-test went.
type UPSTest string

// The results.
const (
	UPSTestUnknown UPSTest = ""
	UPSTestPassed  UPSTest = "passed"
	UPSTestWarning UPSTest = "warning"
	UPSTestFailed  UPSTest = "failed"
	UPSTestAborted UPSTest = "aborted"
	UPSTestRunning UPSTest = "running"
	UPSTestNone    UPSTest = "none" // none since it was switched on
)

// UPSTruth is what is known of a UPS at one moment, in one form for SNMP, NUT and apcupsd. Nil is what it does not tell.
type UPSTruth struct {
	At    time.Time `json:"at,omitzero"` // of the reading
	Power UPSPower  `json:"power"`

	Low         bool `json:"low,omitempty"`
	Replace     bool `json:"replace,omitempty"`
	Fault       bool `json:"fault,omitempty"` // of the battery: broken, missing
	Overload    bool `json:"overload,omitempty"`
	Calibrating bool `json:"calibrating,omitempty"`
	CommLost    bool `json:"comm_lost,omitempty"` // who watches the UPS answers, but has lost it

	Charge         *float64 `json:"charge_percent,omitempty"`
	Runtime        *float64 `json:"runtime_seconds,omitempty"` // as the UPS estimates it
	Load           *float64 `json:"load_percent,omitempty"`
	InputVoltage   *float64 `json:"input_volts,omitempty"`
	OutputVoltage  *float64 `json:"output_volts,omitempty"`
	BatteryVoltage *float64 `json:"battery_volts,omitempty"`
	Temperature    *float64 `json:"temperature_celsius,omitempty"`
	OnBattery      *float64 `json:"seconds_on_battery,omitempty"`
	NominalVA      *float64 `json:"nominal_va,omitempty"`
	NominalWatts   *float64 `json:"nominal_watts,omitempty"`

	BatteryDate  string    `json:"battery_date,omitempty"` // "2022-09-20": put in, else made
	BatteryMade  bool      `json:"battery_made,omitempty"` // BatteryDate is when it was made
	ReplaceBy    string    `json:"replace_by,omitempty"`   // the UPS's own recommendation
	Test         UPSTest   `json:"test,omitempty"`
	TestDate     string    `json:"test_date,omitempty"`
	TestEvery    int       `json:"test_every_days,omitempty"` // the UPS's own schedule
	LastTransfer string    `json:"last_transfer,omitempty"`   // why it last went on battery, in the UPS's words
	LastOn       time.Time `json:"last_on_battery,omitzero"`
	LastOff      time.Time `json:"last_off_battery,omitzero"`
}

// UPSCare is what people know of a battery. Dates are days: "2022-09-20".
type UPSCare struct {
	Installed string `json:"installed,omitempty"`
	ReplaceBy string `json:"replace_by,omitempty"`
	TestEvery int    `json:"test_every_days,omitempty"` // 0 = no self-test is expected
}

// UPSView is one UPS with what is known of it now.
type UPSView struct {
	Device  ID       `json:"device"`
	Name    string   `json:"name"`
	Place   string   `json:"place,omitempty"`
	Product string   `json:"product,omitempty"`
	State   State    `json:"state"` // of what the UPS tells and whether it answers
	Check   ID       `json:"check,omitempty"`
	Truth   UPSTruth `json:"truth"`
	Told    bool     `json:"told"` // the truth is of the last reading; else nothing is known now
	Care    UPSCare  `json:"care"`

	BatteryDate string     `json:"battery_date,omitempty"` // what people say, else what the UPS says
	ReplaceBy   string     `json:"replace_by,omitempty"`
	LastTest    *UPSTested `json:"last_test,omitempty"`
	TestDue     time.Time  `json:"test_due,omitzero"` // zero: none is expected
	LastOutage  *UPSOutage `json:"last_outage,omitempty"`
}

// UPSTested is the last self-test and who told of it.
type UPSTested struct {
	Result UPSTest   `json:"result"`
	At     time.Time `json:"at,omitzero"` // noon when only the day is known
	Took   Duration  `json:"took,omitempty"`
	Text   string    `json:"text,omitempty"` // verbatim
}

// UPSOutageKind tells a power cut from what looks like one.
type UPSOutageKind string

// The kinds. Only an outage counts as one.
const (
	UPSOutageReal        UPSOutageKind = "outage"
	UPSOutageTest        UPSOutageKind = "self_test"
	UPSOutageCalibration UPSOutageKind = "calibration"
	UPSOutageBlip        UPSOutageKind = "blip" // mains back before the UPS told that it runs on its battery
)

// UPSOutage is one time that a UPS lived on its battery, with how deep it went.
type UPSOutage struct {
	Device ID            `json:"device,omitempty"`
	UPS    string        `json:"ups,omitempty"` // as a log names it, when the device is not known
	Kind   UPSOutageKind `json:"kind"`
	Start  time.Time     `json:"start"`
	End    time.Time     `json:"end,omitzero"` // zero: not over, or nobody told its end
	Open   bool          `json:"open,omitempty"`

	Cause         string   `json:"cause,omitempty"` // the UPS's words for why: "blackout"
	Text          string   `json:"text,omitempty"`  // the line that told its beginning
	Result        UPSTest  `json:"result,omitempty"`
	ChargeBefore  *float64 `json:"charge_before_percent,omitempty"`
	LowestCharge  *float64 `json:"lowest_charge_percent,omitempty"`
	Announced     *float64 `json:"runtime_announced_seconds,omitempty"` // what the UPS promised before
	LowestRuntime *float64 `json:"lowest_runtime_seconds,omitempty"`
	Measured      *float64 `json:"runtime_measured_seconds,omitempty"` // for a full battery, worked out from how the charge fell
	Load          *float64 `json:"load_percent,omitempty"`
	Low           bool     `json:"low,omitempty"`
	Shutdown      bool     `json:"shutdown,omitempty"`
	Told          []string `json:"told,omitempty"`
	Events        int      `json:"events"`
}

// Length is how long the UPS lived on its battery, until now when that goes on; 0 when nobody told the end.
func (o UPSOutage) Length(now time.Time) time.Duration {
	switch {
	case !o.End.IsZero():
		return o.End.Sub(o.Start)
	case o.Open:
		return now.Sub(o.Start)
	}
	return 0
}
