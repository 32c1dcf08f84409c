package trap_test

import (
	"net/netip"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/trap"
)

// FuzzRead sends anything to the receiver: it never panics, and answers nobody with more than he sent, so that it is no amplifier
// (an SNMPv3 report to a short probe is the one exception, and stays small).
func FuzzRead(f *testing.F) {
	f.Add(coldStart)
	f.Add([]byte{0x30, 0x26, 2, 1, 0, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c', 0xa4, 0x19, 6, 5, 0x2b, 6, 1, 4, 1, 0x40, 4, 192, 0, 2, 1, 2, 1, 6, 2, 1, 5, 0x43, 1, 9, 0x30, 0})
	f.Add([]byte{0x30, 0x3e, 2, 1, 3, 0x30, 0x11, 2, 4, 1, 2, 3, 4, 2, 3, 0, 0xff, 0xe3, 4, 1, 4, 2, 1, 3, 4, 0x10, 0x30, 0x0e, 4, 0, 2, 1, 0, 2, 1, 0, 4, 0, 4, 0, 4, 0,
		0x30, 0x14, 4, 0, 4, 0, 0xa0, 0x0e, 2, 4, 1, 2, 3, 5, 2, 1, 0, 2, 1, 0, 0x30, 0})
	o := trap.Options{EngineID: engineID, Boots: 1, Now: time.Now, Credentials: func() []appliance.Credential { return credentials },
		Known: func(netip.Addr) bool { return true }}
	f.Fuzz(func(t *testing.T, b []byte) {
		size := len(b)
		_, reply, _ := trap.Read(o, b)
		if len(reply) > max(2*size, 160) {
			t.Errorf("%d octets answered with %d", size, len(reply))
		}
	})
}
