// Package uplink brings what a site has to tell to its provider: an outbox whose numbers are never used twice, bounded by age and by
// size, and the loop that delivers it. Nothing is lost silently: what must be given up leaves the report of a gap in its place, and
// entries of the logbook are never given up.
//
// It keeps nothing itself; the store does, one step at a time, so that a kill at any moment loses and doubles nothing.
package uplink
