package ui_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestBackupsPage(t *testing.T) {
	b := apptest.Server(t)
	for _, role := range appliance.Roles {
		if body := b.Get(role, "/backups").Body.String(); !strings.Contains(body, "none is watched yet") {
			t.Errorf("%s sees no empty page", role)
		}
	}
	b.App.AddBackups()
	for _, tt := range []struct {
		role appliance.Role
		path string
		want []string
	}{
		{appliance.RoleTechnician, "/backups", []string{"Backups: 5 of 6 succeeded last night, one gave no result", "File server, 19 Nov 2026: no result", "2 new backup jobs were seen", "Accounting", "3-2-1 kept", "none off-site"}},
		{appliance.RoleKeyUser, "/backups", []string{"5 of 6", "Practice database"}},
		{appliance.RoleKeyUser, "/backups?days=31", []string{"Virtual machines, 14 Nov 2026: failed"}},
		{appliance.RoleKeyUser, "/", []string{"Did the backups run?", "5 of 6", "Of the backup “File server” there is no result."}},
		{appliance.RoleTechnician, "/problems", []string{"File server"}},
		{appliance.RoleViewer, "/backups.csv", []string{"job,day,verdict,due,runs", "Virtual machines,2026-11-14,failed"}},
	} {
		body := b.Get(tt.role, tt.path).Body.String()
		for _, s := range tt.want {
			if !strings.Contains(body, s) {
				t.Errorf("%s %s: %q is missing", tt.role, tt.path, s)
			}
		}
	}
	if body := b.Get(appliance.RoleKeyUser, "/backups").Body.String(); strings.Contains(body, "new backup jobs were seen") || strings.Contains(body, "Accept") {
		t.Error("a key user is offered to accept")
	}
}

func TestBackupsSayWhoReadThem(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	for _, path := range []string{"/", "/backups"} {
		if body := b.Get(appliance.RoleKeyUser, path).Body.String(); strings.Contains(body, "Read:") {
			t.Errorf("%s says that somebody read them", path)
		}
	}
	_, _, err := b.App.JudgeRound(t.Context(), appliance.Actor{Name: "m.muster"}, 3, []appliance.RoundAnswer{{Key: appliance.RoundBackups, Judgement: appliance.RoundNothing}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/backups"} {
		for role, want := range map[appliance.Role]bool{appliance.RoleKeyUser: true, appliance.RoleTechnician: true, appliance.RoleViewer: false} {
			body := b.Get(role, path).Body.String()
			if !strings.Contains(body, "Read: ") || strings.Contains(body, " by M. Muster") != want {
				t.Errorf("%s as %s: by whom the backups were read is told wrongly, want a name: %v", path, role, want)
			}
		}
	}
}

func job(t *testing.T, b *apptest.Bench, name string) appliance.BackupJobView {
	t.Helper()
	jobs, err := b.App.BackupJobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Name == name {
			return j
		}
	}
	t.Fatalf("no job %s", name)
	return appliance.BackupJobView{}
}

func TestBackupJobPage(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	j := job(t, b, "File server")
	href := "/backups/" + j.ID.String()
	for _, lang := range []string{"de", "nl", "en"} {
		b.App.Speak(lang)
		for _, path := range []string{href, href + "/edit", href + "?pause=1", href + "/delete", "/backups?job=" + j.ID.String() + "&day=2026-11-19", href + "?run=" + j.Standing.Last.ID.String(), href + "/chart", href + "/chart?what=took", href + "/runs.csv"} {
			if w := b.Get(appliance.RoleTechnician, path); w.Code != http.StatusOK || regexp.MustCompile(`\bbackups\.[abd-z]`).MatchString(w.Body.String()) {
				t.Errorf("%s %s: %d", lang, path, w.Code)
			}
		}
	}
	if body := b.Get(appliance.RoleTechnician, "/backups?job="+j.ID.String()+"&day=2026-11-19").Body.String(); !strings.Contains(body, "copied 512.4 GB") || !strings.Contains(body, "no end is told of") {
		t.Error("the receipt shows neither the line nor that there was no end")
	}
}

