package ticket

import (
	"fmt"
	"time"

	"siteward/appliance"
)

// Entry is what the logbook keeps of a ticket that was closed.
func Entry(t appliance.Ticket, by appliance.Actor) appliance.LogbookEntry {
	kind := appliance.LogbookTicket
	switch t.Recurs {
	case appliance.RecurRestore:
		kind = appliance.LogbookRestore
	case appliance.RecurBattery:
		kind = appliance.LogbookBattery
	}
	e := appliance.LogbookEntry{At: t.Closed, By: by.Name, Kind: kind, Devices: t.Devices, Ticket: Number(t.ID), Minutes: min(t.Minutes(), maxWork), Text: cut(t.Solution, 2000),
		Message: &appliance.Message{Key: "ticket.entry.solved", Args: map[string]any{"number": Number(t.ID), "title": t.Title, "minutes": t.Minutes()},
			English: fmt.Sprintf("%s solved: %s (%d min)", Number(t.ID), t.Title, t.Minutes())}}
	for _, i := range t.List {
		if i.Note != "" {
			e.Text = cut(e.Text+"\n"+i.Key+i.Text+": "+i.Note, 10_000)
		}
	}
	return e
}

// BreachEntry is what the logbook keeps of a promise that was broken.
func BreachEntry(t appliance.Ticket, n News, now time.Time) appliance.LogbookEntry {
	return appliance.LogbookEntry{At: now, By: appliance.PartySiteward, Party: appliance.PartySiteward, Kind: appliance.LogbookTicket, Devices: t.Devices, Ticket: Number(t.ID),
		Message: &appliance.Message{Key: "ticket.entry.breach_" + string(n.Kind), Args: map[string]any{"number": Number(t.ID), "title": t.Title, "due": n.Due},
			English: fmt.Sprintf("%s: the promise to %s by %s was not kept", Number(t.ID), n.Kind, n.Due.UTC().Format(time.RFC3339))}}
}

// Tell is the notice about a post, nil when nobody need be told: what technicians do, the customer hears of, and the other way round.
func Tell(t appliance.Ticket, p appliance.TicketPost, opened bool) *appliance.Notice {
	n := notice(t, p.At)
	key := "answered"
	switch {
	case p.Internal || p.By == "":
		return nil
	case opened:
		key = "opened"
	case p.Message != nil:
		n.Lines = append(n.Lines, *p.Message)
	}
	n.Title = words("ticket.tell."+key, t, fmt.Sprintf("%s: %s", Number(t.ID), t.Title))
	if p.Text != "" {
		n.Lines = append(n.Lines, appliance.Message{Key: "ticket.tell.text", Args: map[string]any{"text": cut(p.Text, 4000)}, English: cut(p.Text, 4000)})
	}
	n.To = []appliance.Recipient{{Role: appliance.ContactTechnician}}
	if Staff(p.Role) {
		n.To[0].Role = appliance.ContactKeyUser
	}
	if opened && t.Priority == appliance.PriorityCalamity {
		n.Severity = appliance.StateCritical
		n.To = append(n.To, appliance.Recipient{Role: appliance.ContactHotline})
	}
	return n
}

// TellClock is the notice that a clock has come to a mark.
func TellClock(t appliance.Ticket, news News, now time.Time) *appliance.Notice {
	n := notice(t, now)
	n.Severity = appliance.StateWarning
	n.To = []appliance.Recipient{{Role: appliance.ContactTechnician}}
	args := map[string]any{"number": Number(t.ID), "title": t.Title, "due": news.Due, "percent": news.Percent}
	n.Title = appliance.Message{Key: "ticket.tell.clock_" + string(news.Kind), Args: args, English: fmt.Sprintf("%s: %d %% of the time to %s are used", Number(t.ID), news.Percent, news.Kind)}
	if news.Breached || news.Percent >= 100 {
		n.Severity = appliance.StateCritical
		n.Title = appliance.Message{Key: "ticket.tell.late_" + string(news.Kind), Args: args, English: fmt.Sprintf("%s: the time to %s is used up", Number(t.ID), news.Kind)}
	}
	return n
}

func notice(t appliance.Ticket, at time.Time) *appliance.Notice {
	return &appliance.Notice{At: at, Kind: appliance.NoticeTicket, About: appliance.NoticeAbout{Ticket: t.ID}, Severity: appliance.StateOK,
		Thread: "ticket-" + t.ID.String(), Link: "/tickets/" + t.ID.String()}
}

func words(key string, t appliance.Ticket, english string) appliance.Message {
	return appliance.Message{Key: key, Args: map[string]any{"number": Number(t.ID), "title": t.Title}, English: english}
}
