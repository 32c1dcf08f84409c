package apptest

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
)

// powerStory is an incident of the sample that is over.
func powerStory() appliance.Incident {
	at := Present.Add(-50 * time.Hour)
	why := func(key, english string) *appliance.Evidence {
		return &appliance.Evidence{Why: appliance.Message{Key: key, English: english}, At: at, Source: "ICMP echo 192.0.2.10"}
	}
	return appliance.Incident{ID: 3, Kind: appliance.IncidentPower, Opened: at, Over: at.Add(3 * time.Minute), Closed: at.Add(4 * time.Minute), Updated: at.Add(4 * time.Minute),
		Worst: appliance.StateCritical, Device: 6, Name: "ups-1", Causes: []appliance.IncidentCause{
			{StateKey: appliance.StateKey{Check: 61, Item: "ups"}, Device: 6, Name: "ups-1", Since: at, Over: at.Add(3 * time.Minute), Evidence: why("monitor.no_answer", "no answer")},
			{StateKey: appliance.StateKey{Check: 11, Item: "answer"}, Device: 1, Name: "fw-1", Since: at.Add(time.Minute), Over: at.Add(3 * time.Minute), Evidence: why("monitor.no_answer", "no answer")}},
		Behind: []appliance.ID{2, 3}, Follows: 12, Ack: &appliance.Ack{By: "m.muster", Reason: "on my way", At: at.Add(2 * time.Minute)},
		Notes:   []appliance.IncidentNote{{At: at.Add(time.Hour), By: "m.muster", Text: "The <b>energy company</b> has worked at the street's cable."}},
		Telling: appliance.Telling{Over: true, Contacts: []appliance.ID{1}}, Version: 4}
}

// incidents are one for each problem of the sample, and the one that is over.
func (a *App) incidents() []appliance.Incident {
	out := []appliance.Incident{powerStory()}
	states, _ := a.States(context.Background())
	var devices []appliance.Device
	views, _ := a.Devices(context.Background())
	for _, v := range views {
		devices = append(devices, v.Device)
	}
	for n, p := range monitor.Summary(states, devices).Problems {
		ev := p.Evidence
		i := appliance.Incident{ID: appliance.ID(10 + n), Kind: appliance.IncidentState, Opened: p.Since, Updated: p.Since, State: p.State, Worst: p.State, Device: p.Device.ID, Name: p.Device.Name,
			Causes: []appliance.IncidentCause{{StateKey: p.StateKey, Device: p.Device.ID, Name: p.Device.Name, Label: p.Label, State: p.State, Since: p.Since, Evidence: &ev}},
			Behind: p.Behind, Follows: len(p.Children), Ack: p.Ack, Version: 1}
		a.mu.Lock()
		i.Notes, i.Snooze = a.notes[i.ID], a.snoozed[i.ID]
		a.mu.Unlock()
		out = append(out, i)
	}
	a.mu.Lock()
	out = append(out, a.stories...)
	a.mu.Unlock()
	slices.Reverse(out)
	return out
}

// AddIncident puts one more, with a number above the others, into the history.
func (a *App) AddIncident(i appliance.Incident) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stories = append(a.stories, i)
}

// Incidents are newest first.
func (a *App) Incidents(_ context.Context, f appliance.IncidentFilter) (out []appliance.Incident, err error) {
	for _, i := range a.incidents() {
		has := slices.Contains(i.Behind, f.Device) || slices.ContainsFunc(i.Causes, func(c appliance.IncidentCause) bool { return c.Device == f.Device })
		if (!f.Open || i.Open()) && (f.State == 0 || i.Worst == f.State) && (f.Before == 0 || i.ID < f.Before) && (f.Device == 0 || has) {
			out = append(out, i)
		}
	}
	return out, nil
}

// Incident finds one.
func (a *App) Incident(_ context.Context, id appliance.ID) (appliance.Incident, error) {
	for _, i := range a.incidents() {
		if i.ID == id {
			return i, nil
		}
	}
	return appliance.Incident{}, appliance.ErrNotFound
}

// IncidentOf finds the one of a state.
func (a *App) IncidentOf(_ context.Context, key appliance.StateKey) (appliance.Incident, error) {
	for _, i := range a.incidents() {
		if i.Open() && i.Causes[0].StateKey == key {
			return i, nil
		}
	}
	return appliance.Incident{}, appliance.ErrNotFound
}

// AcknowledgeIncident acknowledges its cause.
func (a *App) AcknowledgeIncident(ctx context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	i, err := a.Incident(ctx, id)
	if err != nil {
		return err
	}
	if !until.IsZero() && until.Before(a.now) {
		return appliance.Invalid("until", "incident.error.past", "choose a time that is still to come", nil)
	}
	return a.Acknowledge(ctx, by, i.Causes[0].StateKey, reason)
}

// UnacknowledgeIncident gives it back.
func (a *App) UnacknowledgeIncident(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	i, err := a.Incident(ctx, id)
	if err != nil {
		return err
	}
	return a.Unacknowledge(ctx, by, i.Causes[0].StateKey)
}

// SnoozeIncident keeps it quiet.
func (a *App) SnoozeIncident(_ context.Context, by appliance.Actor, id appliance.ID, until time.Time) error {
	return a.change("snooze incident "+id.String(), appliance.Change{Config: true}, func() error {
		if a.snoozed == nil {
			a.snoozed = map[appliance.ID]*appliance.Snooze{}
		}
		a.snoozed[id] = &appliance.Snooze{By: by.Name, At: a.now, Until: until}
		if until.IsZero() {
			delete(a.snoozed, id)
		}
		return nil
	})
}

// NoteIncident adds a note.
func (a *App) NoteIncident(ctx context.Context, by appliance.Actor, id appliance.ID, text string) error {
	if _, err := a.Incident(ctx, id); err != nil {
		return err
	}
	if text == "" {
		return appliance.Invalid("text", "incident.error.note", "write what there is to note", nil)
	}
	return a.change("note incident "+id.String(), appliance.Change{Config: true}, func() error {
		if a.notes == nil {
			a.notes = map[appliance.ID][]appliance.IncidentNote{}
		}
		a.notes[id] = append(a.notes[id], appliance.IncidentNote{At: a.now, By: by.Name, Text: text})
		return nil
	})
}
