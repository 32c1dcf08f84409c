package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

const actsOfSite = `siteward: 1
site: {name: Praxis, language: de, time_zone: Europe/Berlin}
mail: {host: mail.example, user: siteward, password_file: relay, from: siteward@example.com}
devices:
  - {name: nas, kind: nas, address: 192.0.2.20, checks: []}
backup_jobs: [{name: Files}]
contacts:
  - name: "Anna: Weiß"
    role: keyuser
    language: de
    phone: "+49 30 1"
    daily: "07:30"
    channels: [{kind: mail, address: anna@example.com}]
  - name: Bereitschaft
    role: technician
    hours: own
    week: {mon: "08:00-12:00 13:00-17:00", sat: "22:00-06:00"}
    region: DE-BE
    channels:
      - {kind: webhook, address: https://hook.example/x, secret_env: SITEWARD_SECRET_HOOK, least: critical}
      - {kind: service, address: ntfy, secret_file: ntfy}
    off: true
routes:
  - name: Night
    least: critical
    kinds: [server, nas]
    hours: 7x24
    repeat: 30
    steps: [{roles: [technician]}, {after: 15, contacts: ["anna: weiß", bereitschaft]}]
  - {name: Storage, devices: [NAS], quiet: true, off: true, steps: [{contacts: [Bereitschaft]}]}
windows:
  - title: Patch night
    from: "2026-03-14 00:00"
    until: "2026-03-14 06:00"
    rule: FREQ=MONTHLY;BYDAY=2SA
    all: true
    comment: Updates
    mails: [chef@example.com]
    remind: 1d
    announce: true
  - {title: New disk, kind: emergency, reason: It fails, from: "2026-03-05 10:00", until: "2026-03-05 11:00", devices: [nas], backup_jobs: [files], contacts: [Bereitschaft], comment: "Disk #3", effect: No files}
`

func TestActsOfASiteFile(t *testing.T) {
	s := &shelf{}
	changes, follow, err := Apply(s, mustParse(t, actsOfSite), false, monday)
	if err != nil || len(changes) != 10 {
		t.Fatalf("first time %d: %s %v", len(changes), changes, err)
	}
	anna, duty, night, patch := s.inv.Contacts[0], s.inv.Contacts[1], s.inv.Routes[0], s.inv.Windows[0]
	if m := s.inv.Mail; m.Port != 587 || m.Security != appliance.MailStartTLS || m.Password.File != "relay" || m.Owner != "site.yaml" {
		t.Errorf("mail server %+v", m)
	}
	if anna.Daily != "07:30" || anna.Owner != "site.yaml" || !duty.Off || duty.Hours.Week[6][0].From != 22*60 || duty.Channels[0].Least != appliance.StateCritical {
		t.Errorf("contacts %+v %+v", anna, duty)
	}
	if night.Steps[1].After != 15 || !slices.Equal(night.Steps[1].Contacts, []appliance.ID{anna.ID, duty.ID}) || night.Least != appliance.StateCritical {
		t.Errorf("route %+v", night)
	}
	if want := time.Date(2026, 3, 13, 23, 0, 0, 0, time.UTC); !patch.From.Equal(want) || patch.Remind != 24*60 || patch.State != appliance.WindowDraft {
		t.Errorf("window %+v", patch)
	}
	if len(follow) != 1 || follow[0].Window != patch.ID || follow[0].State != appliance.WindowAnnounced || follow[0].At.Line != 33 {
		t.Errorf("what follows: %+v", follow)
	}
	if disk := s.inv.Windows[1]; !slices.Equal(disk.Devices, []appliance.ID{s.inv.Devices[0].ID}) || disk.Jobs[0] != s.inv.Jobs[0].ID || disk.Contacts[0] != duty.ID {
		t.Errorf("window %+v", disk)
	}
	s.inv.Windows[0].State = appliance.WindowAnnounced
	if changes := apply(t, s, actsOfSite); len(changes) != 0 {
		t.Errorf("second time: %s", changes)
	}
	text := string(Format(s.inv.Export()))
	if changes := apply(t, s, text); len(changes) != 0 {
		t.Errorf("its export changes: %s\n%s", changes, text)
	}
	if changes := apply(t, s, strings.Replace(actsOfSite, "    announce: true\n", "", 1)); len(changes) != 0 {
		t.Errorf("an announcement was taken back: %s", changes)
	}

	// Another time is another announcement, a window that is declared no more is called off, and a draft goes.
	_, follow, err = Apply(s, mustParse(t, strings.ReplaceAll(actsOfSite, "2026-03-14", "2026-03-21")), false, monday)
	if w := s.inv.Windows[0]; err != nil || len(follow) != 1 || w.State != appliance.WindowDraft || w.ID != patch.ID || len(s.inv.Windows) != 2 {
		t.Errorf("moved: %+v %+v %v", w, follow, err)
	}
	s.inv.Windows[0].State = appliance.WindowConfirmed
	_, follow, err = Apply(s, mustParse(t, "siteward: 1\ndevices: []\n"), false, monday)
	if err != nil || len(follow) != 1 || follow[0].State != appliance.WindowCancelled || len(s.inv.Windows) != 1 || len(s.inv.Contacts)+len(s.inv.Routes) != 0 || s.inv.Mail.Owner != "" || s.inv.Mail.Host == "" {
		t.Errorf("an empty file: %+v %v, left %+v", follow, err, s.inv)
	}
}

