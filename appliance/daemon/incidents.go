package daemon

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"siteward/appliance"
	"siteward/appliance/incident"
	"siteward/appliance/monitor"
	"siteward/appliance/store"
)

// Times of looking at incidents. What changed a moment ago is looked at together with what changes with it: after some quiet the first
// change is told soon, and while more and more changes nobody needs to be told of it more often than every incidentsEvery.
const (
	incidentsSoon  = 5 * time.Second
	incidentsEvery = 15 * time.Second
)

// incidents are those that are open, and those that have just ended, in memory.
type incidents struct {
	mu    sync.Mutex // held while they are judged or edited; taken before Daemon.judging, never within
	live  map[appliance.ID]appliance.Incident
	dirty atomic.Bool
	wake  chan struct{}
}

// changed lets incidents be looked at soon.
func (i *incidents) changed() {
	if i.dirty.CompareAndSwap(false, true) {
		select {
		case i.wake <- struct{}{}:
		default:
		}
	}
}

// recallIncidents reads what is open, and what has just ended, at the start.
func (d *Daemon) recallIncidents() error {
	list, err := d.store.OpenIncidents()
	if err != nil {
		return err
	}
	d.incidents.wake = make(chan struct{}, 1)
	d.incidents.live = map[appliance.ID]appliance.Incident{}
	for _, i := range list {
		d.incidents.live[i.ID] = i
	}
	seen := 0
	return d.store.EachIncident(0, func(i appliance.Incident) bool {
		if !i.Open() && d.now().Sub(i.Closed) < incident.Again {
			d.incidents.live[i.ID] = i
		}
		seen++
		return seen < 200
	})
}

// keepIncidents judges incidents soon after something has changed, and regularly, because time alone opens and ends them.
func (d *Daemon) keepIncidents(ctx context.Context) {
	var found time.Time // when a change was last looked at
	for {
		wait := time.NewTimer(incidentsEvery)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		case <-d.incidents.wake:
			wait.Reset(max(incidentsSoon, incidentsEvery-time.Since(found)))
			select {
			case <-ctx.Done():
				wait.Stop()
				return
			case <-wait.C:
			}
			found = time.Now()
		}
		if err := d.judgeIncidents(ctx); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
			d.log.Error("incidents could not be judged", "err", err)
		}
	}
}

// judgeIncidents compares what was open with what is wrong now, and tells what is new about it. An incident and the word about it
// are one step of the store.
func (d *Daemon) judgeIncidents(ctx context.Context) error {
	now := d.now()
	if !sane(now) {
		return nil
	}
	if err := d.dropAcks(now); err != nil {
		return err
	}
	d.incidents.mu.Lock()
	defer d.incidents.mu.Unlock()
	d.incidents.dirty.Store(false)
	in, err := d.incidentInput(ctx, now)
	if err != nil {
		return err
	}
	changed := map[appliance.ID]appliance.Incident{}
	var fresh []appliance.Incident
	for _, i := range incident.Judge(in) {
		if i.ID == 0 {
			fresh = append(fresh, i)
		} else {
			changed[i.ID] = i
		}
	}
	list, err := d.newsOf(now, d.withChanged(changed), fresh)
	if err != nil || len(list) == 0 {
		return err
	}
	err = d.store.Update(func(tx *store.Tx) error {
		for k := range list {
			if err := tx.PutIncident(&list[k].Incident); err != nil {
				return err
			}
			for _, n := range list[k].news {
				notice := d.incidentNotice(list[k].Incident, n)
				if err := d.tellIn(tx, &notice); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	told := false
	for _, c := range list {
		d.incidents.live[c.ID] = c.Incident
		told = told || len(c.news) > 0
	}
	if told {
		d.told()
	}
	d.forgetEnded(now)
	d.changes.publish(appliance.Change{Config: true})
	return nil
}

// withChanged are all incidents in memory, by number, with what the judgement changed.
func (d *Daemon) withChanged(changed map[appliance.ID]appliance.Incident) (all []story) {
	for id, i := range d.incidents.live {
		c, ok := changed[id]
		if ok {
			i = c
		}
		all = append(all, story{Incident: i, dirty: ok})
	}
	slices.SortFunc(all, func(a, b story) int { return int(int64(a.ID) - int64(b.ID)) })
	return all
}

func (d *Daemon) forgetEnded(now time.Time) {
	for id, i := range d.incidents.live {
		if !i.Open() && now.Sub(i.Closed) >= incident.Again && i.Telling.Over {
			delete(d.incidents.live, id)
		}
	}
}

func (d *Daemon) incidentInput(ctx context.Context, now time.Time) (incident.Input, error) {
	spans := d.running.get()
	in := incident.Input{Now: now, Since: spans[len(spans)-1].From, State: d.stateNow, Battery: map[appliance.ID]time.Time{}, Mains: map[appliance.ID]bool{}}
	for _, i := range d.incidents.live {
		in.Before = append(in.Before, i)
	}
	slices.SortFunc(in.Before, func(a, b appliance.Incident) int { return int(int64(a.ID) - int64(b.ID)) })
	o := monitor.Summary(d.live.allStates(), d.live.allDevices())
	in.Roots = make([]incident.Root, len(o.Problems))
	for i := range o.Problems {
		p := &o.Problems[i]
		in.Roots[i] = incident.Root{StateRecord: p.StateRecord, Name: p.Device.Name, Behind: p.Behind, Follows: len(p.Children)}
	}
	if len(in.Roots) == 0 && len(in.Before) == 0 {
		return in, nil
	}
	ways, err := d.waysUp(ctx)
	if err != nil {
		return in, err
	}
	in.Ways = func(id appliance.ID) []appliance.ID { return ways[id] }
	return in, d.powerNow(ctx, &in)
}

func (d *Daemon) stateNow(k appliance.StateKey) (appliance.StateRecord, bool) {
	states := d.live.statesOf(k.Check)
	if i := slices.IndexFunc(states, func(r appliance.StateRecord) bool { return r.Item == k.Item }); i >= 0 {
		return states[i], true
	}
	return appliance.StateRecord{}, false
}

// waysUp are the devices that each is reached through: as people say, and as cables show.
func (d *Daemon) waysUp(ctx context.Context) (map[appliance.ID][]appliance.ID, error) {
	t, err := d.Topology(ctx)
	if err != nil {
		return nil, err
	}
	ways := map[appliance.ID][]appliance.ID{}
	for _, dev := range d.live.allDevices() {
		ways[dev.ID] = dev.Parents
	}
	for _, l := range t.Links {
		if len(ways[l.Device]) == 0 {
			ways[l.Device] = []appliance.ID{l.Parent}
		}
	}
	return ways, nil
}

// powerNow says which UPSes live on their battery.
func (d *Daemon) powerNow(ctx context.Context, in *incident.Input) error {
	views, err := d.UPSes(ctx)
	for _, v := range views {
		switch {
		case !v.Told:
		case v.Truth.Power == appliance.UPSPowerBattery:
			in.Battery[v.Device] = v.Truth.At
			if v.LastOutage != nil && v.LastOutage.End.IsZero() {
				in.Battery[v.Device] = v.LastOutage.Start
			}
		case v.Truth.Power != appliance.UPSPowerUnknown:
			in.Mains[v.Device] = true
		}
	}
	return err
}
