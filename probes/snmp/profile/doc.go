// Package profile knows what to ask a device over SNMP and what its answers mean. That knowledge is data: one YAML file
// a family of devices (docs/profiles.md), shipped in embed/profiles and added to by users in a folder of their own.
//
// The way of a device: Load gives the Set of all profiles; Identify finds those that fit the device; Discover walks the
// tables they name and makes a Plan of exact instances; from then on the reader GETs Plan.Hot each run and Plan.Cold
// now and then, and Interpret turns the answers into a Reading without asking anything.
//
// The package asks only through mib.Asker, keeps nothing on disk, and judges nothing beyond the severity that a MIB
// gives its own words: limits and states are appliance/monitor's.
package profile
