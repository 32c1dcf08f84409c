// Package window thinks about maintenance windows: when they take place, whether what was entered can be kept, which step
// follows which, how much notice an announcement gives, and what stands in the calendar file that goes with it.
//
// It keeps nothing and never asks a clock. Times of a window are by the clock on the wall of the site: a window from
// midnight to six is that also in the night in which the clocks change, and then an hour shorter or longer.
package window
