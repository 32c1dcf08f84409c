package config

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

const logsOfSite = `siteward: 1
site: {name: Praxis, language: de, time_zone: Europe/Berlin, days_off: ["12-24", {day: "2026-10-31", name: "Reformation: day", work: true}]}
credentials:
  - {name: nas, kind: ssh, user: siteward, key_file: nas}
devices: [{name: nas, kind: nas, address: 192.0.2.20, checks: []}]
sources:
  - {name: Borg, kind: files, device: NAS, paths: ["/var/log/borg*.log"], product: borg, time_zone: Europe/London, interval: 5m}
  - {name: "NAS: all", kind: sftp, credential: Nas, host: 192.0.2.20, port: 2222, paths: [/volume1/a.log]}
  - {name: Journal, kind: command, credential: nas, host: 192.0.2.20, command: "journalctl -u borg --output=short-iso"}
  - {name: Veeam, kind: mail, mailbox: veeam, senders: ["@example.com"]}
  - {name: Dump, kind: push}
  - {name: QNAP, kind: syslog, hosts: [qnap], programs: [qulogd]}
  - {name: Windows, kind: events}
backup_jobs:
  - name: Files
    device: nas
    data_set: "#1"
    places: [local, offsite]
    origins: [{source: borg, product: borg}, {source: "NAS: all", product: rsync, job: "a: b"}]
    schedule: {kind: weekly, at: "22:30", days: [mon, fri], grace: 8h, skip_holidays: true}
    rules: {failures: 2, size: -1}
    restore_every: 6
  - {name: Dump, origins: [{source: Dump, product: push, job: Dump}], schedule: {kind: hourly, hours: 4, at: "01:00"}}
  - {name: Old, status: ignored}
`

func TestLogsOfASiteFile(t *testing.T) {
	s := &shelf{}
	if changes := apply(t, s, logsOfSite); len(changes) != 13 {
		t.Fatalf("first time %d: %s", len(changes), changes)
	}
	if d := s.inv.Site.DaysOff; len(d) != 2 || d[0].Day != "12-24" || d[1].Name != "Reformation: day" || !d[1].Work {
		t.Errorf("days off %+v", d)
	}
	borg, _ := find(s.inv.Sources, "Borg", func(x appliance.Source) string { return x.Name })
	sftp, _ := find(s.inv.Sources, "NAS: all", func(x appliance.Source) string { return x.Name })
	files, _ := find(s.inv.Jobs, "Files", func(x appliance.BackupJob) string { return x.Name })
	if borg.Device != s.inv.Devices[0].ID || borg.Owner != "site.yaml" || sftp.Credential != s.inv.Credentials[0].ID || sftp.SFTP.Port != 2222 {
		t.Errorf("sources %+v %+v", borg, sftp)
	}
	plan := files.Plan()
	if files.Status != appliance.JobAccepted || !files.Accepted.Equal(monday) || !files.Has(appliance.RunOrigin{Source: borg.ID, Product: "borg"}) ||
		plan.At != 22*60+30 || len(plan.Days) != 2 || plan.Days[1] != time.Friday || plan.Grace != appliance.Duration(8*time.Hour) {
		t.Errorf("job %+v", files)
	}
	if changes := apply(t, s, logsOfSite); len(changes) != 0 {
		t.Errorf("second time: %s", changes)
	}
	text := string(Format(s.inv.Export()))
	if changes := apply(t, s, text); len(changes) != 0 {
		t.Errorf("its export changes: %s\n%s", changes, text)
	}

	// An address that was made in the interface survives the file; a new plan begins when it is applied; what is left out goes.
	for i := range s.inv.Sources {
		if s.inv.Sources[i].Kind == appliance.SourcePush {
			s.inv.Sources[i].Push = &appliance.PushSettings{Hint: "p_1"}
		}
	}
	changed := strings.NewReplacer("{name: Dump, kind: push}", "{name: Dump, kind: push, product: tar}", `at: "22:30"`, `at: "23:30"`, "  - {name: Old, status: ignored}\n", "").Replace(logsOfSite)
	if changes := apply(t, s, changed); len(changes) != 3 {
		t.Errorf("changes: %s", changes)
	}
	dump, _ := find(s.inv.Sources, "Dump", func(x appliance.Source) string { return x.Name })
	files, _ = find(s.inv.Jobs, "Files", func(x appliance.BackupJob) string { return x.Name })
	if dump.Push == nil || dump.Product != "tar" || files.Plan().At != 23*60+30 || len(s.inv.Jobs) != 2 {
		t.Errorf("after the change %+v %+v, %d jobs", dump, files, len(s.inv.Jobs))
	}
	if changes := apply(t, s, "siteward: 1\ndevices: []\n"); len(s.inv.Sources)+len(s.inv.Jobs) != 0 {
		t.Errorf("an empty file leaves something: %s", changes)
	}
}

