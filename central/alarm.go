package central

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Alarm is something about sites that the provider has to know and that no site can tell itself.
type Alarm struct {
	ID     string          `json:"id"`
	Kind   AlarmKind       `json:"kind"`
	Site   SiteID          `json:"site,omitempty"` // none when it is about many
	Name   string          `json:"name,omitempty"` // of the site
	Group  appliance.ID    `json:"group,omitempty"`
	State  appliance.State `json:"state"`
	Opened time.Time       `json:"opened"`
	Closed time.Time       `json:"closed,omitzero"`
	Since  time.Time       `json:"since,omitzero"` // last word, or when it began by what is known
	Sites  int             `json:"sites,omitempty"`
	Names  []string        `json:"names,omitempty"` // of some of them
	Why    string          `json:"why,omitempty"`   // in English
	WhyIn  *message.Words  `json:"why_words,omitempty"`
	Ack    *appliance.Ack  `json:"ack,omitempty"`
}

// AlarmKind is what an alarm is about.
type AlarmKind string

// The kinds of alarms.
const (
	AlarmSilent  AlarmKind = "silent"  // nothing is heard of a site
	AlarmOverdue AlarmKind = "overdue" // a site that stopped on purpose is not back when it said
	AlarmOurs    AlarmKind = "ours"    // many sites fell silent together, or central itself was away
	AlarmLogbook AlarmKind = "logbook" // the copy of a logbook does not fit its checkpoints
	AlarmForged  AlarmKind = "forged"  // somebody sends in a site's name with a key that is not its
	AlarmLost    AlarmKind = "lost"    // a site told that it no longer has some of what it should have sent
)

// Alarms keeps the alarms that are open under "<kind>/<site>", PastAlarms the closed ones, by the time they closed.
var (
	Alarms     = Noun[Alarm]{"alarm"}
	PastAlarms = Noun[Alarm]{"past-alarm"}
)

// AlarmKey is where an open alarm is kept: there is one of a kind for a site.
func AlarmKey(kind AlarmKind, site SiteID) string { return Key(string(kind), string(site)) }

// PastAlarmKey is where a closed alarm is kept.
func PastAlarmKey(a Alarm) string { return Key(TimeKey(a.Closed), a.ID) }

// Text is the alarm in one line of English, as it stands in mails and in other systems.
func (a Alarm) Text() string {
	who := a.Name
	if a.Site == "" {
		who = fmt.Sprintf("%d sites", a.Sites)
	}
	var what string
	switch a.Kind {
	case AlarmSilent:
		what = "nothing has been heard since " + stamp(a.Since)
	case AlarmOverdue:
		what = "it stopped on purpose and is not back as it said"
	case AlarmOurs:
		what = "silent together since " + stamp(a.Since) + "; the way to central is broken, or central was away"
	case AlarmLogbook:
		what = "the copy of the logbook does not fit"
	case AlarmForged:
		what = "somebody sends in its name with another key"
	case AlarmLost:
		what = "it no longer has some of what it should have sent"
	}
	if a.Why != "" {
		what += ": " + a.Why
	}
	if !a.Closed.IsZero() {
		return who + ": over since " + stamp(a.Closed) + " (" + what + ")"
	}
	return who + ": " + what
}

// Because says why, in English and without a language.
func (a *Alarm) Because(m appliance.Message) { a.Why, a.WhyIn = m.English, message.WordsOf(m) }

// Title says what an alarm is about, Sentence all of it in a line.
func (a Alarm) Title() appliance.Message {
	return msg("central.alarm_"+string(a.Kind), string(a.Kind), args{"name": text(clip(a.Name, 80)), "n": a.Sites})
}

// Sentence is Text without a language.
func (a Alarm) Sentence() appliance.Message {
	m := a.Title()
	if a.Why != "" {
		m = msg("central.said_because", "", args{"what": m, "why": a.WhyIn.Message(clip(a.Why, 300))})
	}
	if !a.Since.IsZero() {
		m = msg("central.said_since", "", args{"what": m, "since": a.Since})
	}
	if !a.Closed.IsZero() {
		m = msg("central.said_over", "", args{"what": m, "at": a.Closed})
	}
	m.English = a.Text()
	return m
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Open writes an alarm with its notice into a change of a site, unless it is open already.
func (a Alarm) Open(t *Taking) error {
	key := AlarmKey(a.Kind, a.Site)
	_, err := t.Find(Alarms.Family, key)
	if appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	n := NoticeOf(a, a.Opened)
	return errors.Join(Keep(t, Alarms, key, a), Keep(t, Notices, NoticeKey(n), n))
}

// CloseAlarm closes an alarm of a site within its change, when it is open.
func CloseAlarm(t *Taking, kind AlarmKind, now time.Time) error {
	key := AlarmKey(kind, t.Site.ID)
	r, err := t.Find(Alarms.Family, key)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	var a Alarm
	if err := Alarms.Decode(r, &a); err != nil {
		return err
	}
	a.Closed = now
	n := NoticeOf(a, now)
	t.Write = append(t.Write, Record{Family: Alarms.Family, Key: key, Remove: true, Any: true})
	return errors.Join(Keep(t, PastAlarms, PastAlarmKey(a), a), Keep(t, Notices, NoticeKey(n), n))
}

// AlarmsFollow brings the open alarms of a site to its name and group after somebody has changed those: who may no longer see the site
// sees its alarms no longer.
func AlarmsFollow(ctx context.Context, s Store, id SiteID) error {
	return s.Take(ctx, id, func(t *Taking) error {
		for _, kind := range []AlarmKind{AlarmSilent, AlarmOverdue, AlarmLogbook, AlarmForged, AlarmLost} {
			r, err := t.Find(Alarms.Family, AlarmKey(kind, id))
			if appliance.CodeOf(err) == appliance.CodeNotFound {
				continue
			}
			if err != nil {
				return err
			}
			var a Alarm
			if err := Alarms.Decode(r, &a); err != nil {
				return err
			}
			a.Name, a.Group = t.Site.Name, t.Site.Group
			if err := Keep(t, Alarms, AlarmKey(kind, id), a); err != nil {
				return err
			}
		}
		return nil
	})
}

// NewAlarm makes an alarm about a site.
func NewAlarm(kind AlarmKind, s *Site, now time.Time) Alarm {
	a := Alarm{ID: "a_" + rand.Text(), Kind: kind, State: appliance.StateCritical, Opened: now}
	if s != nil {
		a.Site, a.Name, a.Group = s.ID, s.Name, s.Group
	}
	return a
}
