package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
	"siteward/probes/source"
)

// sources is what the appliance notes about sources of logs between two readings.
type sources struct {
	wake chan appliance.ID // a source of which something has come

	mu      sync.Mutex
	reading map[appliance.ID]*sync.Mutex // a source is read by one at a time
	lines   map[appliance.ID]*heard      // of syslog, not spooled yet
	limits  pushLimits

	syslogs    []appliance.Source // of the kind that syslog is handed to
	configured uint64             // Daemon.configured when they were read
}

func newSources() *sources {
	return &sources{
		wake: make(chan appliance.ID, 256), reading: map[appliance.ID]*sync.Mutex{}, lines: map[appliance.ID]*heard{},
	}
}

// defaultLogs are the folders that logs may be read from unless the flag says otherwise.
var defaultLogs = []string{"/var/log"}

// LogFolders is App.LogFolders.
func (d *Daemon) LogFolders() []string {
	if len(d.Logs) > 0 {
		return d.Logs
	}
	return defaultLogs
}

// Sources is App.Sources.
func (d *Daemon) Sources(context.Context) (out []appliance.SourceView, err error) {
	err = d.store.View(func(tx *store.Tx) error {
		list, err := tx.Sources()
		for _, s := range list {
			v := appliance.SourceView{Source: s, Listening: d.about.Started}
			if v.Status, err = tx.SourceStatus(s.ID); err != nil {
				return err
			}
			out = append(out, v)
		}
		return err
	})
	return out, err
}

// Source is App.Source.
func (d *Daemon) Source(_ context.Context, id appliance.ID) (v appliance.SourceView, err error) {
	err = d.store.View(func(tx *store.Tx) error {
		v.Listening = d.about.Started
		if v.Source, err = tx.Source(id); err == nil {
			v.Status, err = tx.SourceStatus(id)
		}
		return err
	})
	return v, err
}

// SaveSource is App.SaveSource. The secret of a push stays as it is; only NewPushToken changes it.
func (d *Daemon) SaveSource(_ context.Context, by appliance.Actor, s *appliance.Source) error {
	if err := first(config.ValidateSource(*s)); err != nil {
		return err
	}
	err := d.change(by, verb(s.ID, "source"), "source", s.Name, func(tx *store.Tx) error {
		before := appliance.Source{Created: d.now()}
		if s.ID != 0 {
			var err error
			if before, err = tx.Source(s.ID); err != nil {
				return err
			}
			if err := ownedByFile(before.Owner); err != nil {
				return err
			}
		}
		s.Created, s.Paused = before.Created, before.Paused
		if s.Kind.Tokened() {
			s.Push = before.Push
		}
		if err := d.fitsSite(tx, *s); err != nil {
			return err
		}
		return tx.PutSource(s)
	})
	if err == nil {
		d.wakeSource(s.ID)
	}
	return err
}

// DeleteSource is App.DeleteSource.
func (d *Daemon) DeleteSource(_ context.Context, by appliance.Actor, id appliance.ID) error {
	old, err := d.store.Source(id)
	if err != nil {
		return err
	}
	if err := ownedByFile(old.Owner); err != nil {
		return err
	}
	return d.change(by, "audit.source_deleted", "source", old.Name, func(tx *store.Tx) error { return tx.DeleteSource(id) })
}

// PauseSource is App.PauseSource.
func (d *Daemon) PauseSource(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	p, err := d.pause(by, reason, until)
	if err != nil {
		return err
	}
	return d.setSourcePause(by, "audit.source_paused", id, p)
}

// ResumeSource is App.ResumeSource.
func (d *Daemon) ResumeSource(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return d.setSourcePause(by, "audit.source_resumed", id, nil)
}

func (d *Daemon) setSourcePause(by appliance.Actor, key string, id appliance.ID, p *appliance.Pause) error {
	s, err := d.store.Source(id)
	if err != nil {
		return err
	}
	err = d.change(by, key, "source", s.Name, func(tx *store.Tx) error {
		s, err := tx.Source(id)
		if err != nil {
			return err
		}
		s.Paused = p
		return tx.PutSource(&s)
	})
	if err == nil && p == nil {
		d.wakeSource(id)
	}
	return err
}

// fitsSite says what is wrong with a source at this site: its files, its credential, its mailbox.
func (d *Daemon) fitsSite(tx *store.Tx, s appliance.Source) error {
	if s.Kind == appliance.SourceFiles {
		p, err := source.Local(d.LogFolders(), s.Files.Paths)
		if err != nil {
			return err
		}
		_ = p.Close()
	}
	if s.Device != 0 {
		if _, err := tx.Device(s.Device); err != nil {
			return err
		}
	}
	if s.Credential != 0 {
		c, err := tx.Credential(s.Credential)
		if err != nil {
			return err
		}
		if c.Kind != appliance.CredentialSSH {
			return appliance.Invalid("credential", "source.error_credential_kind", "the credential "+c.Name+" is for SNMP; choose one for SSH", map[string]any{"name": c.Name})
		}
	}
	if s.Kind != appliance.SourceMail {
		return nil
	}
	all, err := tx.Sources()
	for _, other := range all {
		if other.ID != s.ID && other.Mail != nil && other.Mail.Mailbox == s.Mail.Mailbox {
			return appliance.Invalid("mailbox", "source.error_mailbox_taken", "the source "+other.Name+" has this mailbox already; choose another name", map[string]any{"name": other.Name})
		}
	}
	return err
}

// NewPushToken is App.NewPushToken.
func (d *Daemon) NewPushToken(_ context.Context, by appliance.Actor, id appliance.ID) (string, error) {
	old, err := d.store.Source(id)
	if err != nil {
		return "", err
	}
	if !old.Kind.Tokened() {
		return "", appliance.Errorf(appliance.CodeInvalid, "only a source that scripts or agents push to has a secret")
	}
	secret := "p_" + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	return secret, d.change(by, "audit.source_token", "source", old.Name, func(tx *store.Tx) error {
		s, err := tx.Source(id)
		if err != nil {
			return err
		}
		s.Push = &appliance.PushSettings{Hash: sum[:], Hint: secret[:6], Made: d.now()}
		return tx.PutSource(&s)
	})
}

// auditSource notes in the journal that somebody had a source read.
func (d *Daemon) auditSource(by appliance.Actor, s appliance.Source) error {
	e := d.audit(by, "audit.source_read", "source", s.Name)
	e.Message.English = "read by hand: " + e.Message.English
	if err := d.store.Append([]appliance.Event{e}); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
		return err
	}
	return nil
}
