package daemon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/expect"
	"siteward/appliance/store"
)

// backups are the jobs with the runs of the last two months, in memory: every page looks at them, and they are judged every
// minute. Slices in it are never changed in place.
type backups struct {
	mu       sync.Mutex
	jobs     []appliance.BackupJob // by name
	runs     map[appliance.ID][]appliance.Run
	verdicts map[appliance.ID]expect.Verdict
	loaded   time.Time
	looking  sync.Mutex // one look at a time
}

func (b *backups) job(id appliance.ID) (appliance.BackupJob, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.jobs, func(j appliance.BackupJob) bool { return j.ID == id })
	if i < 0 {
		return appliance.BackupJob{}, false
	}
	return b.jobs[i], true
}

func (b *backups) get() ([]appliance.BackupJob, map[appliance.ID][]appliance.Run, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.jobs, b.runs, b.loaded
}

// recallBackups reads jobs and their runs into memory.
func (d *Daemon) recallBackups() error {
	now := d.now()
	jobs, err := d.store.BackupJobs()
	if err != nil {
		return fmt.Errorf("read the backup jobs: %w", err)
	}
	slices.SortFunc(jobs, func(x, y appliance.BackupJob) int {
		return cmp.Or(cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), cmp.Compare(x.ID, y.ID))
	})
	runs := make(map[appliance.ID][]appliance.Run, len(jobs))
	for _, j := range jobs {
		if runs[j.ID], err = d.store.RunsOf(j.Origins, now.Add(-expect.Memory), time.Time{}); err != nil {
			return fmt.Errorf("read the runs of a backup job: %w", err)
		}
	}
	d.backups.mu.Lock()
	d.backups.jobs, d.backups.runs, d.backups.loaded = jobs, runs, now
	d.backups.verdicts = nil
	d.backups.mu.Unlock()
	return nil
}

// backupsChanged takes new runs or edited jobs into account at once.
func (d *Daemon) backupsChanged() {
	err := d.recallBackups()
	if err == nil {
		err = d.lookAtBackups()
	}
	if err != nil {
		d.log.Error("the backup jobs could not be judged", "err", err)
	}
	d.live.generation.Add(1)
	d.changes.publish(appliance.Change{Config: true})
}

// lookAtBackups judges every job as it stands now, and settles the states that follow.
func (d *Daemon) lookAtBackups() error {
	d.backups.looking.Lock()
	defer d.backups.looking.Unlock()
	now := d.now()
	if !sane(now) {
		return nil
	}
	jobs, runs, loaded := d.backups.get()
	if now.Sub(loaded).Abs() > 24*time.Hour { // runs that are older than two months leave
		if err := d.recallBackups(); err != nil {
			return err
		}
		jobs, runs, _ = d.backups.get()
	}
	cal := d.calendar()
	verdicts := make(map[appliance.ID]expect.Verdict, len(jobs))
	var list []expectation
	wanted := map[string]bool{}
	for _, j := range jobs {
		v := expect.Look(expect.Input{Job: j, Calendar: cal, Runs: runs[j.ID], Windows: d.windowsOfJob(j), Now: now, Heard: d.heard(j, now)})
		verdicts[j.ID] = v
		if j.Status != appliance.JobAccepted {
			continue
		}
		e := expectation{Item: "backup/" + j.ID.String(), Device: d.standingDevice(j.Device), Label: j.Name, State: v.State, Evidence: v.Evidence}
		list, wanted[e.Item] = append(list, e), true
		if state, evidence, ok := expect.Restore(j, now); ok {
			e.Item, e.State, e.Evidence = "restore/"+j.ID.String(), state, evidence
			list, wanted[e.Item] = append(list, e), true
		}
	}
	d.backups.mu.Lock()
	d.backups.verdicts = verdicts
	d.backups.mu.Unlock()
	var gone []string
	for _, r := range d.live.statesOf(0) {
		if family, _, _ := strings.Cut(r.Item, "/"); (family == "backup" || family == "restore") && !wanted[r.Item] {
			gone = append(gone, r.Item)
		}
	}
	return d.expect(list, gone...)
}

// standingDevice is the device if there still is one.
func (d *Daemon) standingDevice(id appliance.ID) appliance.ID {
	if _, ok := d.live.device(id); !ok {
		return 0
	}
	return id
}

// calendar is the site's.
func (d *Daemon) calendar() *calendar.Calendar {
	s, err := d.Site(context.Background())
	if err != nil {
		return calendar.New(calendar.Options{DayStart: calendar.Noon})
	}
	return calendar.Of(s)
}

// lateComers is how long after our start a mail or a push of the time in which we were off may still come: senders try again.
const lateComers = 30 * time.Minute

// heard is until when the log of a job is known to have been read. What comes by itself is heard while we run.
func (d *Daemon) heard(j appliance.BackupJob, now time.Time) (heard time.Time) {
	for _, o := range j.Origins {
		at := now
		if s, err := d.store.Source(o.Source); err == nil {
			switch status, err := d.store.SourceStatus(s.ID); {
			case err != nil:
			case !s.Kind.Comes():
				at = status.Read
			case now.Sub(d.about.Started) < lateComers && status.Read.Before(d.about.Started):
				at = status.Read
			}
		}
		heard = later(heard, at)
	}
	if len(j.Origins) == 0 {
		return now
	}
	return heard
}

