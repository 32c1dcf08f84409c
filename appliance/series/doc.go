// Package series turns samples into compressed chunks and back, counters into rates, and long stretches into what a
// chart can show.
//
// A sample stands in a slot: the whole number of steps since 1970 that its poll was due in. Slots are the
// timestamps, so a chunk holds none. Everything here is pure: no disk (that is package store), no clock.
package series
