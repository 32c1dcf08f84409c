package snmp

import (
	"bytes"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
)

// engine is what is known of a device's SNMPv3 engine (RFC 3414 2.3): its id, boots and time and the keys localized to
// it. It is kept from poll to poll, so that no poll begins with a discovery.
type engine struct {
	usm    *gosnmp.UsmSecurityParameters
	seen   time.Time // when boots and time were told
	proven bool      // the device has answered an authentic request
}

// newEngine begins with nothing known but the user.
func newEngine(s security) *engine {
	e := &engine{usm: &gosnmp.UsmSecurityParameters{
		UserName:               s.user,
		AuthenticationProtocol: s.auth, AuthenticationPassphrase: s.authPass,
		PrivacyProtocol: s.priv, PrivacyPassphrase: s.privPass,
	}}
	// The privacy salt must begin at random (RFC 3826 3.1.2.1), or two engines of one user would encrypt with the same
	// vectors. gosnmp draws it where it validates parameters; decoding nothing is the shortest way there.
	g := &gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: s.level, SecurityParameters: e.usm}
	_, _ = g.SnmpDecodePacket(nil)
	return e
}

// known says that a discovery has been answered.
func (e *engine) known() bool { return e.usm.AuthoritativeEngineID != "" }

// advance lets the engine's time go on by what has passed here, as RFC 3414 2.3 wants it; else a device that is polled
// every five minutes would refuse the first request of each poll (window of 150 s).
func (e *engine) advance(now time.Time) {
	if !e.known() {
		return
	}
	if passed := now.Sub(e.seen) / time.Second; passed > 0 {
		e.usm.AuthoritativeEngineTime += uint32(passed)
		e.seen = e.seen.Add(passed * time.Second)
	}
}

// forget goes back to discovery, when another engine answers at the address.
func (e *engine) forget() {
	e.usm.AuthoritativeEngineID, e.usm.AuthoritativeEngineBoots, e.usm.AuthoritativeEngineTime = "", 0, 0
	e.usm.SecretKey, e.usm.PrivacyKey = nil, nil
	e.proven = false
}

// usmStats begins the name of the counters an agent reports with (1.3.6.1.6.3.15.1.1.N.0), as it stands in the
// datagram: reports about wrong names and passwords come unauthenticated and unencrypted.
var usmStats = []byte{0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06, 0x03, 0x0f, 0x01, 0x01}

// reported finds the report in a datagram that gosnmp would not take because it is not authentic. It may be forged, so
// it only words the failure.
func reported(datagram []byte, user string) error {
	i := bytes.Index(datagram, usmStats)
	if i < 0 || i+len(usmStats) >= len(datagram) {
		return nil
	}
	switch datagram[i+len(usmStats)] {
	case 1:
		return deniedError{appliance.CauseV3Level, "the device does not offer this user the security level of the credential; check which authentication and privacy protocol it is set to"}
	case 2:
		return errEngine
	case 3:
		return deniedError{appliance.CauseV3User, fmt.Sprintf("the device does not know the SNMPv3 user %q", user)}
	case 4:
		return errEngine
	case 5:
		return deniedError{appliance.CauseV3Auth, "the device refuses the authentication: wrong password or wrong authentication protocol"}
	case 6:
		return deniedError{appliance.CauseV3Priv, "the device cannot decrypt: wrong privacy password or wrong privacy protocol"}
	}
	return nil
}
