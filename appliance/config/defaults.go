package config

import (
	"time"

	"siteward/appliance"
)

// Default times of a check.
const (
	DefaultInterval    = appliance.Duration(time.Minute)
	DefaultPingTimeout = appliance.Duration(3 * time.Second)
	DefaultTimeout     = appliance.Duration(10 * time.Second)
	DefaultSNMPTimeout = appliance.Duration(30 * time.Second)
)

// DefaultChecks are what a new device gets when nobody says otherwise: a ping each minute and, with a credential, SNMP
// each minute (its Credential is for the caller to set). A service gets none, because only its page or its port says
// whether it is well, and many do not answer pings.
func DefaultChecks(kind appliance.Kind, hasCredential bool) []appliance.Check {
	var checks []appliance.Check
	if kind != appliance.KindService {
		checks = append(checks, NewCheck(appliance.ProbePing))
	}
	if hasCredential {
		c := NewCheck(appliance.ProbeSNMP)
		c.SNMP = &appliance.SNMPSettings{}
		checks = append(checks, c)
	}
	return checks
}

// NewCheck is a check with the default name and times of its probe and no settings.
func NewCheck(probe appliance.ProbeKind) appliance.Check {
	return appliance.Check{Name: string(probe), Probe: probe, Interval: DefaultInterval, Timeout: TimeoutOf(probe)}
}

// TimeoutOf is the default time-out of a probe.
func TimeoutOf(probe appliance.ProbeKind) appliance.Duration {
	switch probe {
	case appliance.ProbePing:
		return DefaultPingTimeout
	case appliance.ProbeSNMP:
		return DefaultSNMPTimeout
	}
	return DefaultTimeout
}
