package discovery

import (
	"net/netip"
	"slices"
	"strings"

	"siteward/appliance"
)

// Sameness is what two sets of marks say about each other.
type Sameness int

// The answers. Twins say the same of themselves where two devices never should: a person has to look.
const (
	Different Sameness = iota
	Same
	Twins
)

// Compare says whether two sets of marks are one device's, and which mark said so: "serial", "engine_id", "mac", "name" or
// "address", the surest first. A sure mark that is equal counts against a surer one that is not, only when the hardware agrees.
func Compare(a, b appliance.Marks) (Sameness, string) {
	serial, engine, mac := equal(UsableSerial(a.Serial), UsableSerial(b.Serial)), equal(a.EngineID, b.EngineID), overlap(a.MACs, b.MACs)
	if serial == no {
		return Different, ""
	}
	if serial == yes || engine == yes {
		mark := "serial"
		if serial != yes {
			mark = "engine_id"
		}
		if mac == yes || mac == unknown && engine != no {
			return Same, mark
		}
		return Twins, mark
	}
	switch {
	case mac == yes:
		return Same, "mac"
	case engine == no || mac == no:
		return Different, ""
	case sameName(a.Names, b.Names):
		return Same, "name"
	case slices.ContainsFunc(a.Addresses, func(x string) bool { return usableAddress(x) && slices.Contains(b.Addresses, x) }):
		return Same, "address"
	}
	return Different, ""
}

// answer is yes, no, or unknown when one side says nothing.
type answer int

const (
	unknown answer = iota
	yes
	no
)

func equal(a, b string) answer {
	switch {
	case a == "" || b == "":
		return unknown
	case strings.EqualFold(a, b):
		return yes
	}
	return no
}

func overlap(a, b []string) answer {
	known := [2]bool{}
	for _, x := range a {
		if appliance.SharedMAC(x) {
			continue
		}
		known[0] = true
		if slices.Contains(b, x) {
			return yes
		}
	}
	known[1] = slices.ContainsFunc(b, func(x string) bool { return !appliance.SharedMAC(x) })
	if known[0] && known[1] {
		return no
	}
	return unknown
}

// noSerial are what devices say that were never given one.
var noSerial = []string{"0", "none", "n/a", "na", "unknown", "not specified", "to be filled by o.e.m.", "default string", "system serial number", "default", "null", "empty", "xxxxxxxx", "123456789", "1234567890", "0123456789"}

// UsableSerial is "" for serial numbers that name nobody.
func UsableSerial(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 4 || slices.Contains(noSerial, strings.ToLower(s)) || strings.Trim(s, "0-. ") == "" {
		return ""
	}
	return s
}

// noName are names that devices come with.
var noName = []string{"localhost", "localhost.localdomain", "switch", "router", "printer", "linux", "debian", "ubuntu", "ups", "nas", "unknown", "default", "host", "server", "openwrt", "raspberrypi", "android", "iphone"}

func sameName(a, b []string) bool {
	for _, x := range a {
		if x = plainName(x); x == "" {
			continue
		}
		if slices.ContainsFunc(b, func(y string) bool { return plainName(y) == x }) {
			return true
		}
	}
	return false
}

// plainName is a name in lower case without its domain, "" when it names nobody.
func plainName(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), "."))
	if _, err := netip.ParseAddr(s); err == nil {
		return ""
	}
	s, _, _ = strings.Cut(s, ".")
	if len(s) < 3 || slices.Contains(noName, s) {
		return ""
	}
	return s
}

// usableAddress leaves out those that every machine has.
func usableAddress(s string) bool {
	a, err := netip.ParseAddr(s)
	return err != nil && s != "" || err == nil && !a.IsLoopback() && !a.IsUnspecified()
}
