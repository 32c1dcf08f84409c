// Package poll runs checks when they are due: from a heap of due times to a fixed pool of workers.
//
// It owns the slots (when a check is due, spread over its interval and the same after each restart), who may run
// beside whom, and the watch over the clock: what the appliance itself missed because it was suspended, stood still or
// had its clock set is told as a pause and is never caught up in a storm. It keeps nothing on disk, knows no probe, and
// has no timer of its own: Tick is called about every second (a row of appliance/jobs).
package poll
