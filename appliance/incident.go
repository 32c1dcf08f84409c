package appliance

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Incident is something that went wrong, noticed by the machine: one cause with everything that follows from it, from the first
// evidence to the end. The states are the truth of now, an incident is their story.
type Incident struct {
	ID      ID           `json:"id"`
	Version uint64       `json:"version"`
	Kind    IncidentKind `json:"kind"`
	Opened  time.Time    `json:"opened"`
	Over    time.Time    `json:"over,omitzero"`   // since when all causes are well; it is closed when that lasts
	Closed  time.Time    `json:"closed,omitzero"` // zero: it is open
	Updated time.Time    `json:"updated"`
	State   State        `json:"state"` // the worst of the causes now
	Worst   State        `json:"worst"` // and ever

	Device ID     `json:"device,omitempty"` // of the first cause, 0 = the site
	Name   string `json:"name,omitempty"`   // of that device, as it was called then
	// Causes are the states it rests on, the one that explains the others first. Most incidents have one.
	Causes []IncidentCause `json:"causes"`
	// Behind are the devices that nothing is known of because of it, ever; Follows counts the states.
	Behind  []ID `json:"behind,omitempty"`
	Follows int  `json:"follows,omitempty"`

	Ack    *Ack           `json:"ack,omitempty"` // the last one; it has ended with the incident
	Snooze *Snooze        `json:"snooze,omitempty"`
	Notes  []IncidentNote `json:"notes,omitempty"`
	// Relapses count how often it was over and came back. From the second on it is unsteady: told once, and over only when it
	// has kept quiet for longer.
	Relapses int       `json:"relapses,omitempty"`
	Relapsed time.Time `json:"relapsed,omitzero"` // last
	Muted    State     `json:"muted,omitempty"`   // StateMaintenance or StatePaused while a window or a pause keeps it quiet
	With     ID        `json:"with,omitempty"`    // the incident that it has turned out to be a part of

	Telling Telling `json:"telling,omitzero"`
}

// IncidentKind is what ties the causes of an incident together.
type IncidentKind string

// The kinds of incidents.
const (
	IncidentState IncidentKind = "state" // one state, or one device that does not answer
	IncidentPower IncidentKind = "power" // the mains have failed: UPSes, and what went dark with them
	IncidentMany  IncidentKind = "many"  // many devices at once, and nobody knows what they share
)

// IncidentCause is one state that an incident rests on.
type IncidentCause struct {
	StateKey
	Device   ID        `json:"device,omitempty"`
	Name     string    `json:"name,omitempty"`
	Label    string    `json:"label,omitempty"`
	State    State     `json:"state"`
	Since    time.Time `json:"since"`
	Over     time.Time `json:"over,omitzero"`
	Gone     bool      `json:"gone,omitempty"`     // it is over because it is not watched any more
	Evidence *Evidence `json:"evidence,omitempty"` // of its worst state; only of the first causes
}

// IncidentNote is what somebody wrote about it.
type IncidentNote struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Text string    `json:"text"`
}

// Snooze keeps an incident quiet for a while: it is still open, and nobody is told until then.
type Snooze struct {
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
}

// Active says whether the incident is to be kept quiet. A nil snooze never is.
func (s *Snooze) Active(now time.Time) bool { return s != nil && now.Before(s.Until) }

// Telling is what has been told of an incident, so that nothing is told twice.
type Telling struct {
	Severity State              `json:"severity,omitempty"` // the worst that was told
	Unsteady bool               `json:"unsteady,omitempty"` // that it comes and goes was told
	Relapse  int                `json:"relapse,omitempty"`  // the relapse that was told last
	Over     bool               `json:"over,omitempty"`     // that it is over was told, or nobody knew of it
	Routes   map[ID]RouteStatus `json:"routes,omitempty"`
	Contacts []ID               `json:"contacts,omitempty"` // who was told and hears of the end
}

// RouteStatus is how far an incident has come on a route.
type RouteStatus struct {
	Since time.Time `json:"since"` // the first step; later steps count from here
	Steps int       `json:"steps"` // taken
	Last  time.Time `json:"last"`  // told
}

// Open says whether the incident lasts.
func (i Incident) Open() bool { return i.Closed.IsZero() }

// Unsteady says that it comes and goes.
func (i Incident) Unsteady() bool { return i.Relapses >= 2 }

// Acked says that somebody takes care at now.
func (i Incident) Acked(now time.Time) bool { return i.Ack.Active(now) }

// Ended is when it was over: the end that people mean, not the moment at which we were sure. Zero while it lasts.
func (i Incident) Ended() time.Time {
	if i.Closed.IsZero() || i.Over.IsZero() {
		return i.Closed
	}
	return i.Over
}

// Lasted is how long it lasted, or has lasted at now.
func (i Incident) Lasted(now time.Time) time.Duration {
	if end := i.Ended(); !end.IsZero() {
		now = end
	}
	return max(0, now.Sub(i.Opened))
}

// Title is what an incident is called in one line: what it is about, and what is wrong with it.
func (i Incident) Title() Message {
	switch {
	case len(i.Causes) == 0:
		return Message{Key: "incident.title_none", English: "incident"}
	case i.Kind == IncidentPower:
		return Message{Key: "incident.title_power", Args: map[string]any{"name": i.Name}, English: "the mains have failed: " + i.Name}
	case i.Kind == IncidentMany:
		return Message{Key: "incident.title_many", Args: map[string]any{"n": len(i.Causes)}, English: strconv.Itoa(len(i.Causes)) + " devices do not answer"}
	}
	first := i.Causes[0]
	name := strings.TrimSpace(i.Name + " " + first.Label)
	if name == "" {
		name = first.Item
	}
	var why Message
	if first.Evidence != nil {
		why = first.Evidence.Why
	}
	return Message{Key: "incident.title_state", Args: map[string]any{"name": name, "why": why}, English: name + ": " + why.English}
}

// IncidentFilter chooses incidents, newest first. Zero fields choose all.
type IncidentFilter struct {
	Open   bool
	Device ID // among the causes or behind them
	State  State
	Before ID  // only with a lower number: the next page
	Limit  int // 100 when 0, at most 1,000
}

// Incidents is the part of App that keeps incidents.
type Incidents interface {
	Incidents(ctx context.Context, f IncidentFilter) ([]Incident, error)
	Incident(ctx context.Context, id ID) (Incident, error)
	// IncidentOf finds the open incident that a state belongs to, or ErrNotFound.
	IncidentOf(ctx context.Context, key StateKey) (Incident, error)
	// AcknowledgeIncident notes that a person takes care, until the incident is over or until a time. It acknowledges its
	// causes too, as acknowledging the first cause does the incident.
	AcknowledgeIncident(ctx context.Context, by Actor, id ID, reason string, until time.Time) error
	UnacknowledgeIncident(ctx context.Context, by Actor, id ID) error
	SnoozeIncident(ctx context.Context, by Actor, id ID, until time.Time) error // zero ends it
	NoteIncident(ctx context.Context, by Actor, id ID, text string) error
}
