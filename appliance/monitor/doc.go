// Package monitor judges: readings go in, states and events come out.
//
// It owns the limits and their defaults, how many readings in a row confirm a change, hysteresis, what is unreachable
// because of something else, when silence becomes No data, and what a pause and an acknowledgement do to a state. It
// keeps nothing on disk and asks nobody: time, the reading before and the state of the parents are arguments, so that
// every verdict can be worked out again from what is stored. docs/monitor.md has the rules in prose.
package monitor
