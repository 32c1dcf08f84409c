package ui

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// keeping is how Siteward itself is doing.
type keeping struct {
	now    time.Time
	about  appliance.About
	site   appliance.Site
	health appliance.Health
	jobs   []appliance.JobRun
}

func (s *Server) keeping(ctx context.Context) (keeping, error) {
	k := keeping{now: s.App.Now(), about: s.App.About(), health: s.App.Health(ctx)}
	var err error
	if k.jobs, err = s.App.Jobs(ctx); err != nil {
		return k, err
	}
	if k.site, err = s.App.Site(ctx); appliance.CodeOf(err) == appliance.CodeNotFound {
		err = nil
	}
	return k, err
}

// backupAge is how old the newest backup may be: one night may fail without a word.
const backupAge = 48 * time.Hour

// troubles is what needs somebody's attention, worst first.
func (l *Lang) troubles(k keeping) []view.Note {
	out := l.storeTroubles(k)
	if k.health.Ping == "off" {
		out = append(out, view.Note{Level: "warning", Title: l.T("trouble.ping"), Text: l.Say(k.health.PingNote)})
	}
	for _, n := range k.health.Notes {
		out = append(out, view.Note{Level: "warning", Title: l.Say(n)})
	}
	for _, j := range k.jobs {
		if j.Error != "" {
			out = append(out, view.Note{Level: "warning", Title: l.T("trouble.job", "job", l.job(j.Name)), Text: l.T("trouble.job_how", "at", j.Failed, "next", j.Next),
				Href: "/settings/jobs", Link: l.T("settings.look")})
		}
	}
	return out
}

// storeTroubles are those of the store, the worst there are first.
func (l *Lang) storeTroubles(k keeping) []view.Note {
	var out []view.Note
	add := func(level, title, text string) {
		out = append(out, view.Note{Level: level, Title: title, Text: text, Href: "/settings/store", Link: l.T("settings.look")})
	}
	h := k.health.Store
	switch {
	case h.ReadOnly:
		add("critical", l.T("trouble.read_only"), l.Say(h.Why))
	case !k.health.WatchdogOK:
		add("critical", l.T("trouble.silent"), l.T("trouble.silent_how"))
	}
	if n := len(h.Damage); n > 0 {
		add("critical", l.T("trouble.damage", "n", n), l.T("trouble.damage_how"))
	}
	switch {
	case h.BackedUp.IsZero() && k.now.Sub(k.site.Created) > backupAge:
		add("warning", l.T("trouble.backup_none"), l.T("trouble.backup_none_how"))
	case !h.BackedUp.IsZero() && k.now.Sub(h.BackedUp) > backupAge:
		add("warning", l.T("trouble.backup_old"), l.T("trouble.backup_old_how", "at", h.BackedUp))
	}
	return out
}

// worstNote is the state that a page with these notes has.
func worstNote(notes []view.Note) string {
	state := "ok"
	for _, n := range notes {
		if n.Level == "critical" {
			return n.Level
		}
		state = n.Level
	}
	return state
}

// about is what this program is and how it has run since its start.
func (l *Lang) about(k keeping) []view.Line {
	h := k.health
	version := k.about.Version
	if k.about.Commit != "" {
		version = l.T("settings.version_of", "version", version, "commit", k.about.Commit, "date", l.Date(k.about.Date))
	}
	lines := []view.Line{
		{Name: l.T("settings.version"), Value: version},
		{Name: l.T("settings.since"), Value: l.When(k.about.Started)},
		{Name: l.T("settings.folder"), Value: k.about.DataDir, Mono: true},
		{Name: l.T("settings.ping"), Value: l.T("settings.ping_" + pingMode(h.Ping))},
		{Name: l.T("settings.checks"), Value: l.T("settings.checks_fact", "n", h.Checks, "running", h.Running)},
		{Name: l.T("settings.late"), Value: l.T("settings.late_fact", "late", h.Late, "missed", h.Missed)},
	}
	if !h.LastRun.IsZero() {
		lines = append(lines, view.Line{Name: l.T("settings.last_run"), Value: l.ClockSec(h.LastRun)})
	}
	return lines
}

func pingMode(mode string) string {
	if mode == "datagram" || mode == "raw" {
		return mode
	}
	return "off"
}
