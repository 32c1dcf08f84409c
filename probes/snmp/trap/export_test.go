package trap

import (
	"encoding/binary"
	"net/netip"
	"time"

	"siteward/appliance"
)

// Storm sends n messages of one known sender through a limiter at once, and gives how many are refused.
func Storm(now time.Time, from netip.Addr, n int) (refused int) {
	var l limiter
	for range n {
		if l.allow(from, true, now) != "" {
			refused++
		}
	}
	return refused
}

// AfterStorm is what becomes of another sender's message after a storm.
func AfterStorm(now time.Time, storm, other netip.Addr, known bool) appliance.TrapRefusal {
	var l limiter
	for range 100_000 {
		l.allow(storm, true, now)
	}
	return l.allow(other, known, now)
}

// AfterInvention is what becomes of a known sender's message after somebody has invented 100,000 senders.
func AfterInvention(now time.Time, known netip.Addr) appliance.TrapRefusal {
	var l limiter
	for i := range uint32(100_000) {
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], 0x0a000000+i)
		l.allow(netip.AddrFrom4(a), false, now)
	}
	return l.allow(known, true, now)
}

// Read is what a receiver makes of one datagram.
func Read(o Options, datagram []byte) (Message, []byte, bool) {
	r := New(nil, o)
	return r.read(datagram, netip.MustParseAddrPort("192.0.2.1:50000"), time.Now())
}

// ParseHeader says whether the outside of a datagram is one of SNMP.
func ParseHeader(b []byte) bool { _, err := parseHeader(b); return err == nil }
