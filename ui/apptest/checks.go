package apptest

import (
	"context"
	"maps"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/monitor"
)

// Checks gives all checks.
func (a *App) Checks(context.Context) ([]appliance.Check, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return values(a.checks), nil
}

func values[V any](m map[appliance.ID]V) []V {
	out := make([]V, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}

func find[V any](a *App, m map[appliance.ID]V, id appliance.ID) (V, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, ok := m[id]
	if !ok {
		return v, appliance.ErrNotFound
	}
	return v, nil
}

// Check gives one check.
func (a *App) Check(_ context.Context, id appliance.ID) (appliance.Check, error) {
	return find(a, a.checks, id)
}

// SaveCheck stores a check.
func (a *App) SaveCheck(_ context.Context, _ appliance.Actor, c *appliance.Check) error {
	return a.change("save check "+c.Name, appliance.Change{Device: c.Device, Config: true}, func() error {
		if problems := config.ValidateCheck(*c); len(problems) > 0 {
			return problems[0]
		}
		for id, other := range a.checks {
			if id != c.ID && other.Device == c.Device && other.Name == c.Name {
				return taken(c.Name)
			}
		}
		if old, ok := a.checks[c.ID]; ok {
			if old.Owner != "" {
				return ownedByFile(old.Owner)
			}
			if old.Version != c.Version {
				return overtaken()
			}
		}
		if c.ID == 0 {
			c.ID, c.Created = a.next(), a.now
		}
		c.Version++
		a.checks[c.ID] = *c
		return nil
	})
}

// DeleteCheck forgets a check.
func (a *App) DeleteCheck(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete check "+id.String(), appliance.Change{Check: id, Config: true}, func() error {
		if _, ok := a.checks[id]; !ok {
			return appliance.ErrNotFound
		}
		delete(a.checks, id)
		delete(a.states, id)
		return nil
	})
}

// PauseCheck pauses a check.
func (a *App) PauseCheck(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	return a.pauseCheck("pause check ", id, &appliance.Pause{By: by.Name, Reason: reason, Since: a.now, Until: until})
}

// ResumeCheck ends a check's pause.
func (a *App) ResumeCheck(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.pauseCheck("resume check ", id, nil)
}

func (a *App) pauseCheck(what string, id appliance.ID, p *appliance.Pause) error {
	return a.change(what+id.String(), appliance.Change{Check: id, Config: true}, func() error {
		c, ok := a.checks[id]
		if !ok {
			return appliance.ErrNotFound
		}
		c.Paused = p
		a.checks[id] = c
		a.tick(c)
		return nil
	})
}

// RunNow gives the last reading as if it were new.
func (a *App) RunNow(_ context.Context, _ appliance.Actor, id appliance.ID) (appliance.Reading, error) {
	var r appliance.Reading
	err := a.change("run check "+id.String(), appliance.Change{Check: id}, func() error {
		if _, ok := a.checks[id]; !ok {
			return appliance.ErrNotFound
		}
		r = a.readings[id]
		if r.At.IsZero() {
			r = appliance.Reading{Check: id, Took: 15 * time.Second, Failure: &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: "no answer to 3 echoes within 5s"}}
		}
		r.At = a.now
		return nil
	})
	return r, err
}

// Try answers for every address but those that end in .99, which keep silent.
func (a *App) Try(_ context.Context, _ appliance.Actor, d appliance.Device, c appliance.Check) (appliance.Reading, error) {
	r := appliance.Reading{At: a.now, Took: 42 * time.Millisecond, Log: []appliance.LogLine{{Text: "ask " + d.Address + " by " + string(c.Probe)}}}
	if len(d.Address) > 3 && d.Address[len(d.Address)-3:] == ".99" {
		r.Took = 15 * time.Second
		r.Failure = &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: "no answer within 5s, asked 3 times"}
		r.Log = append(r.Log, appliance.LogLine{After: r.Took, Text: "no answer within 5s, asked 3 times"})
		return r, nil
	}
	if c.Probe == appliance.ProbeSNMP {
		id := a.identities[2]
		r.Identity, r.UpSince = &id, a.now.Add(-40*24*time.Hour)
	}
	r.Values = []appliance.Value{{Metric: "ping.rtt", Unit: "s", Number: 0.0012}}
	return r, nil
}

// LastReading gives the newest reading of a check.
func (a *App) LastReading(_ context.Context, check appliance.ID) (appliance.Reading, error) {
	return find(a, a.readings, check)
}

// States gives all states.
func (a *App) States(context.Context) ([]appliance.StateRecord, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []appliance.StateRecord
	for _, id := range slices.Sorted(maps.Keys(a.states)) {
		out = append(out, a.states[id]...)
	}
	return out, nil
}

// Acknowledge notes that somebody takes care.
func (a *App) Acknowledge(_ context.Context, by appliance.Actor, key appliance.StateKey, reason string) error {
	return a.ack("acknowledge ", key, func(r appliance.StateRecord) (appliance.StateRecord, error) {
		return monitor.Acknowledge(r, by.Name, reason, a.now)
	})
}

// Unacknowledge gives a problem back.
func (a *App) Unacknowledge(_ context.Context, _ appliance.Actor, key appliance.StateKey) error {
	return a.ack("unacknowledge ", key, func(r appliance.StateRecord) (appliance.StateRecord, error) {
		return monitor.Unacknowledge(r), nil
	})
}

func (a *App) ack(what string, key appliance.StateKey, do func(appliance.StateRecord) (appliance.StateRecord, error)) error {
	return a.change(what+key.Check.String()+" "+key.Item, appliance.Change{Check: key.Check, Items: []string{key.Item}}, func() error {
		for i, r := range a.states[key.Check] {
			if r.Item != key.Item {
				continue
			}
			r, err := do(r)
			if err != nil {
				return err
			}
			a.states[key.Check] = slices.Clone(a.states[key.Check])
			a.states[key.Check][i] = r
			return nil
		}
		return appliance.ErrNotFound
	})
}
