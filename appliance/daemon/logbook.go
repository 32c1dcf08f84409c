package daemon

import (
	"context"
	"encoding/hex"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/logbook"
	"siteward/appliance/store"
)

// AppendLogbook is Logbook.AppendLogbook.
func (d *Daemon) AppendLogbook(_ context.Context, by appliance.Actor, e appliance.LogbookEntry) (appliance.LogbookEntry, error) {
	e = tidyEntry(e)
	if err := d.checkEntry(e); err != nil {
		return e, err
	}
	e.By = by.Name
	if e.Party == "" {
		e.Party = logbook.PartyOf(by.Role)
	}
	err := d.store.Update(func(tx *store.Tx) error {
		if e.Corrects != 0 {
			if _, err := tx.LogbookEntry(e.Corrects); err != nil {
				return appliance.Invalid("corrects", "logbook.error.corrects", "there is no entry with that number to correct", nil)
			}
		}
		return tx.AppendLogbook(&e)
	})
	if err != nil {
		return e, err
	}
	d.changes.publish(appliance.Change{Config: true})
	return e, nil
}

func tidyEntry(e appliance.LogbookEntry) appliance.LogbookEntry {
	for _, s := range []*string{&e.Party, &e.Subject, &e.Text, &e.Reason, &e.Ticket} {
		*s = strings.TrimSpace(strings.ToValidUTF8(*s, "\uFFFD"))
	}
	return e
}

// Bounds of what a person may write, in characters.
const (
	maxLogText   = 20_000
	maxLogReason = 2_000
	maxLogWord   = 200
	maxLogFiles  = 20
	maxLogDay    = 24 * 60
)

func (d *Daemon) checkEntry(e appliance.LogbookEntry) error {
	if e.Text == "" && e.Message == nil {
		return appliance.Invalid("text", "logbook.error.text", "say what was done", nil)
	}
	for _, f := range []struct {
		name, text string
		limit      int
	}{{"text", e.Text, maxLogText}, {"reason", e.Reason, maxLogReason}, {"subject", e.Subject, maxLogWord}, {"ticket", e.Ticket, maxLogWord}, {"party", e.Party, maxLogWord}} {
		if utf8.RuneCountInString(f.text) > f.limit {
			return appliance.Invalid(f.name, "logbook.error.long", "this is too long to be kept; shorten it", map[string]any{"max": f.limit})
		}
	}
	if e.Minutes < 0 || e.Minutes > maxLogDay {
		return appliance.Invalid("minutes", "logbook.error.minutes", "enter the minutes of one day, 0 to 1440", nil)
	}
	if e.At.After(d.now().Add(5 * time.Minute)) {
		return appliance.Invalid("at", "logbook.error.future", "that is in the future; the logbook keeps what was done", nil)
	}
	for _, id := range e.Devices {
		if _, ok := d.live.device(id); !ok {
			return appliance.Invalid("devices", "logbook.error.device", "there is no such device", nil)
		}
	}
	return checkFiles(e.Files)
}

func checkFiles(files []appliance.LogbookFileRef) error {
	wrong := appliance.Invalid("files", "logbook.error.files", "at most 20 files, each with a name and its SHA-256", nil)
	if len(files) > maxLogFiles {
		return wrong
	}
	for _, f := range files {
		sum, err := hex.DecodeString(f.SHA256)
		if err != nil || len(sum) != 32 || f.Name == "" || utf8.RuneCountInString(f.Name) > maxLogWord || f.Bytes < 0 {
			return wrong
		}
	}
	return nil
}

// LogbookEntries is Logbook.LogbookEntries.
func (d *Daemon) LogbookEntries(_ context.Context, f appliance.LogbookFilter) ([]appliance.LogbookEntry, error) {
	return d.store.LogbookEntries(f)
}

// LogbookProof is Logbook.LogbookProof.
func (d *Daemon) LogbookProof(_ context.Context, seq uint64) (appliance.LogbookProof, error) {
	return d.store.LogbookProof(seq)
}

// LogbookHead is Logbook.LogbookHead.
func (d *Daemon) LogbookHead(context.Context) (h appliance.LogbookHead, err error) {
	h.Verified = d.store.LastLogbookReport()
	if h.Checkpoint, h.Keys, err = d.store.LogbookHead(); err != nil || h.Checkpoint == "" {
		return h, err
	}
	c, err := logbook.ParseCheckpoint(h.Checkpoint)
	h.Size, h.Root = c.Size, c.Root.String()
	return h, err
}

// VerifyLogbook is Logbook.VerifyLogbook.
func (d *Daemon) VerifyLogbook(ctx context.Context) (appliance.LogbookReport, error) {
	return d.store.VerifyLogbook(ctx)
}

// ExportLogbook is Logbook.ExportLogbook. Who took a copy stands in the journal.
func (d *Daemon) ExportLogbook(_ context.Context, by appliance.Actor, w io.Writer) error {
	event := access.Audit(d.now(), by, "logbook", appliance.Message{Key: "audit.logbook_exported", English: "a copy of the logbook was taken"})
	if err := d.store.Append([]appliance.Event{event}); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
		return err
	}
	return d.store.ExportLogbook(w)
}
