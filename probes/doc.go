// Package probes asks the outside world: one function type, one map, one function per kind of check.
//
// It owns ping, tcp, http, nut and apcupsd and the frame around every probe: deadline, run log, recovery from panics. The snmp
// probe lives in probes/snmp and is handed in. A probe keeps nothing on disk, judges nothing (appliance/monitor)
// and never returns an error: what went wrong is a Reading with a Failure, because it is news about the device.
package probes
