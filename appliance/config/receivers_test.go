package config

import (
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
)

func TestReceiversOfASiteFile(t *testing.T) {
	s := &shelf{}
	text := "siteward: 1\nsite: {name: Praxis, language: de, time_zone: Europe/Berlin, receivers_off: [mail, syslog_udp]}\n"
	apply(t, s, text)
	if off := s.inv.Site.ReceiversOff; !slices.Equal(off, []appliance.Receiver{appliance.ReceiverMail, appliance.ReceiverSyslogUDP}) {
		t.Fatalf("off: %v", off)
	}
	if changes := apply(t, s, string(Format(s.inv.Export()))); len(changes) != 0 {
		t.Errorf("its export changes: %s", changes)
	}
	apply(t, s, "siteward: 1\nsite: {hotline: \"1\"}\n")
	if len(s.inv.Site.ReceiversOff) != 2 {
		t.Error("a file that says nothing of receivers switched some")
	}
	apply(t, s, "siteward: 1\ntake_over: true\nsite: {receivers_off: []}\n")
	if len(s.inv.Site.ReceiversOff) != 0 {
		t.Errorf("still off: %v", s.inv.Site.ReceiversOff)
	}
	if _, err := Parse(strings.NewReader("siteward: 1\nsite: {receivers_off: [fax]}\n"), "site.yaml"); err == nil || !strings.Contains(err.Error(), "fax") {
		t.Errorf("a receiver that there is not: %v", err)
	}
}
