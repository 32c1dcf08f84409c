package daemon

import (
	"context"
	"net/url"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/window"
)

// windowNews is what is told of a window; the words are window.notice.<news>.
type windowNews string

const (
	windowAnnounced windowNews = "announced"
	windowReminder  windowNews = "reminder"
	windowConfirmed windowNews = "confirmed"
	windowMoved     windowNews = "moved"
	windowRefused   windowNews = "refused"
	windowCancelled windowNews = "cancelled"
	windowSkipped   windowNews = "skipped" // one of its times
	windowEnded     windowNews = "ended"
)

// shownNames is how many devices a mail names.
const shownNames = 10

// tellWindow puts the news of a window into the queue, in the same step of the store as what it is about. An answer goes to the
// technicians, everything else to those who are named or, when nobody is, to the key users; an announcement to those in to, with the links by
// which they answer.
func (d *Daemon) tellWindow(tx *store.Tx, w appliance.Window, news windowNews, span appliance.WindowSpan, note string, to ...appliance.Recipient) error {
	link := "/maintenance/" + w.ID.String()
	n := appliance.Notice{Kind: appliance.NoticeWindow, About: appliance.NoticeAbout{Window: w.ID}, Severity: appliance.StateOK, Thread: "window-" + w.ID.String(), Link: link,
		Title: appliance.Message{Key: "window.notice." + string(news), Args: map[string]any{"title": w.Title}, English: "maintenance " + string(news) + ": " + w.Title}}
	say := func(key, english string, args map[string]any) {
		n.Lines = append(n.Lines, appliance.Message{Key: "window.notice.line_" + key, Args: args, English: english})
	}
	if !span.IsZero() {
		say("when", "from "+span.From.Format(time.RFC3339)+" to "+span.Until.Format(time.RFC3339), map[string]any{"from": clean(span.From), "until": clean(span.Until)})
	}
	if w.Rule != "" && news == windowAnnounced {
		say("again", "it comes back", nil)
	}
	if w.Effect != "" {
		say("effect", "meanwhile: "+w.Effect, map[string]any{"text": w.Effect})
	}
	if names := d.windowNames(tx, w); names != "" {
		say("about", "it is about "+names, map[string]any{"names": names})
	} else if w.All {
		say("all", "it is about the whole site", nil)
	}
	if news == windowAnnounced || news == windowReminder {
		say("comment", w.Comment, map[string]any{"text": w.Comment})
		if w.Reason != "" {
			say("reason", "announced at short notice: "+w.Reason, map[string]any{"text": w.Reason})
		}
	}
	if note != "" {
		say("note", note, map[string]any{"text": note})
	}
	switch news {
	case windowConfirmed, windowMoved, windowRefused:
	default:
		if n.To = to; len(to) > 0 {
			break
		}
		for _, m := range w.Mails {
			n.To = append(n.To, appliance.Recipient{Mail: m})
		}
		for _, c := range w.Contacts {
			n.To = append(n.To, appliance.Recipient{Contact: c})
		}
		if len(n.To) == 0 {
			n.To = []appliance.Recipient{{Role: appliance.ContactKeyUser}}
		}
	}
	if news == windowAnnounced || news == windowCancelled || news == windowSkipped {
		w.Version++ // as it will be stored
		n.Files = []appliance.NoticeFile{{Name: "maintenance.ics", Type: "text/calendar; charset=utf-8", Data: d.windowCalendar(w, news == windowCancelled)}}
	}
	return d.tellIn(tx, &n)
}

// windowCalendar is the calendar file of one window, in the words of whoever made it.
func (d *Daemon) windowCalendar(w appliance.Window, cancel bool) []byte {
	return window.Calendar(d.location(), d.hostName(), d.now(), cancel, d.windowEntryOf(w))
}

func (d *Daemon) windowEntryOf(w appliance.Window) window.Entry {
	return window.Entry{Window: w, Summary: w.Title, Description: strings.TrimSpace(w.Effect + "\n\n" + w.Comment), Location: d.siteName(),
		URL: d.baseURL() + "/maintenance/" + w.ID.String()}
}

// hostName is how this appliance is reached, without the port.
func (d *Daemon) hostName() string {
	if u, err := url.Parse(d.baseURL()); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "siteward.invalid"
}

// windowNames are the devices of a window by name, also of those that the same step of the store has made.
func (d *Daemon) windowNames(tx *store.Tx, w appliance.Window) string {
	var names []string
	for _, id := range w.Devices {
		if dev, err := tx.Device(id); err == nil {
			names = append(names, dev.Name)
		}
	}
	for _, id := range w.Jobs {
		if j, err := tx.BackupJob(id); err == nil {
			names = append(names, j.Name)
		}
	}
	if len(names) > shownNames {
		names = append(names[:shownNames:shownNames], "…")
	}
	return strings.Join(names, ", ")
}

// remindWindow tells everybody that a window is about to begin; while nobody has answered, with the links for that.
func (d *Daemon) remindWindow(ctx context.Context, v appliance.WindowView) error {
	contacts, err := d.Contacts(ctx)
	if err != nil {
		return err
	}
	var to []appliance.Recipient
	return d.editWindow(bySiteward, "audit.window_reminded", v.ID, func(w *appliance.Window) error {
		w.Reminded = v.Next.From.UTC()
		to = d.inviteAgain(w, contacts)
		return nil
	}, func(tx *store.Tx, w appliance.Window) error {
		return d.tellWindow(tx, w, windowReminder, v.Next, "", to...)
	})
}
