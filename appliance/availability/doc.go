// Package availability works out how long something was up and down, from the changes of its checks in the journal. Time in
// maintenance, paused time and time of which nothing is known count neither way, and only service hours count at all.
//
// It keeps nothing and never asks a clock: docs/maintenance.md has the formula with an example.
package availability
