package main

import (
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// event makes the next event of a site, whose lock the caller holds.
func (s *site) event(v message.Data, subject string) message.Event {
	s.seq++
	e, err := message.New(string(s.id), v, subject, time.Now())
	if err != nil {
		panic(err) // our own values
	}
	e.ID, e.Sequence, e.Outbox = fmt.Sprint("e", s.seq), s.seq, "o1"
	return e
}

// summary is what a site of twenty devices and five jobs says.
func (s *site) summary(i int) message.Event {
	now := time.Now().UTC()
	v := &message.Summary{At: now, Site: message.SummarySite{Name: string(s.id), Language: "de", TimeZone: "Europe/Berlin"},
		Appliance: message.SummaryAppliance{Version: "1.2.3", Started: now.Add(-time.Hour), StoreMB: 200, FreeMB: 9000},
		State:     appliance.StateOK, States: map[appliance.State]int{appliance.StateOK: 180}}
	if i%17 == 0 {
		v.State, v.Worst = appliance.StateCritical, "Switch Keller: no answer since 06:12"
	}
	for n := range 20 {
		v.Devices = append(v.Devices, message.SummaryDevice{ID: appliance.ID(n + 1), Name: fmt.Sprintf("Gerät %d", n+1)})
	}
	for n := range 5 {
		v.Backups = append(v.Backups, message.SummaryJob{ID: appliance.ID(n + 1), Name: fmt.Sprintf("Sicherung %d", n+1), Verdict: "success", Last: now, Good: now})
	}
	v.UPS = []message.SummaryUPS{{ID: 3, Name: "USV", Charge: 100, Minutes: 23}}
	return s.event(v, "")
}

// changed is something that has happened, with the summary that follows because a row of the fleet says something else.
func (s *site) changed(i int) []message.Event {
	e := s.event(&message.Incident{ID: 7, Kind: appliance.IncidentState, Title: "Switch Keller: no answer", State: appliance.StateCritical, Opened: time.Now()}, "incident/7")
	return []message.Event{e, s.summary(i)}
}
