package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/ticket"
)

// Tickets is Tickets.Tickets.
func (d *Daemon) Tickets(_ context.Context, f appliance.TicketFilter) (out []appliance.Ticket, err error) {
	if f.Limit <= 0 || f.Limit > 10_000 {
		f.Limit = 100
	}
	err = d.store.EachTicket(f.Before, func(t appliance.Ticket) bool {
		if ticket.Chooses(f, t) {
			out = append(out, t)
		}
		return len(out) >= f.Limit
	})
	return out, err
}

// Ticket is Tickets.Ticket.
func (d *Daemon) Ticket(ctx context.Context, by appliance.Actor, id appliance.ID) (v appliance.TicketView, err error) {
	if v.Ticket, err = d.store.Ticket(id); err != nil {
		return v, err
	}
	site, err := d.Site(ctx)
	if err != nil {
		return v, err
	}
	v.Readings = ticket.Read(v.Ticket, site, d.now(), true)
	if v.Posts, err = d.store.TicketPosts(id); err != nil {
		return v, err
	}
	if v.Others, err = d.mergedInto(id); err != nil {
		return v, err
	}
	for _, t := range v.Others {
		posts, err := d.store.TicketPosts(t.ID)
		if err != nil {
			return v, err
		}
		v.Posts = append(v.Posts, posts...)
	}
	return ticket.For(by.Role, v), nil
}

// mergedInto are the tickets that go on in another one.
func (d *Daemon) mergedInto(id appliance.ID) (out []appliance.Ticket, err error) {
	err = d.store.EachTicket(0, func(t appliance.Ticket) bool {
		if t.Merged == id {
			out = append(out, t)
		}
		return t.ID <= id // a ticket is merged into an older one
	})
	return out, err
}

// Clocks is Tickets.Clocks.
func (d *Daemon) Clocks(ctx context.Context, t appliance.Ticket) ([]appliance.ClockReading, error) {
	site, err := d.Site(ctx)
	if err != nil {
		return nil, err
	}
	return ticket.Read(t, site, d.now(), false), nil
}

// OpenTicket is Tickets.OpenTicket. Ticket, attachments and the word to technicians are one step.
func (d *Daemon) OpenTicket(ctx context.Context, by appliance.Actor, t appliance.Ticket, text string, files []appliance.Upload) (appliance.Ticket, error) {
	c, err := d.Contract(ctx)
	if err != nil {
		return t, err
	}
	site, err := d.Site(ctx)
	if err != nil {
		return t, err
	}
	for _, id := range t.Devices {
		if _, ok := d.live.device(id); !ok {
			return t, appliance.Invalid("device", "logbook.error.device", "there is no such device", nil)
		}
	}
	t, post, err := ticket.Open(t, text, c, site, by, clean(d.now()))
	if err != nil {
		return t, err
	}
	sent, err := readFiles(files)
	if err != nil {
		return t, err
	}
	err = d.store.Update(func(tx *store.Tx) error {
		if err := tx.PutTicket(&t); err != nil {
			return err
		}
		post.Ticket = t.ID
		if err := keepPost(tx, &t, &post, sent); err != nil {
			return err
		}
		if n := ticket.Tell(t, post, true); n != nil {
			if err := d.tellIn(tx, n); err != nil {
				return err
			}
		}
		return tx.PutTicket(&t)
	})
	d.desk.forget()
	d.told()
	return t, err
}

// sentFile is an attachment that was read.
type sentFile struct {
	appliance.TicketFile
	data []byte
}

// readFiles takes attachments one after the other. They are in memory then, bounded by MaxTicketPost.
func readFiles(files []appliance.Upload) (out []sentFile, err error) {
	total := 0
	for _, u := range files {
		f, b, err := ticket.ReadFile(u)
		if err != nil {
			return nil, err
		}
		if total += len(b); total > appliance.MaxTicketPost {
			return nil, tooManyFiles()
		}
		sum := sha256.Sum256(b)
		f.SHA256 = hex.EncodeToString(sum[:])
		out = append(out, sentFile{f, b})
	}
	return out, nil
}

func tooManyFiles() error {
	return appliance.Invalid("files", "ticket.error.files_many", "these are too many files for one ticket, or too large ones together", map[string]any{"max": appliance.MaxTicketFiles, "mb": appliance.MaxTicketBytes >> 20})
}

// keepPost stores a post with its attachments and counts them in the ticket, which is stored afterwards.
func keepPost(tx *store.Tx, t *appliance.Ticket, p *appliance.TicketPost, files []sentFile) error {
	for _, f := range files {
		f.Ticket, f.Internal = t.ID, p.Internal
		if t.Files, t.Bytes = t.Files+1, t.Bytes+f.Bytes; t.Files > appliance.MaxTicketFiles || t.Bytes > appliance.MaxTicketBytes {
			return tooManyFiles()
		}
		if err := tx.AddTicketFile(&f.TicketFile, f.data); err != nil {
			return err
		}
		p.Files = append(p.Files, f.TicketFile)
	}
	if p.Text == "" && p.Message == nil && len(p.Files) == 0 {
		return nil
	}
	return tx.AddTicketPost(p)
}

// EditTicket is Tickets.EditTicket. What is done, what is said of it and what the logbook keeps are one step.
func (d *Daemon) EditTicket(ctx context.Context, by appliance.Actor, id appliance.ID, e appliance.TicketEdit) (t appliance.Ticket, err error) {
	c, err := d.Contract(ctx)
	if err != nil {
		return t, err
	}
	site, err := d.Site(ctx)
	if err != nil {
		return t, err
	}
	if _, ok := d.live.device(e.Device); e.Device != 0 && !ok {
		return t, appliance.Invalid("device", "logbook.error.device", "there is no such device", nil)
	}
	files, err := readFiles(e.Files)
	if err != nil {
		return t, err
	}
	err = d.store.Update(func(tx *store.Tx) error {
		if t, err = tx.Ticket(id); err != nil {
			return err
		}
		var into *appliance.Ticket
		if e.Do == appliance.TicketMerge {
			if other, err := tx.Ticket(e.Into); err == nil {
				into = &other
			}
		}
		now := clean(d.now())
		if err := d.watchTicket(tx, &t, site, now); err != nil { // what was late until now stays so
			return err
		}
		post, err := ticket.Edit(&t, into, e, c, by, now)
		if err != nil {
			return err
		}
		if into != nil {
			if err := tx.PutTicket(into); err != nil {
				return err
			}
		}
		if e.Do == appliance.TicketSolve {
			entry := ticket.Entry(t, by)
			entry.Devices = slices.DeleteFunc(slices.Clone(entry.Devices), func(id appliance.ID) bool { _, ok := d.live.device(id); return !ok })
			if err := tx.AppendLogbook(&entry); err != nil {
				return err
			}
			t.Entry = entry.Seq
		}
		if err := keepPost(tx, &t, &post, files); err != nil {
			return err
		}
		if n := ticket.Tell(t, post, false); n != nil {
			if err := d.tellIn(tx, n); err != nil {
				return err
			}
		}
		return tx.PutTicket(&t)
	})
	d.desk.forget()
	d.told()
	return t, err
}

// TicketFile is Tickets.TicketFile.
func (d *Daemon) TicketFile(_ context.Context, by appliance.Actor, id appliance.ID) (appliance.TicketFile, []byte, error) {
	f, b, err := d.store.TicketFile(id)
	if err == nil && f.Internal && !ticket.Staff(by.Role) {
		return appliance.TicketFile{}, nil, appliance.ErrNotFound
	}
	return f, b, err
}
