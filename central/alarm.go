package central

import (
	"time"

	"siteward/appliance"
)

// Alarm is something about sites that the provider has to know and that no site can tell itself.
type Alarm struct {
	ID     appliance.ID    `json:"id"`
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
func PastAlarmKey(a Alarm) string { return Key(TimeKey(a.Closed), a.ID.String()) }
