package central

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"siteward/appliance"
	"siteward/appliance/message"
)

// spoken are the types that people follow, and how each is said. A type that came later is named and no more.
var spoken = map[string]func(json.RawMessage) appliance.Message{
	message.TypeIncident:  said(incidentSaid),
	message.TypeTicket:    said(ticketSaid),
	message.TypeWindow:    said(windowSaid),
	message.TypeRound:     said(roundSaid),
	message.TypeBackup:    said(backupSaid),
	message.TypeOutage:    said(outageSaid),
	message.TypeStopping:  said(stoppingSaid),
	message.TypeGap:       said(gapSaid),
	message.TypeOffer:     said(offerSaid),
	message.TypeInventory: said(inventorySaid),
}

// Spoken lists the types that people follow.
func Spoken() (types []string) {
	for t := range spoken {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// Said is an event in a sentence, without a language; its kind is not part of it.
func Said(kind string, data json.RawMessage) appliance.Message {
	if say, ok := spoken[kind]; ok {
		return say(data)
	}
	return appliance.Message{}
}

// KindWord is the word for what an event is about.
func KindWord(kind string) string {
	if _, ok := spoken[kind]; !ok {
		return "central.event_other"
	}
	return "central.event_" + message.Kind(kind)
}

func said[T any](say func(*T) appliance.Message) func(json.RawMessage) appliance.Message {
	return func(data json.RawMessage) appliance.Message {
		var v T
		if json.Unmarshal(data, &v) != nil {
			return appliance.Message{}
		}
		return say(&v)
	}
}

type args map[string]any

// msg makes a sentence. Its English is what is read where the key is not known: what was put in, one after the other.
func msg(key, english string, a args) appliance.Message {
	return appliance.Message{Key: key, Args: a, English: english}
}

// clip bounds what a site says, at a whole letter.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// text is what a person wrote, as a sentence that is the same in every language.
func text(s string) appliance.Message { return appliance.Message{English: clip(s, 300)} }

func incidentSaid(v *message.Incident) appliance.Message {
	m := v.Words.Message(clip(v.Title, 300))
	if v.Closed.IsZero() {
		return m
	}
	return msg("central.said_over", "over: "+m.English, args{"what": m, "at": v.Closed})
}

func ticketSaid(v *message.Ticket) appliance.Message {
	title := v.Words.Message(clip(v.Title, 200))
	a := args{"number": v.ID.String(), "status": clip(string(v.Status), 20), "title": title}
	if slices.Contains(appliance.TicketStatuses, v.Status) {
		a["status"] = "ticket.status_" + string(v.Status)
	}
	english := "#" + v.ID.String() + " " + string(v.Status)
	if title.English == "" {
		return msg("central.said_ticket", english, a)
	}
	return msg("central.said_ticket_title", english+": "+title.English, a)
}

func windowSaid(v *message.Window) appliance.Message {
	key := "central.said_window_planned"
	switch v.State {
	case "running":
		key = "central.said_window_running"
	case "done":
		key = "central.said_window_done"
	case "cancelled":
		key = "central.said_window_cancelled"
	}
	m := msg(key, v.State, args{"from": v.From, "to": v.To})
	if v.Title == "" {
		return m
	}
	return msg("central.said_named", clip(v.Title, 200)+": "+v.State, args{"name": text(v.Title), "what": m})
}

func roundSaid(v *message.Round) appliance.Message {
	if v.State != "signed" {
		return msg("central.said_round_missed", v.Day+": missed", args{"day": clip(v.Day, 20)})
	}
	m := msg("central.said_round_signed", v.Day+": signed by "+clip(v.By, 60), args{"day": clip(v.Day, 20), "by": text(clip(v.By, 60))})
	if v.Open <= 0 {
		return m
	}
	return msg("central.said_round_open", m.English, args{"what": m, "n": v.Open})
}

// BackupWords are the words of the verdicts that a backup may have.
var BackupWords = map[string]string{"success": "central.verdict_success", "warning": "central.verdict_warning", "failed": "central.verdict_failed",
	"running": "central.verdict_running", "none": "central.verdict_none"}

func backupSaid(v *message.Backup) appliance.Message {
	verdict := BackupWords[v.Verdict]
	if verdict == "" {
		verdict = clip(v.Verdict, 20)
	}
	a := args{"name": text(v.Name), "what": verdict}
	if v.Why != "" || v.Words != nil {
		a["what"] = v.Words.Message(clip(v.Why, 300))
	}
	return msg("central.said_named", clip(v.Name, 80)+": "+v.Verdict+" "+clip(v.Why, 300), a)
}

func outageSaid(v *message.Outage) appliance.Message {
	a := args{"name": text(v.Name), "from": v.Began, "to": v.Ended, "n": v.Minutes, "charge": v.Charge}
	switch {
	case v.Ended.IsZero():
		return msg("central.said_outage", clip(v.Name, 80)+": on battery", a)
	case v.Minutes == 0:
		return msg("central.said_outage_short", clip(v.Name, 80)+": less than a minute", a)
	case v.Charge > 0:
		return msg("central.said_outage_charge", clip(v.Name, 80), a)
	}
	return msg("central.said_outage_over", clip(v.Name, 80), a)
}

// stops are the reasons for which a site stops, as codes.
var stops = map[string]string{"restart": "central.stop_restart", "update": "central.stop_update", "shutdown": "central.stop_shutdown", "power": "central.stop_power"}

// Stop is why a site stopped: a code of the wire, or what a person wrote.
func Stop(reason string) appliance.Message {
	if key, ok := stops[reason]; ok {
		return msg(key, reason, nil)
	}
	return text(reason)
}

func stoppingSaid(v *message.Stopping) appliance.Message {
	m := Stop(v.Reason)
	if v.Text != "" {
		m = msg("central.said_named", m.English+": "+clip(v.Text, 200), args{"name": m, "what": text(v.Text)})
	}
	if v.Until.IsZero() {
		return m
	}
	return msg("central.said_until", m.English, args{"what": m, "until": v.Until})
}

// gaps are why events are missing, as codes.
var gaps = map[string]string{"age": "central.gap_age", "size": "central.gap_size", "restored": "central.gap_restored", "refused": "central.gap_refused", message.Withheld: "central.gap_withheld"}

// Missing says how many events are missing, and why.
func Missing(n, from, to uint64, why string) appliance.Message {
	word := gaps[why]
	if word == "" {
		word = clip(why, 40)
	}
	return msg("central.said_gap", fmt.Sprintf("%d events, numbers %d to %d (%s)", n, from, to, clip(why, 40)), args{"n": min(n, 1<<40), "from": min(from, 1<<40), "to": min(to, 1<<40), "why": word})
}

func gapSaid(v *message.Gap) appliance.Message {
	return Missing(v.To-min(v.To, v.From)+1, v.From, v.To, v.Why)
}

// OfferStates are what becomes of an offer at a site; the word of each is central.offer_<state>.
var OfferStates = []string{"held", "accepted", "refused", "undone", "passed", "useless", "installed", "reverted"}

func offerSaid(v *message.Offer) appliance.Message {
	state := clip(v.State, 20)
	if slices.Contains(OfferStates, v.State) {
		state = "central.offer_" + v.State
	}
	m := msg("central.said_named", clip(v.Name, 80)+": "+v.State, args{"name": text(v.Name), "what": state})
	if v.Reason == "" {
		return m
	}
	return msg("central.said_because", m.English+": "+clip(v.Reason, 200), args{"what": m, "why": v.Words.Message(clip(v.Reason, 200))})
}

func inventorySaid(v *message.Inventory) appliance.Message {
	what := v.Words.Message(clip(v.What, 300))
	return msg("central.said_named", clip(v.Name, 80)+": "+what.English, args{"name": text(v.Name), "what": what})
}

// Away is the message that central itself did not run.
func Away(from, to time.Time) appliance.Message {
	return msg("central.why_away", "central itself did not run from "+from.UTC().Format("15:04")+" to "+to.UTC().Format("15:04 UTC"), args{"from": from, "to": to})
}
