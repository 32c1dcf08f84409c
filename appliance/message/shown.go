package message

import (
	"encoding/json"
	"hash/fnv"
	"time"

	"siteward/appliance"
)

// Shown is a number of what the row of a site in a fleet says from this summary: when it is another one, the row is out of date. What
// drifts all the time is no part of it: the minutes that a battery would last, the percent of a clock, a measured value in a sentence.
func (s *Summary) Shown() uint64 {
	type job struct {
		Name, Verdict string
		Good          time.Time
	}
	row := struct {
		State                 appliance.State
		Of, Key               string
		States                map[appliance.State]int
		Open, Unacked         int
		Tickets, Near, Missed int
		Jobs                  []job
		UPS                   []SummaryUPS
		Round                 SummaryRound
		Now, Next             SummaryWindow
		Contract              SummaryContract
		Withheld              []string
		More                  map[string]int
		Devices               int
		ReadOnly, Damaged     bool
	}{State: s.State, Of: s.WorstOf, States: s.States, Open: s.Incidents.Open, Unacked: s.Incidents.Unacked, Tickets: s.Tickets.Open,
		Near: s.Tickets.Near, Missed: s.Tickets.Breached, Withheld: s.Withheld, More: s.More, Devices: len(s.Devices),
		ReadOnly: s.Appliance.ReadOnly, Damaged: s.Appliance.Damaged}
	if s.WorstIn != nil {
		row.Key = s.WorstIn.Key
	}
	for _, j := range s.Backups {
		row.Jobs = append(row.Jobs, job{j.Name, j.Verdict, j.Good})
	}
	for _, u := range s.UPS {
		u.Charge, u.Minutes = 0, 0
		row.UPS = append(row.UPS, u)
	}
	if s.Round != nil {
		row.Round = *s.Round
	}
	if s.Window != nil {
		row.Now = *s.Window
	}
	if s.Next != nil {
		row.Next = *s.Next
	}
	if s.Contract != nil {
		row.Contract = *s.Contract
	}
	h := fnv.New64a()
	_ = json.NewEncoder(h).Encode(row) // of plain values: never fails
	return h.Sum64()
}
