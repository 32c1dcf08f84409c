// Package jobs runs the table of housekeeping: {name, schedule, function}, on gocron.
//
// It owns when a row is due, that a daily row runs once a calendar day (whatever restarts, daylight saving and a clock
// that is set do), that a row never runs beside itself, and that a panic is a failed run and not the end. It keeps the
// last run of each row through a Recorder. What the rows do is handed in; Household names the appliance's own.
//
// gocron's timers only say "look now": a row looks at its last run and the calendar to see whether it is due. gocron's
// own daily schedule skipped or doubled days at daylight saving changes (go-co-op/gocron issue 911), knows nothing of
// runs before a restart, and its timers stand still while the machine is suspended.
package jobs
