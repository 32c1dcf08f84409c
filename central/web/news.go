package web

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/ui"
)

// newsTypes are events that people follow.
var newsTypes = central.Spoken()

func (s *Server) news(ctx context.Context, l *ui.Lang, id central.SiteID) ([]siteRow, error) {
	events, err := s.Store.Events(ctx, central.EventFilter{Site: id, Types: newsTypes, Limit: 30})
	if err != nil {
		return nil, err
	}
	slices.Reverse(events)
	out := tellAll(l, events)
	slices.Reverse(out)
	return out, nil
}

// tellAll makes lines of events, the oldest first. What a record says again in the same words, for only numbers of it have changed, is
// left out.
func tellAll(l *ui.Lang, events []central.Event) (out []siteRow) {
	last := map[string]string{}
	for i := range events {
		r := told(l, &events[i])
		if key := events[i].Type + events[i].Subject; events[i].Subject != "" {
			if last[key] == r.State+r.Text {
				continue
			}
			last[key] = r.State + r.Text
		}
		out = append(out, r)
	}
	return out
}

// told is an event in a line: its kind and its text, in the reader's language where the site gave words.
func told(l *ui.Lang, e *central.Event) siteRow {
	return siteRow{Name: l.T(central.KindWord(e.Type)), At: e.Time, State: shapeOf(e), Text: tame(l.Say(central.Said(e.Type, e.Data)), 300)}
}

// shapeOf is the shape before the line of an event, "" when there is nothing to judge.
func shapeOf(e *central.Event) string {
	var v struct {
		State, Verdict string
		Closed         time.Time
		Ended          time.Time
	}
	if json.Unmarshal(e.Data, &v) != nil {
		return ""
	}
	switch e.Type {
	case message.TypeIncident:
		if !v.Closed.IsZero() {
			return "ok"
		}
		if s, err := appliance.ParseState(v.State); err == nil {
			return s.String()
		}
	case message.TypeWindow, message.TypeStopping:
		return "maintenance"
	case message.TypeRound:
		return rounds[v.State]
	case message.TypeBackup:
		return verdicts[v.Verdict]
	case message.TypeOutage:
		if v.Ended.IsZero() {
			return "critical"
		}
		return "warning"
	case message.TypeGap:
		return "warning"
	}
	return ""
}
