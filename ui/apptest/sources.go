package apptest

import (
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
)

// sampleSources are three sources of the sample site: one that is read, one that cannot be, one that scripts push to.
func sampleSources() []appliance.SourceView {
	bytes := int64(48_213_004_112)
	run := appliance.Run{Job: "srv-praxis", Product: "borg", Status: appliance.RunSuccess, Started: Present.Add(-6 * time.Hour), Finished: Present.Add(-5 * time.Hour), Bytes: &bytes}
	return []appliance.SourceView{
		{Source: appliance.Source{ID: 1, Name: "Borg on srv-praxis", Kind: appliance.SourceFiles, Device: 1, Version: 1,
			Files: &appliance.FilesSettings{Paths: []string{"/var/log/borg.log"}}},
			Status: appliance.SourceStatus{Source: 1, Read: Present.Add(-4 * time.Minute), Tried: Present.Add(-4 * time.Minute), Heard: Present.Add(-5 * time.Hour),
				Next: Present.Add(11 * time.Minute), Files: 3, Bytes: 182_004, Runs: 41, Product: "borg", LastRun: &run}},
		{Source: appliance.Source{ID: 2, Name: "NAS", Kind: appliance.SourceSFTP, Version: 1, Credential: 3, SFTP: &appliance.SFTPSettings{
			Server: appliance.Server{Host: "nas-1.praxis.example", HostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm2vE9d8hY4QkT3nWc0pLrS6xU1zB7gF5aK2oN9eRtH"}, Paths: []string{"/volume1/logs/*.log"}}},
			Status: appliance.SourceStatus{Source: 2, Read: Present.Add(-26 * time.Hour), Tried: Present.Add(-9 * time.Minute), Failed: Present.Add(-9 * time.Minute), Next: Present.Add(6 * time.Minute),
				Error: &appliance.Message{Key: "source.error_key_changed", Args: map[string]any{"host": "nas-1.praxis.example", "print": "SHA256:q3p0…"}, English: "another key"}}},
		{Source: appliance.Source{ID: 3, Name: "Database dump", Kind: appliance.SourcePush, Version: 1, Owner: "site.yaml", Push: &appliance.PushSettings{Hash: []byte{1}, Hint: "p_7QK2", Made: Present.AddDate(0, -2, 0)}},
			Status: appliance.SourceStatus{Source: 3, Read: Present.Add(-7 * time.Hour), Heard: Present.Add(-7 * time.Hour), Tried: Present.Add(-7 * time.Hour), Runs: 60}},
		{Source: appliance.Source{ID: 4, Name: "Veeam mails", Kind: appliance.SourceMail, Version: 1, Mail: &appliance.MailSettings{Mailbox: "veeam"}}},
	}
}

// Sources gives the sample sources.
func (a *App) Sources(context.Context) ([]appliance.SourceView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sources), nil
}

// Source gives one of them.
func (a *App) Source(_ context.Context, id appliance.ID) (appliance.SourceView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.sources, func(s appliance.SourceView) bool { return s.ID == id })
	if i < 0 {
		return appliance.SourceView{}, appliance.ErrNotFound
	}
	return a.sources[i], nil
}

func (a *App) editSource(what string, id appliance.ID, edit func(*appliance.SourceView)) error {
	return a.change(what+id.String(), appliance.Change{Config: true}, func() error {
		i := slices.IndexFunc(a.sources, func(s appliance.SourceView) bool { return s.ID == id })
		if i < 0 {
			return appliance.ErrNotFound
		}
		a.sources = slices.Clone(a.sources)
		edit(&a.sources[i])
		return nil
	})
}

// SaveSource stores a source.
func (a *App) SaveSource(_ context.Context, _ appliance.Actor, s *appliance.Source) error {
	return a.change("save source "+s.Name, appliance.Change{Config: true}, func() error {
		if problems := config.ValidateSource(*s); len(problems) > 0 {
			return problems[0]
		}
		i := slices.IndexFunc(a.sources, func(v appliance.SourceView) bool { return v.ID == s.ID })
		a.sources = slices.Clone(a.sources)
		s.Version++
		if i < 0 {
			s.ID = a.next()
			a.sources = append(a.sources, appliance.SourceView{Source: *s})
			return nil
		}
		if owner := a.sources[i].Owner; owner != "" {
			return ownedByFile(owner)
		}
		a.sources[i].Source = *s
		return nil
	})
}

// DeleteSource forgets a source.
func (a *App) DeleteSource(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete source "+id.String(), appliance.Change{Config: true}, func() error {
		n := len(a.sources)
		if a.sources = slices.DeleteFunc(slices.Clone(a.sources), func(s appliance.SourceView) bool { return s.ID == id }); len(a.sources) == n {
			return appliance.ErrNotFound
		}
		return nil
	})
}

// PauseSource pauses a source.
func (a *App) PauseSource(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	if reason == "" {
		return appliance.Invalid("reason", "validate.pause_reason", "say why it is paused, so that others know", nil)
	}
	return a.editSource("pause source ", id, func(s *appliance.SourceView) {
		s.Paused = &appliance.Pause{By: by.Name, Reason: reason, Since: a.now, Until: until}
	})
}

// ResumeSource ends a pause.
func (a *App) ResumeSource(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.editSource("resume source ", id, func(s *appliance.SourceView) { s.Paused = nil })
}

// ReadSource takes note.
func (a *App) ReadSource(_ context.Context, _ appliance.Actor, id appliance.ID) (st appliance.SourceStatus, err error) {
	err = a.editSource("read source ", id, func(s *appliance.SourceView) { st = s.Status })
	return st, err
}

// TrySource answers as a server with an unknown key, or with two runs.
func (a *App) TrySource(_ context.Context, _ appliance.Actor, s appliance.Source) (appliance.SourceTrial, error) {
	if problems := config.ValidateSource(s); len(problems) > 0 {
		return appliance.SourceTrial{}, problems[0]
	}
	if s.SFTP != nil && s.SFTP.HostKey == "" {
		return appliance.SourceTrial{HostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm2vE9d8hY4QkT3nWc0pLrS6xU1zB7gF5aK2oN9eRtH", Fingerprint: "SHA256:kJ3v0Qm2pXyW8sT1nZ5rB7cD9eF4gH6iL0oP2qR4sTu"}, nil
	}
	views := sampleSources()
	failed := *views[0].Status.LastRun
	failed.Status, failed.Message, failed.Started = appliance.RunFailed, "Repository /mnt/backup does not exist.", Present.Add(-30*time.Hour)
	return appliance.SourceTrial{Found: 1, Files: []appliance.TrialFile{{Name: "/var/log/borg.log", Size: 48_120, Modified: Present.Add(-5 * time.Hour)}}, Product: "borg",
		RunCount: 2, Runs: []appliance.Run{*views[0].Status.LastRun, failed}, Lines: []string{"terminating with success status, rc 0"}}, nil
}

// NewPushToken makes always the same secret.
func (a *App) NewPushToken(_ context.Context, _ appliance.Actor, id appliance.ID) (string, error) {
	return "p_7QK2XMPL4V5WZB3N6TRDAJHC2E", a.editSource("new token of source ", id, func(s *appliance.SourceView) {
		s.Push = &appliance.PushSettings{Hash: []byte{1}, Hint: "p_7QK2", Made: a.now}
	})
}

// Push knows the token "p_good".
func (a *App) Push(_ context.Context, token string, p appliance.Push) error {
	if token != "p_good" {
		return appliance.ErrNotFound
	}
	return a.change("push "+p.Verb+" "+string(p.Body), appliance.Change{}, func() error { return nil })
}

// PushEvents knows the token "p_good", and each line is a message.
func (a *App) PushEvents(_ context.Context, token string, p appliance.EventPush) (int, error) {
	if token != "p_good" {
		return 0, appliance.ErrNotFound
	}
	n := strings.Count(string(p.Body), "\n")
	return n, a.change("push events "+string(p.Body), appliance.Change{}, func() error { return nil })
}

// MailDomain is where the sample site receives mail.
func (a *App) MailDomain() string { return "siteward.praxis.example" }

// LogFolders is the default.
func (a *App) LogFolders() []string { return []string{"/var/log"} }

// SetSources puts others in place of the sample's.
func (a *App) SetSources(list []appliance.SourceView) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sources = list
}