// BackupJobs is App.BackupJobs.
func (d *Daemon) BackupJobs(context.Context) ([]appliance.BackupJobView, error) {
	d.backups.mu.Lock()
	jobs, verdicts := d.backups.jobs, d.backups.verdicts
	d.backups.mu.Unlock()
	if verdicts == nil && len(jobs) > 0 {
		if err := d.lookAtBackups(); err != nil {
			return nil, err
		}
		d.backups.mu.Lock()
		verdicts = d.backups.verdicts
		d.backups.mu.Unlock()
	}
	states := d.live.statesOf(0)
	out := make([]appliance.BackupJobView, 0, len(jobs))
	for _, j := range jobs {
		v := appliance.BackupJobView{BackupJob: j, Standing: verdicts[j.ID].Standing}
		for i := range states {
			switch states[i].Item {
			case "backup/" + j.ID.String():
				v.State = &states[i]
			case "restore/" + j.ID.String():
				v.Restore = &states[i]
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// BackupJob is App.BackupJob.
func (d *Daemon) BackupJob(ctx context.Context, id appliance.ID) (appliance.BackupJobView, error) {
	all, err := d.BackupJobs(ctx)
	if err != nil {
		return appliance.BackupJobView{}, err
	}
	i := slices.IndexFunc(all, func(v appliance.BackupJobView) bool { return v.ID == id })
	if i < 0 {
		return appliance.BackupJobView{}, appliance.ErrNotFound
	}
	return all[i], nil
}

// BackupDays is App.BackupDays.
func (d *Daemon) BackupDays(_ context.Context, from, to time.Time) ([]appliance.JobDays, error) {
	d.backups.mu.Lock()
	jobs := d.backups.jobs
	d.backups.mu.Unlock()
	cal, now := d.calendar(), d.now()
	first, last := cal.DayOf(from), cal.DayOf(to)
	if last.Sub(first) > 400 {
		first = last.Add(-400)
	}
	var out []appliance.JobDays
	for _, j := range jobs {
		if j.Status != appliance.JobAccepted {
			continue
		}
		runs, err := d.store.RunsOf(j.Origins, cal.Start(first).Add(-2*24*time.Hour), cal.End(last).Add(10*24*time.Hour))
		if err != nil {
			return nil, err
		}
		heard := d.heard(j, now)
		runs = expect.Settle(expect.Answers(runs), heard)
		end := cal.End(last)
		if now.Before(end) {
			end = now
		}
		outcomes := expect.Outcomes(j.Plans, cal, runs, d.windowsOfJob(j), cal.Start(first), end, now, heard)
		out = append(out, appliance.JobDays{Job: j.ID, Days: expect.Days(outcomes, cal, runs, first, last)})
	}
	return out, nil
}

// maxJobs bounds what logs can propose: a log that invents a name for each run must not fill the store.
const maxJobs = 1000

// learnJobs proposes the jobs of runs that belong to none.
func (d *Daemon) learnJobs(tx *store.Tx, runs []appliance.Run) error {
	runs = slices.DeleteFunc(runs, func(r appliance.Run) bool { return r.Kind != appliance.RunBackup && r.Kind != appliance.RunCopy })
	if len(runs) == 0 {
		return nil
	}
	jobs, err := tx.BackupJobs()
	if err != nil {
		return err
	}
	for _, r := range runs {
		o := r.Origin()
		if slices.ContainsFunc(jobs, func(j appliance.BackupJob) bool { return j.Has(o) }) {
			continue
		}
		if i := sameScript(tx, jobs, o); i >= 0 {
			jobs[i].Origins = append(jobs[i].Origins, o)
			if jobs[i].Product == pushProduct {
				jobs[i].Product = o.Product
			}
			if err := tx.PutBackupJob(&jobs[i]); err != nil {
				return err
			}
			continue
		}
		if len(jobs) >= maxJobs {
			d.log.Warn("too many backup jobs; this one is not proposed", "job", r.Job, "product", r.Product)
			continue
		}
		j := appliance.BackupJob{Status: appliance.JobProposed, Product: r.Product, Origins: []appliance.RunOrigin{o}, RestoreEvery: 12, Created: d.now()}
		name := r.Job
		if s, err := tx.Source(o.Source); err == nil {
			j.Device, name = s.Device, cmp.Or(name, s.Name)
		}
		j.Name = freeJobName(cmp.Or(name, r.Product), jobs)
		if err := tx.PutBackupJob(&j); err != nil {
			return err
		}
		jobs = append(jobs, j)
	}
	return nil
}

// pushProduct is the product of a run of a script whose log says none, or that sent no log.
const pushProduct = "push"

// sameScript finds the job of a script that pushes: it is one job, whatever its log was recognised as. Else one that fails before its
// backup program begins would fail as a job that nobody watches.
func sameScript(tx *store.Tx, jobs []appliance.BackupJob, o appliance.RunOrigin) int {
	s, err := tx.Source(o.Source)
	if err != nil || s.Kind != appliance.SourcePush || o.Job != s.Name {
		return -1
	}
	return slices.IndexFunc(jobs, func(j appliance.BackupJob) bool {
		return slices.ContainsFunc(j.Origins, func(x appliance.RunOrigin) bool { return x.Source == o.Source && x.Job == o.Job })
	})
}

// freeJobName makes a name of a log's words that no other job has.
func freeJobName(name string, jobs []appliance.BackupJob) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, " ")))
	if runes := []rune(name); len(runes) > 90 {
		name = strings.TrimSpace(string(runes[:90]))
	}
	name = cmp.Or(name, "backup")
	for try, n := name, 2; ; try, n = fmt.Sprintf("%s %d", name, n), n+1 {
		if !slices.ContainsFunc(jobs, func(j appliance.BackupJob) bool { return strings.EqualFold(j.Name, try) }) {
			return try
		}
	}
}
