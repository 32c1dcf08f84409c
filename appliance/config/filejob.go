package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/expect"
)

// FileJob is an entry of the section backup_jobs; its device and the sources of its origins are named.
type FileJob struct {
	At Position
	appliance.BackupJob
	Schedule    appliance.Schedule
	DeviceName  string
	SourceNames []string // of Origins, in their order; "" = runs of no source
}

// defaultGrace is how long the result of a job may take whose schedule names no grace.
const defaultGrace = 6 * time.Hour

func (p *reader) backupJob(n *node, path string) {
	before := len(p.problems)
	j := FileJob{At: n.at, BackupJob: appliance.BackupJob{Status: appliance.JobAccepted}, Schedule: appliance.Schedule{Grace: appliance.Duration(defaultGrace)}}
	var places []string
	p.mapping(n, path, fields{
		"name": p.text(&j.Name), "status": p.text((*string)(&j.Status)), "product": p.text(&j.Product), "device": p.text(&j.DeviceName),
		"data_set": p.text(&j.DataSet), "places": p.texts(&places), "restore_every": p.whole(&j.RestoreEvery),
		"schedule": p.schedule(&j.Schedule), "rules": p.jobRules(&j.Rules), "origins": p.list(func(n *node, path string) {
			var o appliance.RunOrigin
			var source string
			p.mapping(n, path, fields{"source": p.text(&source), "product": p.text(&o.Product), "job": p.text(&o.Job)})
			if n.kind == isMap && o.Product == "" {
				p.wrong(n, path, "needs the product as the runs name it, such as borg, veeam or push")
			}
			j.Origins, j.SourceNames = append(j.Origins, o), append(j.SourceNames, source)
		}),
	})
	if n.kind != isMap {
		return
	}
	for _, place := range places {
		j.Places = append(j.Places, appliance.CopyPlace(place))
	}
	p.rules(path, before, ValidateBackupJob(j.BackupJob))
	if e, ok := errors.AsType[*appliance.Error](expect.Validate(j.Schedule)); ok && len(p.problems) == before {
		p.rules(path+".schedule", before, []*appliance.Error{e})
	}
	p.file.Jobs = append(p.file.Jobs, j)
}

func (p *reader) schedule(to *appliance.Schedule) func(*node, string) {
	return func(n *node, path string) {
		p.mapping(n, path, fields{
			"kind": p.text((*string)(&to.Kind)), "at": p.timeOfDay(&to.At), "hours": p.whole(&to.Hours), "text": p.text(&to.Text),
			"grace": p.duration(&to.Grace), "skip_holidays": p.flag(&to.SkipHolidays), "days": p.list(func(n *node, path string) {
				day := slices.Index(weekKeys, n.text)
				if n.kind != isText || day < 0 {
					p.wrong(n, path, "must be one of %s", strings.Join(weekKeys, ", "))
				}
				to.Days = append(to.Days, time.Weekday(max(day, 0)))
			}),
		})
	}
}

// timeOfDay reads "22:30" as minutes since midnight.
func (p *reader) timeOfDay(to *int) func(*node, string) {
	return func(n *node, path string) {
		at, err := time.Parse("15:04", n.text)
		if n.kind != isText || err != nil || len(n.text) != len("15:04") {
			p.wrong(n, path, "%s", english("clock", nil))
			return
		}
		*to = at.Hour()*60 + at.Minute()
	}
}

func (p *reader) jobRules(to *appliance.JobRules) func(*node, string) {
	return func(n *node, path string) {
		p.mapping(n, path, fields{"failures": p.whole(&to.Failures), "older_than": p.whole(&to.OlderThan), "size": p.whole(&to.Size),
			"longer": p.whole(&to.Longer), "unchanged": p.whole(&to.Unchanged)})
	}
}

// exportJobs leaves out what is only proposed: nobody has declared that.
func (inv Inventory) exportJobs(n names) (out []FileJob) {
	for _, j := range inv.Jobs {
		if j.Status != appliance.JobProposed {
			out = append(out, exportJob(j, n))
		}
	}
	slices.SortFunc(out, func(a, b FileJob) int { return byName(a.Name, b.Name) })
	return out
}

func exportJob(j appliance.BackupJob, n names) FileJob {
	out := FileJob{BackupJob: j, Schedule: j.Plan(), DeviceName: n.devices[j.Device]}
	for _, o := range j.Origins {
		out.SourceNames = append(out.SourceNames, n.sources[o.Source])
	}
	return out
}