func TestBackupForms(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	accounting := job(t, b, "Accounting")
	href := "/backups/" + accounting.ID.String()
	if w := b.Post(appliance.RoleKeyUser, href+"/accept", nil); w.Code != http.StatusForbidden {
		t.Errorf("a key user accepts: %d", w.Code)
	}
	if w := b.Post(appliance.RoleTechnician, href+"/accept", nil); w.Code != http.StatusSeeOther || job(t, b, "Accounting").Status != appliance.JobAccepted {
		t.Errorf("accept: %d", w.Code)
	}
	j := job(t, b, "File server")
	href = "/backups/" + j.ID.String()
	form := url.Values{"name": {"Files"}, "kind": {"cron"}, "text": {"0 2 * * *"}, "grace": {"1.5"}, "restore_every": {"6"}, "place_local": {"1"}, "place_offsite": {"1"}, "version": {"1"}, "size": {"50"}}
	if w := b.Post(appliance.RoleTechnician, href+"/edit", form); w.Code != http.StatusSeeOther {
		t.Errorf("save: %d", w.Code)
	}
	if j = job(t, b, "Files"); j.Plan().Text != "0 2 * * *" || len(j.Places) != 2 || j.Rules.Size != 50 || j.RestoreEvery != 6 {
		t.Errorf("%+v", j.BackupJob)
	}
	for _, bad := range []url.Values{{"name": {"x"}, "kind": {"cron"}, "text": {"nonsense"}, "grace": {"1"}, "version": {"2"}}, {"name": {""}, "kind": {"daily"}, "at": {"2"}, "grace": {"x"}, "size": {"many"}}} {
		if w := b.Post(appliance.RoleTechnician, href+"/edit", bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
			t.Errorf("%v: %d", bad, w.Code)
		}
	}
	if w := b.Post(appliance.RoleTechnician, href+"/restore", url.Values{"at": {"2026-11-19"}, "ok": {"1"}, "proof": {"12 files compared"}}); w.Code != http.StatusSeeOther {
		t.Errorf("restore test: %d", w.Code)
	}
	if w := b.Post(appliance.RoleTechnician, href+"/restore", url.Values{"at": {"tomorrow"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a bad restore test: %d", w.Code)
	}
	if w := b.Post(appliance.RoleTechnician, href+"/pause", url.Values{"reason": {"move"}, "until": {"4h"}}); w.Code != http.StatusSeeOther {
		t.Errorf("pause: %d", w.Code)
	}
	if w := b.Post(appliance.RoleTechnician, "/backups/"+job(t, b, "archive-2").ID.String()+"/merge", url.Values{"into": {j.ID.String()}}); w.Code != http.StatusSeeOther {
		t.Errorf("merge: %d", w.Code)
	}
}

// A backup job leads to the incidents that it has caused, and such an incident back to the job.
func TestABackupLeadsToItsIncident(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	id := job(t, b, "File server").ID.String()
	b.App.AddIncident(appliance.Incident{ID: 91, Kind: appliance.IncidentState, Opened: apptest.Present.Add(-2 * time.Hour), State: appliance.StateCritical, Worst: appliance.StateCritical,
		Causes: []appliance.IncidentCause{{StateKey: appliance.StateKey{Item: "backup/" + id}, Name: "", Label: "File server", State: appliance.StateCritical}}})
	if page := b.Get(appliance.RoleKeyUser, "/backups/"+id).Body.String(); !strings.Contains(page, `href="/incidents/91"`) {
		t.Error("the job does not name its incident")
	}
	if page := b.Get(appliance.RoleKeyUser, "/backups/"+job(t, b, "Mail archive").ID.String()).Body.String(); strings.Contains(page, `href="/incidents/91"`) {
		t.Error("another job names it, too")
	}
	if page := b.Get(appliance.RoleTechnician, "/incidents/91").Body.String(); !strings.Contains(page, `href="/backups/`+id+`"`) || !strings.Contains(page, "about=incident-91") {
		t.Error("the incident does not lead to the job and to a ticket")
	}
}
