// Package snmp reads devices over SNMPv1, v2c and v3 with few packets.
//
// It owns the way of asking: how many objects fit in a message, what to do with agents that choke, how long to wait,
// and what is remembered of a device from one poll to the next. The protocol itself is gosnmp's, behind the interface
// exchanger, so that a faster codec can come. What to ask and what an answer means is the business of package
// profile; judging is appliance/monitor's. It keeps nothing on disk. docs/snmp-reader.md explains it for operators.
package snmp
