package demo

import (
	"context"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/store"
)

// backup is one job of the demo, and what happened to it, by days ago.
type backup struct {
	name, product      string
	schedule           appliance.Schedule
	places             []appliance.CopyPlace
	gigabytes, minutes int
	done               string // what its log says in the end
	missed, shrank     int    // days ago; 0 = never
	failed, warned     int
	tested             int // days ago of the last restore test
}

func nightly(hour, minute int) appliance.Schedule {
	return appliance.Schedule{Kind: appliance.ScheduleDaily, At: hour*60 + minute, Grace: appliance.Duration(3 * time.Hour)}
}

func weekdays(hour, minute int) appliance.Schedule {
	s := nightly(hour, minute)
	s.Kind = appliance.ScheduleWeekdays
	return s
}

// backups are the six jobs of the practice: one missed a night, one failed and was repeated, one shrank last night.
var backups = []backup{
	{name: "Praxisdatenbank", product: "postgres-dump", schedule: nightly(0, 30), places: []appliance.CopyPlace{appliance.CopyLocal, appliance.CopyOffsite}, gigabytes: 38, minutes: 12, done: "pg_dump: dump complete", tested: 41},
	{name: "Dateiserver", product: "borg", schedule: nightly(2, 0), places: []appliance.CopyPlace{appliance.CopyLocal}, gigabytes: 512, minutes: 47, done: "terminating with success status, rc 0", missed: 6, warned: 13},
	{name: "Mailarchiv", product: "restic", schedule: nightly(1, 30), places: []appliance.CopyPlace{appliance.CopyLocal, appliance.CopyOffsite}, gigabytes: 84, minutes: 21, done: "snapshot saved", tested: 230},
	{name: "Virtuelle Maschinen", product: "proxmox-vzdump", schedule: nightly(3, 0), places: []appliance.CopyPlace{appliance.CopyLocal, appliance.CopySecond}, gigabytes: 240, minutes: 63, done: "INFO: Backup job finished successfully", failed: 9},
	{name: "Röntgenbilder", product: "rsync", schedule: weekdays(22, 0), places: []appliance.CopyPlace{appliance.CopyLocal, appliance.CopyOffsite}, gigabytes: 730, minutes: 34, done: "total size is 730,112,400,112", shrank: 1},
	{name: "Einstellungen der Switche", product: "tar", schedule: weekdays(21, 0), gigabytes: 1, minutes: 1, done: "config.tar.gz written"},
}

// rememberBackups writes a month of runs and the jobs that a person accepted at its beginning, and one that is new.
func (d *Demo) rememberBackups(context.Context) error {
	site, err := d.Daemon.Store().Site()
	if err != nil {
		return err
	}
	cal, now := calendar.Of(site), time.Now()
	first := now.AddDate(0, 0, -d.o.Days)
	return d.Daemon.Store().Update(func(tx *store.Tx) error {
		for _, b := range backups {
			j := b.job(first)
			if err := tx.PutBackupJob(&j); err != nil {
				return fmt.Errorf("backup job %s: %w", b.name, err)
			}
			for _, r := range b.runs(cal, now, d.o.Days) {
				if _, err := tx.TakeRun(&r); err != nil {
					return err
				}
			}
		}
		return proposed(tx, cal, now)
	})
}

func (b backup) job(first time.Time) appliance.BackupJob {
	j := appliance.BackupJob{Name: b.name, Status: appliance.JobAccepted, Product: b.product, Origins: []appliance.RunOrigin{{Product: b.product, Job: b.name}}, Places: b.places,
		Plans: []appliance.JobPlan{{From: first, Schedule: b.schedule}}, RestoreEvery: 6, Created: first, Accepted: first}
	if b.tested > 0 {
		j.Restores = []appliance.RestoreTest{{At: time.Now().AddDate(0, 0, -b.tested), By: "technik", OK: true, Proof: "Stichprobe zurückgesichert und verglichen"}}
	}
	return j
}

// runs are the past of a job.
func (b backup) runs(cal *calendar.Calendar, now time.Time, days int) (out []appliance.Run) {
	today := calendar.DayOf(now.In(cal.Location()))
	for ago := days; ago >= 0; ago-- {
		day := today.Add(-ago)
		if b.schedule.Kind == appliance.ScheduleWeekdays && day.Weekend() || ago == b.missed && ago > 0 {
			continue
		}
		began := day.At(b.schedule.At, cal.Location()).Add(time.Duration(ago*7%11) * time.Second)
		r := b.run(began, ago)
		if r.Finished.After(now) {
			continue
		}
		if ago == b.failed && ago > 0 {
			bad := b.run(began, ago)
			bad.Status, bad.Bytes, bad.Message = appliance.RunFailed, nil, "ERROR: Backup of VM 104 failed - no space left on device"
			bad.Evidence.Line = bad.Message
			out = append(out, bad)
			r = b.run(began.Add(7*time.Hour), ago)
		}
		out = append(out, r)
	}
	return out
}

func (b backup) run(began time.Time, ago int) appliance.Run {
	size := int64(b.gigabytes)*1e9 + int64(ago%6)*int64(b.gigabytes)*3e6
	if ago == b.shrank && ago > 0 {
		size = size * 3 / 100
	}
	r := appliance.Run{Product: b.product, Job: b.name, Status: appliance.RunSuccess, Started: began, Finished: began.Add(time.Duration(b.minutes)*time.Minute + time.Duration(ago*13%240)*time.Second),
		Bytes: &size, BytesKind: "source", Message: b.done, Evidence: appliance.RunEvidence{Name: "/var/log/" + b.product + ".log", Offset: int64(1000-ago) * 480, Length: 470, Line: b.done}}
	r.Read = r.Finished.Add(5 * time.Minute)
	if ago == b.warned && ago > 0 {
		r.Status, r.Message = appliance.RunWarning, "3 files could not be read, backup created with warnings"
		r.Evidence.Line = r.Message
	}
	return r
}

// proposed is a job that nobody has looked at yet.
func proposed(tx *store.Tx, cal *calendar.Calendar, now time.Time) error {
	b := backup{name: "Buchhaltung", product: "duplicati", schedule: weekdays(20, 30), gigabytes: 6, minutes: 4, done: "Completed: Success"}
	j := b.job(now)
	j.Status, j.Plans, j.Accepted = appliance.JobProposed, nil, time.Time{}
	if err := tx.PutBackupJob(&j); err != nil {
		return err
	}
	for _, r := range b.runs(cal, now, 12) {
		if _, err := tx.TakeRun(&r); err != nil {
			return err
		}
	}
	return nil
}