// What people entered stays theirs: other words are a conflict, secrets stay where they are, and what is over is no declaration.
func TestActsOfPeopleAndFiles(t *testing.T) {
	s := &shelf{}
	c := appliance.Contact{Name: "Chef", Role: appliance.ContactKeyUser, Channels: []appliance.Channel{{Kind: appliance.ChannelService, Address: "ntfy", Secret: appliance.Secret{Value: "ntfy://x"}}}}
	must(t, s.PutContact(&c))
	s.inv.Mail = appliance.MailRelay{Host: "mail.example", Port: 587, Security: appliance.MailStartTLS, User: "u", Password: appliance.Secret{Value: "secret-word"}, From: "a@example.com"}
	at := monday.Add(240 * time.Hour)
	for _, state := range []appliance.WindowState{appliance.WindowDone, appliance.WindowDraft, appliance.WindowRefused} {
		must(t, s.PutWindow(&appliance.Window{Title: "Work", Kind: appliance.WindowPlanned, State: state, All: true, Comment: "x", From: at, Until: at.Add(time.Hour)}))
		at = at.Add(24 * time.Hour)
	}
	text := string(Format(s.inv.Export()))
	if strings.Contains(text, "secret-word") || strings.Contains(text, "ntfy://") || strings.Count(text, "title: Work") != 2 {
		t.Fatalf("export:\n%s", text)
	}
	if changes := apply(t, s, text); len(changes) != 0 {
		t.Errorf("its export changes: %s", changes)
	}
	_, _, err := Apply(s, mustParse(t, strings.Replace(text, "role: keyuser", "role: hotline", 1)), false, monday)
	if err == nil || !strings.Contains(err.Error(), "the contact Chef was entered by a person and says something else") {
		t.Errorf("a person's contact was changed: %v", err)
	}
	changes, _, err := Apply(s, mustParse(t, strings.Replace(text, "role: keyuser", "role: hotline", 1)), true, monday)
	if err != nil || s.inv.Contacts[0].Owner != "site.yaml" || s.inv.Contacts[0].Channels[0].Secret.Value != "ntfy://x" || s.inv.Mail.Password.Value != "secret-word" {
		t.Errorf("taken over: %s %v %+v", changes, err, s.inv.Contacts)
	}
}

