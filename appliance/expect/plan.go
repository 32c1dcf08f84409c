package expect

import (
	"slices"
	"time"

	"siteward/appliance"
)

// maxPlans is how many past expectations of a job are kept.
const maxPlans = 20

// Planned are the plans of a job after a change: what was expected stays in the past, the new expectation begins now.
func Planned(old, j appliance.BackupJob, now time.Time) []appliance.JobPlan {
	plans := slices.Clone(old.Plans)
	if old.Status != appliance.JobAccepted {
		plans = nil // nothing was expected yet
	}
	if j.Status != appliance.JobAccepted {
		return append(plans[:0:0], j.Plans...)
	}
	if len(plans) > 0 && sameSchedule(plans[len(plans)-1].Schedule, j.Plan()) {
		return plans
	}
	if len(plans) > 0 && now.Sub(plans[len(plans)-1].From) < time.Hour { // a slip of the pen is no history
		plans[len(plans)-1].Schedule = j.Plan()
		return plans
	}
	plans = append(plans, appliance.JobPlan{From: now, Schedule: j.Plan()})
	return plans[max(0, len(plans)-maxPlans):]
}

func sameSchedule(a, b appliance.Schedule) bool {
	return a.Kind == b.Kind && a.At == b.At && slices.Equal(a.Days, b.Days) && a.Hours == b.Hours && a.Text == b.Text &&
		a.Grace == b.Grace && a.SkipHolidays == b.SkipHolidays
}
