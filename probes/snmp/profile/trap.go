package profile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// trapLine is one trap of a profile file.
type trapLine struct {
	OID      string              `yaml:"oid"`  // snmpTrapOID; of SNMPv1 enterprise, 0 and specific
	Name     string              `yaml:"name"` // of the MIB
	Key      string              `yaml:"key"`  // trap.<key> of the interface's words
	Words    string              `yaml:"words"`
	Severity string              `yaml:"severity"`
	Ask      string              `yaml:"ask"`
	UPS      string              `yaml:"ups"`
	When     map[string][]string `yaml:"when"`  // object -> values as text; all must hold
	Label    []string            `yaml:"label"` // objects; the first that the trap carries names what it is about
}

// Trap is what a trap means.
type Trap struct {
	OID      mib.OID
	Name     string
	Key      string // of the words "trap.<key>"; "" = Words are said as they are
	Words    string
	Severity appliance.Severity
	Ask      Ask
	UPS      appliance.UPSEventKind // "" = nothing that happens to a UPS

	profile  string
	priority int
	when     []trapWhen
	label    []mib.OID
}

// Ask is what is asked of the device after a trap.
type Ask string

// After a trap the device's SNMP checks are asked, as nearly every trap is about something they read.
const (
	AskSNMP Ask = "snmp"
	AskAll  Ask = "all"
	AskNone Ask = "none"
)

type trapWhen struct {
	object mib.OID
	values []string
}

// traps compiles a file's traps. Objects in when and label are names of the file's objects or OIDs.
func (c *compiler) traps(p *Profile, f *file) {
	objects := map[string]mib.OID{}
	for _, s := range p.scalars {
		objects[s.name] = s.oid
	}
	for _, t := range p.tables {
		for _, s := range t.columns {
			objects[s.name] = s.oid
		}
	}
	find := func(name, text string) mib.OID {
		if oid, ok := objects[text]; ok {
			return oid
		}
		if !oidForm.MatchString(text) {
			c.fail("trap %s: %q is neither an object of this file nor an OID", name, text)
		}
		return mib.OID(text)
	}
	for _, line := range f.Traps {
		t := &Trap{OID: mib.OID(line.OID), Name: line.Name, Key: line.Key, Words: line.Words, Ask: cmp.Or(Ask(line.Ask), AskSNMP),
			UPS: appliance.UPSEventKind(line.UPS), profile: f.Name, priority: f.Priority}
		c.trap(t, &line)
		for object, values := range line.When {
			t.when = append(t.when, trapWhen{find(line.Name, object), values})
		}
		for _, object := range line.Label {
			t.label = append(t.label, find(line.Name, object))
		}
		p.traps = append(p.traps, t)
	}
}

func (c *compiler) trap(t *Trap, line *trapLine) {
	if !oidForm.MatchString(line.OID) {
		c.fail("trap %s: %q is not an OID in dotted decimal without a leading dot", line.Name, line.OID)
	}
	if !objectForm.MatchString(line.Name) {
		c.fail("trap %q: a name has letters and digits only, a letter first", line.Name)
	}
	if (line.Key == "") == (line.Words == "") {
		c.fail("trap %s: say what it means, with key (words of the interface) or with words, not both", line.Name)
	}
	var ok bool
	if t.Severity, ok = severities[cmp.Or(line.Severity, "none")]; !ok {
		c.fail("trap %s: severity is none, ok, warning, critical or unknown, not %q", line.Name, line.Severity)
	}
	if !slices.Contains([]Ask{AskSNMP, AskAll, AskNone}, t.Ask) {
		c.fail("trap %s: ask is snmp, all or none, not %q", line.Name, line.Ask)
	}
	if line.UPS != "" && !slices.Contains(upsKinds, t.UPS) {
		c.fail("trap %s: %q is no event of a UPS; use one of %v", line.Name, line.UPS, upsKinds)
	}
}

