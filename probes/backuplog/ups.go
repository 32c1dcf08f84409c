package backuplog

import (
	"cmp"
	"fmt"
	"strings"

	"siteward/appliance"
)

// tell keeps an event of a UPS.
func (m *machine) tell(l line, r *rule, fields map[string]string) {
	kind, text := r.event, fields["message"]
	if r.flags {
		m.lastAt = l.at
		kind = flagKind(fields["status"])
		first := !m.flagsSeen
		m.flagsSeen = true
		if m.flags == string(kind) {
			return
		}
		m.flags = string(kind)
		if first && m.resumed {
			return // the line was seen before; it says where we are
		}
	}
	if text == "" {
		text = l.text
	}
	if len(m.events) >= maxEvents {
		return
	}
	m.events = append(m.events, appliance.UPSEvent{
		UPS: cmp.Or(fields["ups"], l.host), At: l.time, Kind: kind, Text: clipText(text), Told: []string{m.f.Product}, Source: fmt.Sprintf("%s#%d", m.name, l.at),
	})
}

// note keeps a line of the output of upsc or apcaccess. What follows # is a remark.
func (m *machine) note(what, v string) {
	v, _, _ = strings.Cut(v, "\t#")
	v = strings.TrimSpace(v)
	if m.state == nil {
		m.state = &UPSState{}
	}
	s := m.state
	switch what {
	case "ups":
		s.UPS = clipText(v)
	case "time":
		s.At, _ = m.clock.parse(v)
	case "status":
		s.Status, s.Kind = clipText(v), flagKind(v)
	case "vendor":
		s.Vendor = clipText(v)
	case "model":
		s.Model = clipText(v)
	case "test":
		s.TestSaid = clipText(v)
	default:
		number, _, _ := strings.Cut(v, " ")
		f, ok := decimal(number)
		if !ok {
			return
		}
		switch what {
		case "charge":
			s.Charge = &f
		case "runtime":
			s.Runtime = &f
		case "runtime_seconds":
			f /= 60
			s.Runtime = &f
		case "load":
			s.Load = &f
		case "voltage":
			s.Voltage = &f
		}
	}
}

// flags of NUT and of apcupsd, the worst first: a UPS that is on battery and low is low.
var flags = []struct {
	flag string
	kind appliance.UPSEventKind
}{
	{"FSD", appliance.UPSShutdown}, {"SHUTTING", appliance.UPSShutdown}, {"NA", appliance.UPSCommLost}, {"COMMLOST", appliance.UPSCommLost}, {"LB", appliance.UPSLowBattery}, {"LOWBATT", appliance.UPSLowBattery},
	{"OB", appliance.UPSOnBattery}, {"ONBATT", appliance.UPSOnBattery}, {"OVER", appliance.UPSOverload}, {"OVERLOAD", appliance.UPSOverload},
	{"OFF", appliance.UPSOutputOff}, {"RB", appliance.UPSReplaceBattery}, {"REPLACEBATT", appliance.UPSReplaceBattery}, {"NOBATT", appliance.UPSBatteryDisconnected},
	{"BYPASS", appliance.UPSBypass}, {"ALARM", appliance.UPSAlarm}, {"CAL", appliance.UPSCalibrating}, {"BOOST", appliance.UPSBoost},
	{"OL", appliance.UPSOnLine}, {"ONLINE", appliance.UPSOnLine}, {"TRIM", appliance.UPSOnLine},
}

func flagKind(status string) appliance.UPSEventKind {
	have := set(strings.ToUpper(strings.Trim(status, "[]")))
	for _, f := range flags {
		if have[f.flag] {
			return f.kind
		}
	}
	return appliance.UPSUnknown
}
