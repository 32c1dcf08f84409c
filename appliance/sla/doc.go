// Package sla counts time against promises: when service hours are open, how much of a target is used, when it is due, and
// the working of it line by line. It keeps nothing and never asks a clock.
//
// Service hours are what a clock on the wall shows. In the night in which an hour is left out it does not count, in the night
// that has an hour twice it counts twice. A clock counts whole minutes: it starts with the minute in which it is started, and
// the minute in which it stops does not count. docs/service-levels.md shows the arithmetic with examples.
package sla
