// Package expect knows what should happen by when, and judges its absence: the times of a schedule by the clock on the wall,
// the verdict on each of them from the runs that were read, the standing of a backup job, and what is usual for it.
//
// It is pure: time is an argument, and nothing is kept. A standing is computed anew from runs and plans, so a failure stays a
// failure through every restart until a good run is read.
package expect
