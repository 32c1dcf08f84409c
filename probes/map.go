package probes

import (
	"log/slog"

	"siteward/appliance"
)

// New builds the map. Every function in it is guarded.
func New(o Options) Map {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	m := Map{
		appliance.ProbePing: Guard(NewPing(o.Pings), o.Logger),
		appliance.ProbeTCP:  Guard(TCP, o.Logger),
		appliance.ProbeHTTP: Guard(HTTP, o.Logger),

		appliance.ProbeNUT:     Guard(NUT, o.Logger),
		appliance.ProbeApcupsd: Guard(Apcupsd, o.Logger),
	}
	if o.SNMP != nil {
		m[appliance.ProbeSNMP] = Guard(o.SNMP, o.Logger)
	}
	return m
}