// upsKinds are the events of a UPS that a trap may tell.
var upsKinds = []appliance.UPSEventKind{
	appliance.UPSOnBattery, appliance.UPSOnLine, appliance.UPSPowerFailure, appliance.UPSLowBattery, appliance.UPSLowBatteryCleared,
	appliance.UPSBatteryDischarged, appliance.UPSBatteryDischargedCleared, appliance.UPSReplaceBattery, appliance.UPSBatteryDisconnected,
	appliance.UPSBatteryReattached, appliance.UPSCommLost, appliance.UPSCommOK, appliance.UPSSelfTestStarted, appliance.UPSSelfTestPassed,
	appliance.UPSSelfTestFailed, appliance.UPSCalibrating, appliance.UPSOverload, appliance.UPSBypass, appliance.UPSBoost, appliance.UPSTrim,
	appliance.UPSOutputOff, appliance.UPSRuntimeLimit, appliance.UPSShutdown, appliance.UPSForcedShutdown, appliance.UPSAlarm, appliance.UPSOther,
}

// TrapKey is the form under which traps are found: agents differ in whether the 0 before the last number is there (RFC 2578 8.5,
// RFC 3584 3.1).
func TrapKey(o mib.OID) mib.OID {
	s := string(o)
	last := strings.LastIndexByte(s, '.')
	if last > 2 && strings.HasSuffix(s[:last], ".0") {
		return mib.OID(s[:last-2] + s[last:])
	}
	return o
}

// Trap finds what a trap means: the profiles that the device is known by are asked first, then all others, best first. value gives
// the text of the first variable of an object, "" when the trap does not carry it.
func (s *Set) Trap(o mib.OID, profiles []string, value func(mib.OID) string) *Trap {
	var found *Trap
	for _, t := range s.traps[TrapKey(o)] {
		switch {
		case !t.holds(value):
		case slices.Contains(profiles, t.profile):
			return t
		case found == nil:
			found = t
		}
	}
	return found
}

func (t *Trap) holds(value func(mib.OID) string) bool {
	return !slices.ContainsFunc(t.when, func(w trapWhen) bool { return !slices.Contains(w.values, value(w.object)) })
}

// Label is what the trap is about: "Port 3", "" when it does not say.
func (t *Trap) Label(value func(mib.OID) string) string {
	for _, o := range t.label {
		if v := value(o); v != "" {
			return limited(v)
		}
	}
	return ""
}

// index sorts the traps of all profiles, best first: conditions before none, then the profile's priority.
func (s *Set) indexTraps() {
	s.traps = map[mib.OID][]*Trap{}
	for _, p := range s.profiles {
		for _, t := range p.traps {
			s.traps[TrapKey(t.OID)] = append(s.traps[TrapKey(t.OID)], t)
		}
	}
	for _, all := range s.traps {
		slices.SortStableFunc(all, func(a, b *Trap) int {
			return cmp.Or(cmp.Compare(len(b.when), len(a.when)), cmp.Compare(b.priority, a.priority), strings.Compare(a.profile, b.profile))
		})
	}
}

// TrapKeys are the keys of words that the profiles' traps use, for the test that holds them against the locales.
func (s *Set) TrapKeys() []string {
	keys := map[string]bool{}
	for _, all := range s.traps {
		for _, t := range all {
			if t.Key != "" {
				keys[t.Key] = true
			}
		}
	}
	out := make([]string, 0, len(keys))
	for k := range keys {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// ValueText is a variable as a person reads it, the number itself for numbers.
func ValueText(v mib.Varbind) string {
	s := spec{scale: 1}
	if v.Type == mib.OctetString && !printable(v.Bytes) {
		s.hint = hintHex
		if len(v.Bytes) == 6 {
			s.hint = hintMAC
		}
	}
	if v.Type == mib.TimeTicks {
		return strconv.FormatUint(v.Num, 10)
	}
	return s.text(v)
}

// printable says that octets are text: UTF-8 or Latin-1 without control characters, an ending NUL aside.
func printable(b []byte) bool {
	for i, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && (c != 0 || i != len(b)-1) || c == 0x7f {
			return false
		}
	}
	return true
}
