// Package discover looks who is in a network: echoes to every address, the neighbour tables of this machine and of routers, DNS and
// mDNS, SNMP with the credentials it is given, and a few TCP ports. It sends at a bounded rate, tries credentials only within the
// ranges it is given and only on addresses that somebody stands at, and keeps nothing: what it saw are appliance.Sightings.
package discover
