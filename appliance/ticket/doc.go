// Package ticket is how tickets work: what follows from a report by contract, what may be done with a ticket and what that does to
// its clocks, how minutes are booked on contingents, which work recurs, and which files are taken. It is pure; the daemon keeps
// tickets and tells people.
package ticket
