package daemon_test

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/message"
	"siteward/appliance/ticket"
	"siteward/central"
)

// arrived are the events of a type that the provider has, the newest first.
func arrived[T any, P interface {
	*T
	message.Data
}](t *testing.T, f *fleet) (out []P) {
	t.Helper()
	var kind P = new(T)
	list, err := f.place.store.Events(t.Context(), central.EventFilter{Site: "site-one", Types: []string{kind.Type()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		var v P = new(T)
		if err := message.Read(message.Event{Type: e.Type, Data: e.Data}, v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// TestWhatNobodyWroteIsToldWithoutALanguage: why a backup was none, a night in which none came, and the title of work that recurs.
func TestWhatNobodyWroteIsToldWithoutALanguage(t *testing.T) {
	f, c := newFleet(t), &clock{}
	c.set(night(7).Add(6 * time.Hour))
	d := opened(t, t.TempDir(), func(o *daemon.Options) { o.Now = c.now })
	defer func() { _ = d.Close() }()
	f.connect(t, d)
	var runs []appliance.Run
	for i := range 8 {
		runs = append(runs, backupRun("files", night(i), appliance.RunSuccess))
	}
	take := func(runs ...appliance.Run) {
		t.Helper()
		if _, err := daemon.TakeRuns(d, 0, runs, nil); err != nil {
			t.Fatal(err)
		}
	}
	take(runs...)
	jobs, err := d.BackupJobs(t.Context())
	if err != nil || len(jobs) != 1 {
		t.Fatal(err, jobs)
	}
	j := jobs[0].BackupJob
	j.Status, j.Plans = appliance.JobAccepted, []appliance.JobPlan{{Schedule: jobs[0].Standing.Usual}}
	if err := d.SaveBackupJob(t.Context(), admin, &j); err != nil {
		t.Fatal(err)
	}
	if _, err := d.OpenTicket(t.Context(), admin, ticket.Recurring(appliance.RecurBattery), "", nil); err != nil {
		t.Fatal(err)
	}
	report(t, d)
	if v := arrived[message.Ticket](t, f); len(v) != 1 || v[0].Title != "Battery check" || v[0].Words == nil || v[0].Words.Key != "ticket.recurs_battery" {
		t.Errorf("work that recurs: %+v", v)
	}
	before := len(arrived[message.Backup](t, f))
	look := func(at time.Time, want string, wantKey string) {
		t.Helper()
		c.set(at)
		if err := daemon.LookAtBackups(d); err != nil {
			t.Fatal(err)
		}
		report(t, d)
		all := arrived[message.Backup](t, f)
		if len(all) != before+1 {
			t.Fatalf("%s: %d events more", at, len(all)-before)
		}
		before = len(all)
		if v := all[0]; v.Verdict != want || v.Words == nil || v.Words.Key != wantKey || v.Why == "" || v.Name != "files" {
			t.Errorf("%s: %+v %+v", at, v, v.Words)
		}
	}
	look(night(8).Add(6*time.Hour), "none", "backup.no_result")
	look(night(9).Add(6*time.Hour), "none", "backup.no_result")
	if v := arrived[message.Backup](t, f)[0]; v.Words.Args["n"] != 2.0 {
		t.Errorf("the second night: %+v", v.Words)
	}
	take(backupRun("files", night(10), appliance.RunFailed))
	look(night(10).Add(time.Hour), "failed", "backup.failed")
	c.set(night(11).Add(time.Hour))
	take(backupRun("files", night(11), appliance.RunSuccess))
	report(t, d)
	if v := arrived[message.Backup](t, f)[0]; v.Verdict != "success" || v.Words != nil || v.Why != "" {
		t.Errorf("the good one: %+v", v)
	}
	row := f.row(t)
	if row.Status.Facts.JobsFailed+row.Status.Facts.JobsNone != 0 {
		t.Errorf("the row of the fleet: %+v", row.Status.Facts)
	}
	if err := d.SaveUplinkPolicy(t.Context(), admin, appliance.UplinkPolicy{Off: []string{"backup"}}); err != nil {
		t.Fatal(err)
	}
	before = len(arrived[message.Backup](t, f))
	c.set(night(13).Add(6 * time.Hour))
	if err := daemon.LookAtBackups(d); err != nil {
		t.Fatal(err)
	}
	c.advance(15 * time.Minute)
	report(t, d)
	if n := len(arrived[message.Backup](t, f)); n != before {
		t.Error("backups were switched off")
	}
	if f := f.row(t).Status.Facts; f.State == appliance.StateOK || f.WorstOf == "files" || !slices.Contains(f.Withheld, "backup") {
		t.Errorf("a job that is kept here is named: %+v", f)
	}
}
