package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

var portRoles = []appliance.PortRole{appliance.PortImportant, appliance.PortUplink}

// ValidateDevice says what cannot be right about a device by itself. Whether its name is free and its parents exist is
// for the store to say. Fields: name, kind, place, address, purpose, parents, ports[NAME].
func ValidateDevice(d appliance.Device) []*appliance.Error {
	var p problems
	p.name(d.Name)
	choice(&p, "kind", d.Kind, appliance.Kinds)
	p.word("place", d.Place, maxName)
	p.word("purpose", d.Purpose, maxPurpose)
	if d.Address != "" || d.Kind != appliance.KindService { // a web page has its address in the check
		p.address("address", d.Address)
	}
	p.parents(d)
	p.ports(d.Ports)
	return p
}

// hostName is RFC 1123 with the underscore that Windows and DNS services allow.
var hostName = lazyregexp.New(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?$`)

// digitsOnly looks like an IPv4 address that went wrong: 192.168.1.300, 10.0.0
var digitsOnly = lazyregexp.New(`^[0-9.]+$`)

func (p *problems) address(field, value string) {
	if ip, err := netip.ParseAddr(value); err == nil {
		p.must(!ip.IsUnspecified() && !ip.IsMulticast() && value != "255.255.255.255", field, "address_unusable", "value", value)
		return
	}
	_, errPort := netip.ParseAddrPort(value)
	_, errNet := netip.ParsePrefix(value)
	host, port, hasColon := strings.Cut(value, ":")
	switch {
	case value == "":
		p.add(field, "empty")
	case strings.Contains(value, "://"):
		p.add(field, "address_url")
	case errNet == nil:
		p.add(field, "address_mask")
	case errPort == nil || hasColon && hostName.MatchString(host) && digitsOnly.MatchString(port):
		p.add(field, "address_port")
	case len(value) > 253 || digitsOnly.MatchString(value) || !hostName.MatchString(value):
		p.add(field, "address_malformed", "value", clip(value))
	}
}

func (p *problems) parents(d appliance.Device) {
	p.must(len(d.Parents) <= 10, "parents", "too_many", "max", 10)
	for i, id := range d.Parents {
		p.must(id != d.ID || id == 0, "parents", "parent_self")
		p.must(!slices.Contains(d.Parents[:i], id) || id == 0, "parents", "duplicate", "value", id)
	}
}

func (p *problems) ports(ports map[string]appliance.PortRole) {
	p.must(len(ports) <= 1000, "ports", "too_many", "max", 1000)
	names := make([]string, 0, len(ports))
	for name := range ports {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field := fmt.Sprintf("ports[%s]", clip(name))
		if p.must(name != "", field, "empty") {
			p.word(field, name, maxWord)
		}
		p.must(contains(portRoles, ports[name]), field, "port_role", "value", clip(string(ports[name])))
	}
}

// clip keeps a wrong value short in a sentence.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
