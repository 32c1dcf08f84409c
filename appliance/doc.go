// Package appliance holds the words of Siteward: what a site, a device, a check, a reading, a state and an event are.
//
// It imports the standard library only and everything else points at it. It keeps nothing on disk (that is
// appliance/store), asks nobody (probes) and decides nothing (appliance/monitor).
package appliance
