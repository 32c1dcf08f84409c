package ui

import (
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/ui/view"
)

// sentSay puts one event into words. Texts that devices or people wrote stand as they left.
func (l *Lang) sentSay(out *view.SentEvent, v message.Data) {
	switch v := v.(type) {
	case *message.Summary:
		l.sentSummary(out, v)
	case *message.Incident:
		out.Text, out.Foreign = l.T("sent.say_incident", "n", v.ID.String(), "time", v.Opened), v.Title
		if !v.Closed.IsZero() {
			out.Text = l.T("sent.say_incident_over", "n", v.ID.String(), "time", v.Closed)
		}
	case *message.Ticket:
		out.Text, out.Foreign = l.T("sent.say_ticket", "n", v.ID.String(), "status", l.known("ticket.status_", string(v.Status))), v.Title
	case *message.Window:
		out.Text, out.Foreign = l.T("sent.say_window", "n", v.ID.String(), "status", l.known("maintenance.state_", v.State), "time", l.windowSpan(v.From, v.To)), v.Title
	case *message.Round:
		out.Text = l.T("sent.say_round_missed", "day", l.sentDay(v.Day))
		if v.State == "signed" {
			out.Text = l.T("sent.say_round", "day", l.sentDay(v.Day), "name", v.By)
		}
	case *message.Backup:
		out.Text, out.Foreign = l.T("sent.say_backup", "name", v.Name, "status", l.known("backups.run_", v.Verdict)), v.Why
	case *message.Outage:
		out.Text = l.T("sent.say_outage_now", "name", v.Name, "time", v.Began)
		if !v.Ended.IsZero() {
			out.Text = l.T("sent.say_outage", "name", v.Name, "time", v.Began, "for", v.Ended.Sub(v.Began))
		}
	case *message.Inventory:
		out.Text, out.Foreign = l.T("sent.say_inventory", "name", v.Name), v.What
	case *message.LogbookEntry:
		l.sentEntry(out, v)
	case *message.Offer:
		out.Text = l.T("sent.say_offer", "name", v.Name)
	case *message.Checkpoint:
		out.Text = l.T("sent.say_checkpoint")
	case *message.Stopping:
		out.Text = l.T("sent.say_stopping", "why", l.known("sent.stop_", v.Reason))
	case *message.Gap:
		out.Text = l.T("sent.say_gap", "from", v.From, "to", v.To, "why", l.known("sent.gap_", v.Why))
	}
}

// known is the word of a value of the wire, or the value itself when it came later than the words.
func (l *Lang) known(prefix, value string) string {
	if l.Has(prefix + value) {
		return l.T(prefix + value)
	}
	return value
}

func (l *Lang) sentDay(day string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, l.zone())
	if err != nil {
		return day
	}
	return l.Day(at)
}

func (l *Lang) sentEntry(out *view.SentEvent, v *message.LogbookEntry) {
	out.Text = l.T("sent.say_logbook", "n", v.Seq)
	e, err := logbook.Parse([]byte(v.Record))
	if err != nil {
		return
	}
	out.Foreign = e.Text
	if e.Message != nil {
		out.Foreign = strings.TrimSpace(l.Say(*e.Message) + " " + e.Text)
	}
}

func (l *Lang) sentSummary(out *view.SentEvent, v *message.Summary) {
	well := 0
	var wrong []string
	for _, d := range v.Devices {
		if d.State == appliance.StateOK {
			well++
		} else {
			wrong = append(wrong, d.Name)
		}
	}
	out.Text, out.Foreign = l.T("sent.say_summary", "state", l.T("state."+v.State.String())), v.Worst
	add := func(word, text string) {
		if text != "" {
			out.Facts = append(out.Facts, view.Line{Name: l.T(word), Value: text})
		}
	}
	off := func(kind string) bool { return slices.Contains(v.Withheld, kind) }
	add("nav.devices", l.T("sent.sum_devices", "n", len(v.Devices), "well", well))
	add("sent.sum_wrong", strings.Join(wrong, ", "))
	if !off("incident") {
		add("sent.kind_incident", l.T("sent.sum_open", "n", v.Incidents.Open))
	}
	if !off("ticket") {
		add("nav.tickets", l.T("sent.sum_open", "n", v.Tickets.Open))
	}
	good := 0
	for _, j := range v.Backups {
		if j.Verdict == "success" {
			good++
		}
	}
	if len(v.Backups) > 0 {
		add("nav.backups", l.T("sent.sum_backups", "n", len(v.Backups), "good", good))
	}
	if len(v.UPS) > 0 {
		add("nav.power", l.T("sent.sum_ups", "n", len(v.UPS)))
	}
	if v.Round != nil {
		add("nav.round", l.known("round.state_", v.Round.State))
	}
	for _, w := range []*message.SummaryWindow{v.Window, v.Next} {
		if w != nil {
			add("nav.maintenance", strings.TrimSpace(l.windowSpan(w.From, w.To)+" "+w.Title))
		}
	}
	if v.Contract != nil {
		add("nav.contract", l.T("sent.sum_contract", "left", time.Duration(v.Contract.Left)*time.Minute, "of", time.Duration(v.Contract.Of)*time.Minute))
	}
	if v.Logbook > 0 {
		add("nav.logbook", l.T("sent.sum_logbook", "n", int64(min(v.Logbook, 1<<40)))) //nolint:gosec // bounded
	}
	add("sent.sum_version", v.Appliance.Version)
	var kept []string
	for _, k := range v.Withheld {
		kept = append(kept, l.known("sent.kind_", k))
	}
	add("sent.sum_withheld", strings.Join(kept, ", "))
}
