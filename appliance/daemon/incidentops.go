package daemon

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"siteward/appliance"
	"siteward/appliance/store"
)

// Incidents is App.Incidents.
func (d *Daemon) Incidents(_ context.Context, f appliance.IncidentFilter) (out []appliance.Incident, err error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	f.Limit = min(f.Limit, 1000)
	const look = 20_000 // a filter that fits nothing does not read years
	seen := 0
	err = d.store.EachIncident(f.Before, func(i appliance.Incident) bool {
		seen++
		if fitsIncident(f, i) {
			out = append(out, i)
		}
		return len(out) < f.Limit && seen < look
	})
	return out, err
}

func fitsIncident(f appliance.IncidentFilter, i appliance.Incident) bool {
	if f.Open && !i.Open() || f.State != appliance.StateOK && i.Worst != f.State {
		return false
	}
	return f.Device == 0 || slices.Contains(i.Behind, f.Device) ||
		slices.ContainsFunc(i.Causes, func(c appliance.IncidentCause) bool { return c.Device == f.Device })
}

// Incident is App.Incident.
func (d *Daemon) Incident(_ context.Context, id appliance.ID) (appliance.Incident, error) {
	return d.store.Incident(id)
}

// IncidentOf is App.IncidentOf.
func (d *Daemon) IncidentOf(_ context.Context, key appliance.StateKey) (appliance.Incident, error) {
	d.incidents.mu.Lock()
	defer d.incidents.mu.Unlock()
	var found appliance.Incident
	for _, i := range d.incidents.live {
		has := slices.ContainsFunc(i.Causes, func(c appliance.IncidentCause) bool { return c.StateKey == key })
		if has && i.Open() && i.ID > found.ID {
			found = i
		}
	}
	if found.ID == 0 {
		return found, appliance.ErrNotFound
	}
	return found, nil
}

// editIncident changes an incident as a person wants it. One that is closed takes notes only.
func (d *Daemon) editIncident(by appliance.Actor, id appliance.ID, verb string, edit func(*appliance.Incident) error) error {
	d.incidents.mu.Lock()
	defer d.incidents.mu.Unlock()
	var i appliance.Incident
	err := d.change(by, verb, "incident", id.String(), func(tx *store.Tx) (err error) {
		if i, err = tx.Incident(id); err != nil {
			return err
		}
		if err := edit(&i); err != nil {
			return err
		}
		i.Updated = d.now()
		return tx.PutIncident(&i)
	})
	if err == nil {
		if _, ok := d.incidents.live[id]; ok || i.Open() {
			d.incidents.live[id] = i
		}
		d.incidents.changed()
	}
	return err
}

func stillOpen(i *appliance.Incident) error {
	if i.Open() {
		return nil
	}
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "incident.error.closed", English: "this incident is over already; only a note can be added"}}
}

// AcknowledgeIncident is App.AcknowledgeIncident.
func (d *Daemon) AcknowledgeIncident(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	if !until.IsZero() && !until.After(d.now()) {
		return appliance.Invalid("until", "incident.error.past", "choose a time that is still to come", nil)
	}
	ack := appliance.Ack{By: by.Name, Reason: reason, At: d.now(), Until: until}
	var causes []appliance.IncidentCause
	err := d.editIncident(by, id, "audit.incident_acknowledged", func(i *appliance.Incident) error {
		causes = i.Causes
		i.Ack = &ack
		return stillOpen(i)
	})
	if err != nil {
		return err
	}
	for _, c := range causes[:min(len(causes), 200)] {
		if r, ok := d.stateNow(c.StateKey); ok && r.State.Problem() {
			if err := d.takeState(by, c.StateKey, ack); err != nil && appliance.CodeOf(err) != appliance.CodeConflict {
				return err
			}
		}
	}
	return nil
}

// UnacknowledgeIncident is App.UnacknowledgeIncident.
func (d *Daemon) UnacknowledgeIncident(_ context.Context, by appliance.Actor, id appliance.ID) error {
	var causes []appliance.IncidentCause
	err := d.editIncident(by, id, "audit.incident_given", func(i *appliance.Incident) error {
		causes = i.Causes
		i.Ack = nil
		return stillOpen(i)
	})
	if err != nil {
		return err
	}
	for _, c := range causes[:min(len(causes), 200)] {
		if r, ok := d.stateNow(c.StateKey); ok && r.Ack != nil {
			if err := d.giveState(by, c.StateKey); err != nil {
				return err
			}
		}
	}
	return nil
}

// followAck lets the incident that a state is the first cause of follow the state's acknowledgement. The state's line in the journal is
// enough.
func (d *Daemon) followAck(key appliance.StateKey, ack *appliance.Ack) error {
	d.incidents.mu.Lock()
	defer d.incidents.mu.Unlock()
	for id, i := range d.incidents.live {
		if !i.Open() || len(i.Causes) == 0 || i.Causes[0].StateKey != key {
			continue
		}
		i.Ack, i.Updated = ack, d.now()
		if err := d.store.Update(func(tx *store.Tx) error { return tx.PutIncident(&i) }); err != nil {
			return err
		}
		d.incidents.live[id] = i
	}
	return nil
}

// dropAcks ends acknowledgements of states whose time is over.
func (d *Daemon) dropAcks(now time.Time) error {
	states := d.live.allStates()
	for i := range states {
		r := &states[i]
		if r.Ack == nil || r.Ack.Active(now) {
			continue
		}
		err := d.giveState(appliance.Actor{Name: "siteward", Role: appliance.RoleAdministrator}, r.StateKey)
		if err != nil {
			return err
		}
	}
	return nil
}

// maxSnooze bounds how long an incident may be kept quiet: longer is a pause.
const maxSnooze = 92 * 24 * time.Hour

// SnoozeIncident is App.SnoozeIncident.
func (d *Daemon) SnoozeIncident(_ context.Context, by appliance.Actor, id appliance.ID, until time.Time) error {
	now := d.now()
	verb := "audit.incident_snoozed"
	switch {
	case until.IsZero():
		verb = "audit.incident_woken"
	case !until.After(now):
		return appliance.Invalid("until", "incident.error.past", "choose a time that is still to come", nil)
	case until.Sub(now) > maxSnooze:
		return appliance.Invalid("until", "incident.error.far", "choose a time within three months, or pause the device", nil)
	}
	return d.editIncident(by, id, verb, func(i *appliance.Incident) error {
		i.Snooze = &appliance.Snooze{By: by.Name, At: now, Until: until}
		if until.IsZero() {
			i.Snooze = nil
		}
		return stillOpen(i)
	})
}

const (
	maxNote  = 4000 // octets
	maxNotes = 200
)

// NoteIncident is App.NoteIncident.
func (d *Daemon) NoteIncident(_ context.Context, by appliance.Actor, id appliance.ID, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return appliance.Invalid("text", "incident.error.note", "write what there is to note", nil)
	case len(text) > maxNote || !utf8.ValidString(text):
		return appliance.Invalid("text", "incident.error.long", "this note is too long; shorten it", nil)
	}
	return d.editIncident(by, id, "audit.incident_noted", func(i *appliance.Incident) error {
		if len(i.Notes) >= maxNotes {
			return appliance.Invalid("text", "incident.error.many", "this incident has 200 notes already", nil)
		}
		i.Notes = append(slices.Clone(i.Notes), appliance.IncidentNote{At: d.now(), By: by.Name, Text: text})
		return nil
	})
}
