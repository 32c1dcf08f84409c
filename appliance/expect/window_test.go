package expect

import (
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

func TestAMaintenanceWindowExcusesABackup(t *testing.T) {
	cal := calendar.New(calendar.Options{DayStart: calendar.Noon})
	day := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 0, 0, 0, time.UTC) }
	plans := []appliance.JobPlan{{Schedule: appliance.Schedule{Kind: appliance.ScheduleDaily, At: 120, Grace: appliance.Duration(2 * time.Hour)}}}
	windows := []appliance.WindowSpan{{From: day(20, 0), Until: day(20, 6)}}
	good := appliance.Run{ID: 1, Kind: appliance.RunBackup, Started: day(19, 2), Finished: day(19, 3), Status: appliance.RunSuccess}
	failed := appliance.Run{ID: 2, Kind: appliance.RunBackup, Started: day(20, 2), Finished: day(20, 3), Status: appliance.RunFailed}
	for _, tt := range []struct {
		name    string
		runs    []appliance.Run
		windows []appliance.WindowSpan
		want    appliance.State
		night   appliance.Verdict
	}{
		{"nothing came", []appliance.Run{good}, nil, appliance.StateNoData, appliance.VerdictNoResult},
		{"nothing came in the window", []appliance.Run{good}, windows, appliance.StateOK, appliance.VerdictWindow},
		{"it failed", []appliance.Run{good, failed}, nil, appliance.StateCritical, appliance.VerdictFailed},
		{"it failed in the window", []appliance.Run{good, failed}, windows, appliance.StateOK, appliance.VerdictWindow},
		{"it failed before the window", []appliance.Run{good, failed}, []appliance.WindowSpan{{From: day(20, 4), Until: day(20, 6)}}, appliance.StateCritical, appliance.VerdictFailed},
	} {
		v := Look(Input{Job: appliance.BackupJob{Status: appliance.JobAccepted, Accepted: day(18, 12), Plans: plans}, Calendar: cal, Runs: tt.runs, Windows: tt.windows, Now: day(20, 8), Heard: day(20, 8)})
		last := v.Standing.Night
		if v.State != tt.want && (tt.want != appliance.StateOK || v.State != appliance.StateWarning) || last != tt.night {
			t.Errorf("%s: %s (%s), the night %s", tt.name, v.State, v.Evidence.Why.English, last)
		}
	}
}
