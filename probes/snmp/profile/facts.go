package profile

import (
	"fmt"
	"math"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// Facts is what `siteward probe snmp … --json` prints; docs/probe-json.md describes each key. What the device does not
// tell is left out, and is not zero.
type Facts struct {
	Kind        appliance.Kind `json:"kind,omitempty"`
	Vendor      string         `json:"vendor,omitempty"`
	Model       string         `json:"model,omitempty"`
	Serial      string         `json:"serial,omitempty"`
	Firmware    string         `json:"firmware,omitempty"`
	Profiles    []string       `json:"profiles"`
	SysObjectID *string        `json:"sysObjectID"`
	SysName     *string        `json:"sysName"`
	SysDescr    *string        `json:"sysDescr"`
	SysLocation string         `json:"sysLocation,omitempty"`
	SysContact  string         `json:"sysContact,omitempty"`
	Uptime      *float64       `json:"sysUpTime_seconds"`

	Interfaces   *int `json:"interfaces"` // rows of ifTable
	OperUp       *int `json:"interfaces_oper_up"`
	AdminUp      *int `json:"interfaces_admin_up"`
	IfXTableRows *int `json:"ifxtable_rows"`

	Storage      []StorageFact `json:"storage,omitempty"`
	Memory       *MemoryFacts  `json:"memory,omitempty"`
	CPUCount     *int          `json:"cpu_count,omitempty"`
	CPULoad      *float64      `json:"cpu_load_percent_avg,omitempty"`
	Printer      *PrinterFacts `json:"printer,omitempty"`
	UPS          *UPSFacts     `json:"ups,omitempty"`
	Sensors      *SensorFacts  `json:"sensors,omitempty"`
	VendorStatus []StatusFact  `json:"vendor_status,omitempty"`

	State string   `json:"state"` // the worst of what the device says of itself: ok, warning, critical, unknown
	Why   []string `json:"why,omitempty"`
}

// StorageFact is one row of hrStorageTable that is no memory.
type StorageFact struct {
	Index     string   `json:"index"`
	Descr     string   `json:"descr"`
	Type      string   `json:"type,omitempty"`
	SizeBytes *float64 `json:"size_bytes"`
	UsedBytes *float64 `json:"used_bytes"`
}

// MemoryFacts is main memory as each MIB tells it.
type MemoryFacts struct {
	HRMemorySize *float64           `json:"hr_memory_size_bytes,omitempty"` // hrMemorySize
	HRRAM        *RAMFact           `json:"hr_ram,omitempty"`               // the first row of type hrStorageRam
	UCD          map[string]float64 `json:"ucd,omitempty"`                  // UCD-SNMP-MIB memory group
}

// RAMFact is a row of hrStorageTable that is memory.
type RAMFact struct {
	Descr     string   `json:"descr"`
	SizeBytes *float64 `json:"size_bytes"`
	UsedBytes *float64 `json:"used_bytes"`
}

// SensorFacts are measurements by kind.
type SensorFacts struct {
	Temperature []SensorFact `json:"temperature_c"`
	Fan         []SensorFact `json:"fan_rpm"`
	NotMeasured []SensorFact `json:"not_measured,omitempty"` // probes that report 0 °C because none is fitted
}

// SensorFact is one measurement.
type SensorFact struct {
	Descr string  `json:"descr,omitempty"`
	Value float64 `json:"value"`
	OID   string  `json:"oid"`
}

// numberRead is a number of any profile, also one that another profile's better number hides in readings.
type numberRead struct {
	*valueOut
	made  appliance.Value
	value float64
	known bool
}

// facts collects what all profiles read.
type facts struct {
	p       *Plan
	numbers []numberRead
	texts   map[string]string // name + "/" + instance
	out     *Facts
}

// Facts is what the device is and says, from the same answers as Interpret. Unlike a reading it also has what profiles
// keep quiet (small file systems of the device itself) and what each MIB says of the same thing.
func (p *Plan) Facts(hot, cold []mib.Varbind) *Facts {
	reading := p.Interpret(hot, cold)
	f := &facts{p: p, texts: map[string]string{}, out: &Facts{Profiles: p.match.Names()}}
	for _, o := range p.values {
		v, known := p.value(o)
		f.numbers = append(f.numbers, numberRead{o, v, v.Number, known})
	}
	for _, t := range p.readTexts(true) {
		f.texts[t.Name+"/"+t.Instance] = t.Value
	}
	f.identity(p.readIdentity())
	f.interfaces()
	f.storage()
	f.memory()
	f.processors()
	f.printer()
	f.ups()
	f.sensors()
	f.vendor()
	f.state(reading)
	return f.out
}

func (f *facts) identity(id *appliance.Identity) {
	o := f.out
	o.Kind, o.Vendor, o.Model, o.Serial, o.Firmware = id.Kind, id.Vendor, id.Model, id.Serial, id.Firmware
	o.SysLocation, o.SysContact = id.SysLocation, id.SysContact
	for _, c := range f.p.identity {
		s := id.SysObjectID
		switch c.key {
		case "sysName":
			s = id.SysName
			o.SysName = &s
		case "sysDescr":
			s = id.SysDescr
			o.SysDescr = &s
		case "sysObjectID":
			o.SysObjectID = &s
		}
	}
	for _, n := range f.numbers {
		if n.name == "system.uptime" && n.known {
			seconds := math.Floor(n.value)
			o.Uptime = &seconds
		}
	}
}

func (f *facts) interfaces() {
	rows := f.p.counts["ifTable"]
	if rows == 0 {
		return
	}
	f.out.Interfaces = &rows
	f.out.OperUp = f.countUp("if.oper_status")
	f.out.AdminUp = f.countUp("if.admin_status")
	extended := map[string]bool{}
	for _, s := range f.p.slots {
		if _, index, ok := strings.Cut(s.oid.Suffix("1.3.6.1.2.1.31.1.1.1"), "."); ok {
			extended[index] = true
		}
	}
	if n := len(extended); n > 0 {
		f.out.IfXTableRows = &n
	}
}

func (f *facts) countUp(name string) *int {
	var up *int
	for _, s := range f.p.statuses {
		if s.name != name || !f.p.status(s) {
			continue
		}
		if up == nil {
			up = new(int)
		}
		if s.made.Word == "up" {
			*up++
		}
	}
	return up
}

func (f *facts) storage() {
	rows := map[string]int{}
	for _, n := range f.numbers {
		if n.name != "storage.size" && n.name != "storage.used" {
			continue
		}
		at, ok := rows[n.made.Instance]
		if !ok {
			at = len(f.out.Storage)
			rows[n.made.Instance] = at
			f.out.Storage = append(f.out.Storage, StorageFact{Index: n.made.Instance, Descr: n.row.label, Type: f.texts["storage.type/"+n.made.Instance]})
		}
		row := &f.out.Storage[at]
		if n.name == "storage.size" {
			row.SizeBytes = n.pointer(row.SizeBytes)
		} else {
			row.UsedBytes = n.pointer(row.UsedBytes)
		}
	}
}

// pointer is the number, when it is known and no better one stood there.
func (n numberRead) pointer(better *float64) *float64 {
	if better != nil || !n.known {
		return better
	}
	v := n.value
	return &v
}

// ucdMemory names the objects of the UCD-SNMP-MIB memory group (1.3.6.1.4.1.2021.4).
var ucdMemory = map[string]string{
	"3.0": "total_swap_bytes", "4.0": "avail_swap_bytes", "5.0": "total_real_bytes", "6.0": "avail_real_bytes",
	"13.0": "shared_bytes", "14.0": "buffer_bytes", "15.0": "cached_bytes",
}

func (f *facts) memory() {
	m := &MemoryFacts{}
	for _, n := range f.numbers {
		source := mib.OID(n.made.Source)
		switch {
		case n.name == "memory.installed" && source == "1.3.6.1.2.1.25.2.2.0":
			m.HRMemorySize = n.pointer(nil)
		case source.Under("1.3.6.1.2.1.25.2.3") && (n.name == "memory.ram_size" || n.name == "memory.ram_used"):
			if m.HRRAM == nil {
				m.HRRAM = &RAMFact{Descr: n.row.label}
			}
			if n.name == "memory.ram_size" {
				m.HRRAM.SizeBytes = n.pointer(nil)
			} else {
				m.HRRAM.UsedBytes = n.pointer(nil)
			}
		case source.Under("1.3.6.1.4.1.2021.4") && n.known && len(n.expr.ops) == 1:
			if key := ucdMemory[source.Suffix("1.3.6.1.4.1.2021.4")]; key != "" {
				if m.UCD == nil {
					m.UCD = map[string]float64{}
				}
				m.UCD[key] = n.value
			}
		}
	}
	if m.HRMemorySize != nil || m.HRRAM != nil || m.UCD != nil {
		f.out.Memory = m
	}
}

func (f *facts) processors() {
	for _, n := range f.numbers {
		switch {
		case n.name == "cpu.count" && n.known && f.out.CPUCount == nil:
			count := int(n.value)
			f.out.CPUCount = &count
		case n.name == "cpu.load_percent" && n.made.Instance == "":
			f.out.CPULoad = n.pointer(f.out.CPULoad)
		}
	}
}

func (f *facts) sensors() {
	s := &SensorFacts{Temperature: []SensorFact{}, Fan: []SensorFact{}}
	for _, n := range f.numbers {
		fact := SensorFact{Descr: n.row.label, Value: n.value, OID: n.made.Source}
		switch {
		case n.unit == "°C" && n.known:
			s.Temperature = append(s.Temperature, fact)
		case n.unit == "°C" && f.p.slots[n.slots[0]].number == 0:
			fact.Value = 0
			s.NotMeasured = append(s.NotMeasured, fact)
		case n.unit == "rpm" && n.known:
			s.Fan = append(s.Fan, fact)
		}
	}
	if len(s.Temperature)+len(s.Fan)+len(s.NotMeasured) > 0 {
		f.out.Sensors = s
	}
}

// state is the worst word of the device about itself. Interfaces do not count: only a person knows which of them
// should be up.
func (f *facts) state(r appliance.Reading) {
	worst := appliance.SeverityOK
	for _, s := range r.Statuses {
		if strings.HasPrefix(s.Name, "if.") || s.Severity <= appliance.SeverityOK {
			continue
		}
		if worse(s.Severity, worst) {
			worst = s.Severity
		}
		f.out.Why = append(f.out.Why, why(s))
	}
	for word, severity := range severities {
		if severity == worst {
			f.out.State = word
		}
	}
}

func why(s appliance.Status) string {
	about := s.Object
	if s.Label != "" {
		about = s.Label + ": " + s.Object
	}
	return fmt.Sprintf("%s is %s (%s)", about, s.Word, s.Raw)
}
