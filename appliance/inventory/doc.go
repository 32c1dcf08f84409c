// Package inventory compares what a device is made of with what it was made of, and tells what changed as events for the
// journal. It is pure: time is an argument, nothing is kept.
//
// Its first rule is to tell no change that was none. A reading that lacks something proves nothing: agents restart, tables
// are built slowly, runs end early. So a thing counts as gone only when Patience complete readings in a row lacked it, and
// a first reading tells nothing at all.
package inventory