func TestAProposedJobBecomesTheDeclaredOne(t *testing.T) {
	s := &shelf{}
	src := appliance.Source{Name: "Dump", Kind: appliance.SourcePush}
	must(t, s.PutSource(&src))
	must(t, s.PutBackupJob(&appliance.BackupJob{Name: "Dump (push)", Status: appliance.JobProposed, Origins: []appliance.RunOrigin{{Source: src.ID, Product: "push", Job: "Dump"}}}))
	apply(t, s, "siteward: 1\nsources: [{name: Dump, kind: push}]\nbackup_jobs: [{name: Database, origins: [{source: Dump, product: push, job: Dump}], schedule: {kind: daily, at: \"02:00\"}}]\n")
	if len(s.inv.Jobs) != 1 || s.inv.Jobs[0].Name != "Database" || s.inv.Jobs[0].Status != appliance.JobAccepted {
		t.Errorf("%+v", s.inv.Jobs)
	}
	if s.inv.Sources[0].Owner != "" {
		t.Error("a source of the same words was taken from its person")
	}
}

func TestMistakesInLogsOfASiteFile(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a path", "sources:\n  - name: a\n    kind: files\n    paths: [var/log]\n", "site.yaml:5:13: paths[0]: \"var/log\" is no full path"},
		{"a key of another kind", "sources:\n  - {name: a, kind: push, mailbox: x}\n", "site.yaml:3:27: mailbox: means nothing for a source of the kind push"},
		{"an unknown kind", "sources:\n  - name: a\n    kind: smb\n", "site.yaml:4:11: kind: \"smb\" is not known here"},
		{"an unknown credential", "sources:\n  - {name: a, kind: command, host: h, command: c, credential: nix}\n", "there is no credential \"nix\""},
		{"one mailbox twice", "sources:\n  - {name: a, kind: mail, mailbox: x}\n  - {name: b, kind: mail, mailbox: x}\n", "the source a has the mailbox x already"},
		{"a time", "backup_jobs:\n  - name: a\n    schedule: {kind: daily, at: 2 pm}\n", "site.yaml:4:33: at: is no time of day"},
		{"a day", "backup_jobs:\n  - name: a\n    schedule: {kind: weekly, days: [montag]}\n", "site.yaml:4:37: days[0]: must be one of sun, mon"},
		{"cron", "backup_jobs:\n  - name: a\n    schedule: {kind: cron, text: \"* *\"}\n", "site.yaml:4:34: text:"},
		{"a place", "backup_jobs:\n  - name: a\n    places: [moon]\n", "site.yaml:4:13: places: \"moon\" is not known here"},
		{"an unknown source", "backup_jobs:\n  - {name: a, origins: [{source: nix, product: borg}]}\n", "there is no source \"nix\""},
		{"no product", "backup_jobs:\n  - {name: a, origins: [{job: x}]}\n", "needs the product"},
		{"two of one name", "sources:\n  - {name: a, kind: push}\n  - {name: A, kind: push}\n", "site.yaml:4:6: name: there is another source"},
		{"a free day", "site: {name: x, days_off: [24.12.]}\n", "site.yaml:2:27: days_off: \"24.12.\" is no day"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Parse(strings.NewReader("siteward: 1\n"+c.text), "site.yaml")
			if err == nil {
				_, err = Plan(Inventory{}, f, false)
			}
			var all *FileError
			if !errors.As(err, &all) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
