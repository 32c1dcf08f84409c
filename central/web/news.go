package web

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"siteward/appliance/message"
	"siteward/central"
	"siteward/ui"
)

// newsTypes are events that people follow.
var newsTypes = []string{message.TypeIncident, message.TypeTicket, message.TypeWindow, message.TypeRound, message.TypeBackup, message.TypeOutage, message.TypeStopping, message.TypeGap, message.TypeInventory, message.TypeOffer}

func (s *Server) news(ctx context.Context, l *ui.Lang, id central.SiteID) ([]siteRow, error) {
	events, err := s.Store.Events(ctx, central.EventFilter{Site: id, Types: newsTypes, Limit: 30})
	if err != nil {
		return nil, err
	}
	var out []siteRow
	for i := range events {
		out = append(out, told(l, &events[i]))
	}
	return out, nil
}

// told is an event in a line: its kind in words of ours, its text as the site wrote it.
func told(l *ui.Lang, e *central.Event) siteRow {
	r := siteRow{Name: l.T("central.event_" + kindOf(e.Type)), At: e.Time}
	decode := func(v any) bool { return json.Unmarshal(e.Data, v) == nil }
	switch e.Type {
	case message.TypeIncident:
		var v message.Incident
		if decode(&v) {
			r.State, r.Text = v.State.String(), spoken(l, v.Words, v.Title)
			if !v.Closed.IsZero() {
				r.State = "ok"
			}
		}
	case message.TypeTicket:
		var v message.Ticket
		if decode(&v) {
			r.Text = strings.TrimSpace("#" + v.ID.String() + " " + ticketWord(l, v.Status) + " " + v.Title)
		}
	case message.TypeWindow:
		var v message.Window
		if decode(&v) {
			r.State, r.Text = "maintenance", v.Title
		}
	case message.TypeRound:
		var v message.Round
		if decode(&v) {
			r.State, r.Text = rounds[v.State], v.Day+" "+v.By
		}
	case message.TypeBackup:
		var v message.Backup
		if decode(&v) {
			r.State, r.Text = verdicts[v.Verdict], strings.TrimSpace(v.Name+" "+v.Why)
		}
	case message.TypeOutage:
		var v message.Outage
		if decode(&v) {
			r.Text = v.Name
		}
	case message.TypeStopping:
		var v message.Stopping
		if decode(&v) {
			r.Text = strings.TrimSpace(v.Reason + " " + v.Text)
		}
	case message.TypeGap:
		var v message.Gap
		if decode(&v) {
			r.State, r.Text = "warning", strconv.FormatUint(v.From, 10)+"–"+strconv.FormatUint(v.To, 10)+" "+v.Why
		}
	case message.TypeOffer:
		var v message.Offer
		if decode(&v) {
			r.Text = strings.TrimSpace(v.Name + ": " + offerWord(l, v.State) + " " + v.Reason)
		}
	case message.TypeInventory:
		var v message.Inventory
		if decode(&v) {
			r.Text = v.Name + ": " + spoken(l, v.Words, v.What)
		}
	}
	r.Text = tame(r.Text, 200)
	return r
}

// kindOf is the middle of a type: "incident" of "siteward.incident.v1"; "other" for a noun that has no words yet.
func kindOf(t string) string {
	if !slices.Contains(newsTypes, t) {
		return "other"
	}
	return strings.Split(t, ".")[1]
}