func TestMistakesInActsOfASiteFile(t *testing.T) {
	window := func(rest string) string {
		return "windows:\n  - {title: a, comment: b, from: \"2026-03-14 00:00\", until: \"2026-03-14 06:00\", " + rest + "}\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"an unknown key", "contacts:\n  - {name: a, role: keyuser, mial: x}\n", "site.yaml:3:30: mial: this key is not known here"},
		{"a role", "contacts:\n  - name: a\n    role: boss\n", "site.yaml:4:11: role: \"boss\" is not known here"},
		{"an address", "contacts:\n  - {name: a, role: keyuser, channels: [{kind: mail, address: nobody}]}\n", "site.yaml:3:63: channel.1.address: \"nobody\" is no mail address"},
		{"header injection", "contacts:\n  - {name: a, role: keyuser, channels: [{kind: mail, address: \"a@b.de\\r\\nBcc: x@y.de\"}]}\n", "is no mail address"},
		{"a secret in the file", "contacts:\n  - {name: a, role: keyuser, channels: [{kind: service, secret: x}]}\n", "secret: this key is not known here"},
		{"no secret", "contacts:\n  - {name: a, role: keyuser, channels: [{kind: service, secret_kept: true}]}\n", "the appliance holds no secret of channel 1"},
		{"hours", "contacts:\n  - {name: a, role: keyuser, hours: 8x5}\n", "site.yaml:3:37: hours: these service hours are not known"},
		{"a week without hours", "contacts:\n  - {name: a, role: keyuser, week: {mon: \"08:00-09:00\"}}\n", "site.yaml:3:6: hours: is missing; write own or one of 5x8"},
		{"a zone", "routes:\n  - {name: a, hours: 5x8, time_zone: Mars/Olympus, steps: [{roles: [technician]}]}\n", "time zone"},
		{"a step without anybody", "routes:\n  - name: a\n    steps: [{after: 0}]\n", "site.yaml:4:14: step.1: names nobody"},
		{"steps in the wrong order", "routes:\n  - {name: a, steps: [{roles: [hotline]}, {after: 0, roles: [hotline]}]}\n", "site.yaml:3:44: step.2: comes after 0 minutes"},
		{"an unknown contact", "routes:\n  - {name: a, steps: [{contacts: [Nobody]}]}\n", "there is no contact \"Nobody\""},
		{"a severity", "routes:\n  - {name: a, least: red, steps: [{roles: [hotline]}]}\n", "site.yaml:3:22: least: must be warning, critical or nodata"},
		{"mail without a host", "mail: {from: a@example.com}\n", "needs the name of the mail server"},
		{"mail with half a login", "mail:\n  host: mail.example\n  user: x\n  from: a@example.com\n", "password: user and password belong together"},
		{"a kept password that is not", "mail: {host: mail.example, user: x, password_kept: true, from: a@example.com}\n", "holds no password of a mail server"},
		{"an end before the beginning", "windows:\n  - {title: a, comment: b, all: true, from: \"2026-03-14 06:00\", until: \"2026-03-14 05:00\"}\n", "site.yaml:3:72: until: the window ends before it begins"},
		{"an endless rule", window("all: true, rule: FREQ=SECONDLY"), "a window comes back daily at most"},
		{"overlapping times", "windows:\n  - {title: a, comment: b, all: true, from: \"2026-03-14 00:00\", until: \"2026-03-16 00:00\", rule: FREQ=DAILY}\n", "would begin again before it has ended"},
		{"a day that is none", "windows:\n  - {title: a, comment: b, all: true, from: \"2026-02-30 00:00\", until: \"2026-03-16 00:00\"}\n", "site.yaml:3:45: from: must be a day with a time"},
		{"nothing it is about", window("mails: [a@example.com]"), "choose what the work is about"},
		{"an unknown device", window("devices: [nix]"), "there is no device \"nix\""},
		{"an emergency without a reason", window("all: true, kind: emergency"), "say why this cannot wait"},
		{"begun at once", window("all: true, kind: adhoc"), "kind: \"adhoc\" is not known here; use one of planned, emergency"},
		{"two of one name", "routes:\n  - {name: a, steps: [{roles: [hotline]}]}\n  - {name: A, steps: [{roles: [hotline]}]}\n", "site.yaml:4:6: name: there is another route"},
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
