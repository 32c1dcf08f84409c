package jobs

import (
	"context"
	"time"
)

// Work is what the appliance has to be done regularly. A nil function leaves its row out.
type Work struct {
	Tick      func(context.Context) error // appliance/poll: take what is due
	Judge     func(context.Context) error // appliance/monitor: what time alone changes
	Flatten   func(context.Context) error // the store: join small tables when there are many
	Sessions  func(context.Context) error // access: forget sessions and throttles that have ended
	Retention func(context.Context) error // the store: thin and drop what is too old
	Backup    func(context.Context) error // the store: a verified backup beside the store
	Verify    func(context.Context) error // the store: read everything and compare checksums
}

// Household is the table of the appliance. Nightly rows keep off 02:00 to 03:00, which the clock leaves out or shows
// twice, and stand in the order in which they should see each other's work.
func Household(w Work) []Job {
	rows := []Job{
		{Name: "tick", Schedule: Every(time.Second), Func: w.Tick, Quiet: true},
		{Name: "judge", Schedule: Every(15 * time.Second), Func: w.Judge, Quiet: true},
		{Name: "flatten", Schedule: Every(time.Minute), Func: w.Flatten, Quiet: true},
		{Name: "sessions", Schedule: Every(time.Hour), Func: w.Sessions},
		{Name: "retention", Schedule: Daily(3, 10), Func: w.Retention},
		{Name: "backup", Schedule: Daily(3, 30), Func: w.Backup},
		{Name: "verify", Schedule: Daily(4, 10), Func: w.Verify},
	}
	var table []Job
	for _, j := range rows {
		if j.Func != nil {
			table = append(table, j)
		}
	}
	return table
}
