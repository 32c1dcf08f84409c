package apptest

import (
	"context"
	"io"
	"slices"

	"siteward/appliance"
	"siteward/appliance/logbook"
)

// AppendLogbook keeps an entry in a log in memory.
func (a *App) AppendLogbook(_ context.Context, by appliance.Actor, e appliance.LogbookEntry) (appliance.LogbookEntry, error) {
	if e.Text == "" && e.Message == nil {
		return e, appliance.Invalid("text", "logbook.error.text", "say what was done", nil)
	}
	err := a.change("write logbook", appliance.Change{Config: true}, func() (err error) {
		e.By, e.Written = by.Name, a.now
		if e.Party == "" {
			e.Party = logbook.PartyOf(by.Role)
		}
		if e.At.IsZero() {
			e.At = a.now
		}
		e, err = a.book.Append(e)
		return err
	})
	return e, err
}

// LogbookEntries gives entries, newest first.
func (a *App) LogbookEntries(_ context.Context, f appliance.LogbookFilter) (out []appliance.LogbookEntry, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.Limit <= 0 {
		f.Limit = 100
	}
	for _, l := range slices.Backward(a.book.Lines) {
		e, err := logbook.Parse(l.Record)
		if err != nil {
			return nil, err
		}
		if f.Before != 0 && e.Seq >= f.Before || e.Seq <= f.After || !logbook.Chooses(f, &e) {
			continue
		}
		if out = append(out, e); len(out) == f.Limit {
			break
		}
	}
	return out, nil
}

// LogbookProof proves an entry.
func (a *App) LogbookProof(_ context.Context, seq uint64) (appliance.LogbookProof, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if seq == 0 || seq > uint64(len(a.book.Lines)) {
		return appliance.LogbookProof{}, appliance.ErrNotFound
	}
	checkpoint, err := a.book.Checkpoint()
	if err != nil {
		return appliance.LogbookProof{}, err
	}
	return logbook.Prove(a.book.Lines[seq-1].Record, checkpoint, []string{a.book.Keys[0].Key}, a.book)
}

// LogbookHead tells the end of the log.
func (a *App) LogbookHead(context.Context) (h appliance.LogbookHead, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h.Keys, h.Verified = a.book.Keys, a.verified
	if h.Checkpoint, err = a.book.Checkpoint(); err != nil || h.Checkpoint == "" {
		return h, err
	}
	c, err := logbook.ParseCheckpoint(h.Checkpoint)
	h.Size, h.Root = c.Size, c.Root.String()
	return h, err
}

// VerifyLogbook finds that everything fits.
func (a *App) VerifyLogbook(context.Context) (appliance.LogbookReport, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.verified = appliance.LogbookReport{At: a.now, Entries: int64(len(a.book.Lines)), Keys: []string{a.book.Keys[0].Key}}
	return a.verified, nil
}

// ExportLogbook writes the log.
func (a *App) ExportLogbook(_ context.Context, _ appliance.Actor, w io.Writer) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	checkpoint, err := a.book.Checkpoint()
	if err != nil {
		return err
	}
	return logbook.Export(w, logbook.Header{Site: a.site.Name, Exported: a.now, Keys: a.book.Keys}, a.book.All(), checkpoint)
}

func newBook() *logbook.Book {
	b, err := logbook.NewBook()
	if err != nil {
		panic(err) // the system has no random numbers
	}
	return b
}
