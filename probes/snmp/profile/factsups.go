package profile

import (
	"strings"

	"siteward/appliance"
)

// UPSFacts is a UPS as its best MIB tells it, and in ByMIB as each of its MIBs does.
type UPSFacts struct {
	BatteryStatus *string              `json:"battery_status,omitempty"`
	Charge        *float64             `json:"charge_percent,omitempty"`
	Runtime       *float64             `json:"runtime_minutes,omitempty"`
	InputVoltage  *float64             `json:"input_voltage,omitempty"`       // of the first line
	OutputLoad    *float64             `json:"output_load_percent,omitempty"` // of the line that carries most
	OutputSource  *string              `json:"output_source,omitempty"`
	OnBattery     *bool                `json:"on_battery,omitempty"`
	NeedsBattery  *bool                `json:"battery_needs_replacement,omitempty"`
	Alarms        []string             `json:"alarms,omitempty"`
	AlarmsPresent *int                 `json:"alarms_present,omitempty"`
	ByMIB         map[string]*UPSFacts `json:"by_mib,omitempty"`

	loads *Profile // the best one that knows the load; the lines of others do not count
}

func (f *facts) ups() {
	all := &UPSFacts{ByMIB: map[string]*UPSFacts{}}
	for _, n := range f.numbers {
		if !n.known || !strings.HasPrefix(n.name, "ups.") {
			continue
		}
		all.of(n.profile).number(n)
		if n.name != "ups.load_percent" {
			all.number(n)
		} else if all.loads == nil || all.loads == n.profile {
			all.number(n)
			all.loads = n.profile
		}
	}
	for _, s := range f.p.statuses {
		if strings.HasPrefix(s.name, "ups.") && f.p.status(s) {
			all.status(s)
			all.of(s.profile).status(s)
		}
	}
	if len(all.ByMIB) == 0 {
		return
	}
	f.out.UPS = all
}

// of gives the part of one MIB: the first word of the profile's title.
func (u *UPSFacts) of(p *Profile) *UPSFacts {
	name := strings.Fields(p.Title + " " + p.Name)[0]
	if u.ByMIB[name] == nil {
		u.ByMIB[name] = &UPSFacts{}
	}
	return u.ByMIB[name]
}

func (u *UPSFacts) number(n numberRead) {
	switch n.name {
	case "ups.charge_percent":
		u.Charge = n.pointer(u.Charge)
	case "ups.runtime":
		if n.value /= 60; u.Runtime == nil {
			u.Runtime = n.pointer(nil)
		}
	case "ups.input_voltage":
		u.InputVoltage = n.pointer(u.InputVoltage)
	case "ups.load_percent":
		if u.OutputLoad == nil || *u.OutputLoad < n.value {
			u.OutputLoad = n.pointer(nil)
		}
	case "ups.alarms_present":
		if count := int(n.value); u.AlarmsPresent == nil {
			u.AlarmsPresent = &count
		}
	}
}

func (u *UPSFacts) status(s *statusRead) {
	word, severity := s.made.Word, s.made.Severity
	switch s.name {
	case "ups.battery_status":
		if u.BatteryStatus == nil {
			u.BatteryStatus = &word
		}
	case "ups.output_source":
		if on := strings.Contains(strings.ToLower(word), "battery"); u.OutputSource == nil {
			u.OutputSource = &word
			u.OnBattery = &on
		}
	case "ups.on_battery":
		if on := severity > appliance.SeverityOK; u.OnBattery == nil {
			u.OnBattery = &on
		}
	case "ups.battery_replace":
		u.replace(severity)
	case "ups.alarm":
		u.Alarms = append(u.Alarms, word)
		if strings.HasSuffix(word, "BatteryBad") || strings.Contains(word, "Replace") {
			u.replace(severity)
		}
	}
}

// replace notes that the battery is to be replaced, or that it is not: any MIB that asks for a new one counts.
func (u *UPSFacts) replace(severity appliance.Severity) {
	bad := severity == appliance.SeverityWarning || severity == appliance.SeverityCritical
	if severity == appliance.SeverityOK || bad {
		if u.NeedsBattery == nil || bad {
			u.NeedsBattery = &bad
		}
	}
}