func (w *writer) backupJob(j FileJob) {
	w.line(0, "name: %s", quoted(j.Name))
	w.line(0, "status: %s", j.Status)
	w.word("product", j.Product)
	w.word("device", j.DeviceName)
	w.word("data_set", j.DataSet)
	w.words("places", each(j.Places, func(p appliance.CopyPlace) string { return string(p) }))
	if len(j.Origins) > 0 {
		w.line(0, "origins:")
	}
	for i, o := range j.Origins {
		w.item(func() {
			w.line(0, "product: %s", quoted(o.Product))
			w.word("source", j.SourceNames[i])
			w.word("job", o.Job)
		})
	}
	w.section("schedule", j.Schedule.Kind != appliance.ScheduleNone, func(w *writer) {
		s := j.Schedule
		w.line(0, "kind: %s", s.Kind)
		if slices.Contains([]appliance.ScheduleKind{appliance.ScheduleDaily, appliance.ScheduleWeekdays, appliance.ScheduleWeekly, appliance.ScheduleHourly}, s.Kind) {
			w.line(0, "at: %q", fmt.Sprintf("%02d:%02d", s.At/60, s.At%60))
		}
		w.words("days", each(s.Days, func(d time.Weekday) string { return weekKeys[d] }))
		w.whole("hours", s.Hours)
		w.word("text", s.Text)
		w.line(0, "grace: %s", s.Grace.String())
		w.flag("skip_holidays", s.SkipHolidays)
	})
	r := j.Rules
	w.section("rules", r != appliance.JobRules{}, func(w *writer) {
		w.whole("failures", r.Failures)
		w.whole("older_than", r.OlderThan)
		w.whole("size", r.Size)
		w.whole("longer", r.Longer)
		w.whole("unchanged", r.Unchanged)
	})
	w.whole("restore_every", j.RestoreEvery)
}

// backupJobs plans the changes of backup jobs. One that was only proposed becomes the declared one when its runs are the same.
func (p *planner) backupJobs() {
	for _, want := range p.f.Jobs {
		old, known := find(p.cur.Jobs, want.Name, func(j appliance.BackupJob) string { return j.Name })
		if !known {
			old = p.proposed(want)
		}
		want.DeviceName, want.SourceNames = spelled(p.names.devices, want.DeviceName), slices.Clone(want.SourceNames)
		for i, source := range want.SourceNames {
			want.SourceNames[i] = spelled(p.names.sources, source)
		}
		if known && len(want.Origins) == 0 { // found by its name, it keeps what runs belong to it
			kept := exportJob(old, p.names)
			want.Origins, want.SourceNames = kept.Origins, kept.SourceNames
		}
		j, declared := old, want.BackupJob
		j.Name, j.Status, j.Product, j.DataSet, j.Places, j.Rules, j.RestoreEvery = declared.Name, declared.Status, declared.Product, declared.DataSet, declared.Places, declared.Rules, declared.RestoreEvery
		j.Owner, j.Origins = p.f.Name, slices.Clone(want.Origins)
		j.Plans = nil
		if want.Schedule.Kind != appliance.ScheduleNone {
			j.Plans = []appliance.JobPlan{{Schedule: want.Schedule}}
		}
		before := ""
		if known {
			before = lined(exportJob(old, p.names), (*writer).backupJob)
		}
		owner := old.Owner
		if old.Status == appliance.JobProposed {
			owner = p.f.Name // nobody has declared it
		}
		p.put(want.At, "backup job", want.Name, owner, before, lined(want, (*writer).backupJob), !known, func(a *applier) error {
			return a.putJob(old, j, want)
		})
	}
}

// proposed is the proposal that has the runs of a declared job, the zero job when there is none.
func (p *planner) proposed(want FileJob) appliance.BackupJob {
	for _, j := range p.cur.Jobs {
		if j.Status != appliance.JobProposed {
			continue
		}
		for i, o := range want.Origins {
			if s, ok := find(p.cur.Sources, want.SourceNames[i], func(s appliance.Source) string { return s.Name }); ok {
				o.Source = s.ID
			}
			if j.Has(o) {
				return j
			}
		}
	}
	return appliance.BackupJob{}
}

func (a *applier) putJob(old, j appliance.BackupJob, want FileJob) error {
	j.Device = a.devices[strings.ToLower(want.DeviceName)]
	for i := range j.Origins {
		j.Origins[i].Source = a.sources[strings.ToLower(want.SourceNames[i])]
	}
	if j.ID == 0 {
		j.Created = a.now
	}
	if j.Status == appliance.JobAccepted && old.Status != appliance.JobAccepted {
		j.Accepted = a.now
	}
	j.Plans = expect.Planned(old, j, a.now)
	err := a.tx.PutBackupJob(&j)
	a.jobs[strings.ToLower(j.Name)] = j.ID
	return err
}
