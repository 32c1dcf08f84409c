// Package trap receives SNMP traps and informs of versions 1, 2c and 3 on one UDP socket, decides whether their senders are who
// they say, bounds storms with an exact count of what was left out, and answers informs once they are kept.
//
// It keeps nothing on disk and judges nothing: what a trap means, and what follows from it, is the daemon's and the profiles'.
// For informs this receiver is the authoritative SNMPv3 engine (RFC 3414 3.2, 4), for traps the sender is.
package trap
