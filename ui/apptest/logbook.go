package apptest

import (
	"context"
	"io"
	"slices"
	"time"

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
	lines := slices.Clone(a.book.Lines)
	a.mu.Unlock() // Match asks the site for its words
	if f.Limit <= 0 {
		f.Limit = 100
	}
	for _, l := range slices.Backward(lines) {
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

// checkbook fills the logbook with a few days of work, and with what the journal tells.
func (a *App) checkbook() {
	nas := a.Find("nas-1")
	work := []appliance.LogbookEntry{
		{At: Present.AddDate(0, 0, -9), By: "m.muster", Party: appliance.PartyProvider, Kind: appliance.LogbookVisit, Text: "Checked the network cabinet on the first floor.\nTwo cables are labelled now.", Minutes: 40},
		{At: Present.AddDate(0, 0, -6), By: "s.techniker", Party: appliance.PartyProvider, Kind: appliance.LogbookRestore, Devices: []appliance.ID{nas}, Subject: "backup job Fileserver",
			Text: "Restored three files of last week from the NAS. All could be opened.", Reason: "yearly restore test", Minutes: 25, Ticket: "T-188",
			Files: []appliance.LogbookFileRef{{Name: "restore-2026-11-14.pdf", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Bytes: 182_000}}},
		{At: Present.AddDate(0, 0, -3), By: "k.empfang", Party: "Elektro Brandt", Kind: appliance.LogbookBattery, Devices: []appliance.ID{a.Find("ups-1")}, Text: "Battery set replaced.", Reason: "Self-test failed on 12 November.", Minutes: 30},
		{At: Present.AddDate(0, 0, -2), By: "k.empfang", Party: appliance.PartyCustomer, Kind: appliance.LogbookNote, Text: "It was one battery, not the set.", Corrects: 3},
	}
	for _, e := range a.events {
		if w, ok := logbook.FromEvent(e); ok {
			work = append(work, w)
		}
	}
	slices.SortStableFunc(work, func(x, y appliance.LogbookEntry) int { return x.At.Compare(y.At) })
	third := slices.IndexFunc(work, func(e appliance.LogbookEntry) bool { return e.Kind == appliance.LogbookBattery }) + 1
	for _, e := range work {
		if e.Corrects != 0 {
			e.Corrects = uint64(third)
		}
		e.Written = e.At
		if _, err := a.book.Append(e); err != nil {
			panic(err)
		}
	}
	a.verified = appliance.LogbookReport{At: Present.Add(-4 * time.Hour), Entries: int64(len(work)), Keys: []string{a.book.Keys[0].Key}}
}
