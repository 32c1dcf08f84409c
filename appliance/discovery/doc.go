// Package discovery thinks about what a search has found: which ranges may be searched, which sightings are one device, which
// devices are known already, and what to propose to a person. It asks nobody, keeps nothing and needs no clock; the asking is
// probes/discover's, remembering and deciding the daemon's.
package discovery
