package appliance

import (
	"strings"
	"time"
)

// Sighting is what one address of the network told when it was asked, and what others told of it.
type Sighting struct {
	Address  string        `json:"address"`
	MACs     []string      `json:"macs,omitempty"`  // "00:1b:2c:3d:4e:5f"; of its own tables all, of neighbours' tables one
	Names    []string      `json:"names,omitempty"` // DNS and mDNS, the surest first
	EngineID string        `json:"engine_id,omitempty"`
	Services []string      `json:"services,omitempty"` // DNS-SD types: "_ipp._tcp"
	Model    string        `json:"model,omitempty"`    // as its mDNS record says
	Ports    []int         `json:"ports,omitempty"`    // TCP ports that took a connection
	RTT      time.Duration `json:"rtt,omitempty"`      // of the ping, 0 when it was not answered

	Credential ID        `json:"credential,omitempty"` // that it answers over SNMP
	Identity   *Identity `json:"identity,omitempty"`   // as it told over SNMP
	Addresses  []string  `json:"addresses,omitempty"`  // further ones of its own (ipAdEntAddr)

	Why []Message `json:"why,omitempty"` // the evidence in sentences, in the order it came
}

// Marks are by what a device is recognised again when its address has changed.
type Marks struct {
	Serial    string   `json:"serial,omitempty"`
	EngineID  string   `json:"engine_id,omitempty"` // snmpEngineID, hexadecimal
	MACs      []string `json:"macs,omitempty"`
	Names     []string `json:"names,omitempty"`
	Addresses []string `json:"addresses,omitempty"`
}

// Marks of a sighting.
func (s Sighting) Marks() Marks {
	m := Marks{EngineID: s.EngineID, MACs: s.MACs, Names: s.Names, Addresses: append([]string{s.Address}, s.Addresses...)}
	if s.Identity != nil {
		m.Serial = s.Identity.Serial
		if s.Identity.SysName != "" {
			m.Names = append([]string{s.Identity.SysName}, m.Names...)
		}
	}
	return m
}

// Said reports whether a sentence of this kind is among the evidence already.
func (s Sighting) Said(key string) bool {
	for _, m := range s.Why {
		if m.Key == key {
			return true
		}
	}
	return false
}

// SharedMAC says of a hardware address that several devices may have it, so that it names none of them: virtual routers (RFC 5798,
// HSRP, CARP share the first), what software makes up inside one machine (docker0, virbr0), broadcast, multicast, nothing.
func SharedMAC(mac string) bool {
	if len(mac) != 17 || mac == "00:00:00:00:00:00" || strings.ContainsRune("13579bdf", rune(mac[1])) {
		return true
	}
	for _, prefix := range []string{"00:00:5e:00:0", "00:00:0c:07:ac:", "00:05:73:a0:", "02:42:", "52:54:00:12:34:56"} {
		if strings.HasPrefix(mac, prefix) {
			return true
		}
	}
	return false
}
