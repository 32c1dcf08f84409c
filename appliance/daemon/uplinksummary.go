package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/sla"
)

// Bounds of a summary.
const (
	summaryIncidents = 20
	summaryClocks    = 20
	summaryNear      = 80 // percent of a clock
	summaryOpen      = 2000
)

// summary tells how the site stands now, and how far the reports to one receiver are when it is given.
func (d *Daemon) summary(ctx context.Context, st *appliance.UplinkState) (*message.Summary, error) {
	site, err := d.Site(ctx)
	if err != nil && !errors.Is(err, appliance.ErrNotFound) { // before its set-up it has no name, and reports all the same
		return nil, err
	}
	list, err := d.store.UplinkPolicy()
	if err != nil {
		return nil, err
	}
	health := d.Health(ctx)
	s := &message.Summary{At: clean(d.now()), Site: message.SummarySite{Name: site.Name, Language: site.Language, TimeZone: site.TimeZone},
		Appliance: message.SummaryAppliance{Version: d.about.Version, Started: clean(d.about.Started), StoreMB: health.Store.Bytes >> 20,
			FreeMB: health.Store.FreeBytes >> 20, ReadOnly: health.Store.ReadOnly, Damaged: len(health.Store.Damage) > 0, LateTasks: int(health.Late)}, //nolint:gosec // a count
		Withheld: list.Off}
	if st != nil {
		s.Outbox = outboxOf(st)
	}
	for _, part := range d.summaryParts() {
		if part.kind != "" && !list.Leaves(part.kind) {
			continue
		}
		if err := part.sum(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func outboxOf(st *appliance.UplinkState) message.SummaryOutbox {
	return message.SummaryOutbox{Last: st.Last, Waiting: int(st.Waiting()), Lost: st.Lost} //nolint:gosec // a count
}

// summaryPart is what a summary says about one kind of report. What the site's list keeps back is not counted either.
type summaryPart struct {
	kind string // "" always leaves
	sum  func(context.Context, *message.Summary) error
}

func (d *Daemon) summaryParts() []summaryPart {
	return []summaryPart{{"", d.sumDevices}, {"incident", d.sumIncidents}, {"ticket", d.sumTickets}, {"backup", d.sumBackups}, {"outage", d.sumPower},
		{"round", d.sumRound}, {"window", d.sumWindows}, {"", d.sumContract}, {"logbook", d.sumLogbook}}
}

func (d *Daemon) sumLogbook(_ context.Context, s *message.Summary) error {
	s.Logbook = d.store.LogbookSize()
	return nil
}

func (d *Daemon) sumDevices(ctx context.Context, s *message.Summary) error {
	devices, err := d.Devices(ctx)
	if err != nil {
		return err
	}
	s.States = map[appliance.State]int{}
	for _, v := range devices {
		one := message.SummaryDevice{ID: v.ID, Name: v.Name, State: v.Worst}
		for _, r := range v.States {
			s.States[r.State]++
			if r.State != v.Worst || !r.State.Problem() {
				continue
			}
			why := short(r.Evidence.Why.English, 160)
			if one.Why == "" {
				one.Why, one.Words = why, message.WordsOf(r.Evidence.Why)
			}
			if r.State > s.State || r.State == s.State && (s.Since.IsZero() || r.Since.Before(s.Since)) {
				s.State, s.Since, s.Worst = r.State, r.Since, short(v.Name+": "+why, 200)
				s.WorstOf, s.WorstIn = short(v.Name, 100), message.WordsOf(r.Evidence.Why)
			}
		}
		s.Devices = append(s.Devices, one)
	}
	states, err := d.States(ctx) // those of the site itself belong to no device
	for _, r := range states {
		family, _, _ := strings.Cut(r.Item, "/")
		if r.State > s.State && r.Device == 0 && r.State.Problem() && !slices.Contains(s.Withheld, family) {
			why := short(r.Evidence.Why.English, 160)
			s.Since, s.WorstOf, s.WorstIn, s.Worst = r.Since, short(r.Label, 100), message.WordsOf(r.Evidence.Why), why
			if r.Label != "" {
				s.Worst = short(r.Label+": "+why, 200)
			}
		}
		s.State = max(s.State, r.State)
	}
	return err
}

func (d *Daemon) sumIncidents(ctx context.Context, s *message.Summary) error {
	open, err := d.Incidents(ctx, appliance.IncidentFilter{Open: true, Limit: 1000})
	if err != nil {
		return err
	}
	slices.SortStableFunc(open, func(a, b appliance.Incident) int { return int(b.State) - int(a.State) })
	s.Incidents.Open = len(open)
	for _, i := range open {
		acked := i.Acked(d.now())
		if !acked {
			s.Incidents.Unacked++
		}
		if len(s.Incidents.Worst) < summaryIncidents {
			s.Incidents.Worst = append(s.Incidents.Worst, message.SummaryIncident{ID: i.ID, Title: short(i.Title().English, 160), Words: message.WordsOf(i.Title()), State: i.State, Opened: i.Opened, Acked: acked})
		}
	}
	return nil
}

func (d *Daemon) sumTickets(ctx context.Context, s *message.Summary) error {
	list, err := d.store.UplinkPolicy()
	if err != nil {
		return err
	}
	open, err := d.Tickets(ctx, appliance.TicketFilter{Limit: summaryOpen, Statuses: []appliance.TicketStatus{appliance.TicketNew, appliance.TicketOpen,
		appliance.TicketWorking, appliance.TicketWaiting}})
	if err != nil {
		return err
	}
	s.Tickets.Open = len(open)
	for _, t := range open {
		clocks, err := d.Clocks(ctx, t)
		if err != nil {
			return err
		}
		for _, c := range clocks {
			missed := c.Status == string(sla.Breached) || !c.Due.IsZero() && !c.Due.After(s.At) && c.Stop.IsZero()
			switch {
			case missed:
				s.Tickets.Breached++
			case c.Percent >= summaryNear && c.Stop.IsZero() && !c.Due.IsZero():
				s.Tickets.Near++
			}
			if !c.Stop.IsZero() || c.Due.IsZero() {
				continue
			}
			one := message.SummaryClock{Ticket: t.ID, Kind: c.Kind, Due: c.Due, Percent: c.Percent}
			one.Title, one.Words = titled(&t, list, 120)
			s.Tickets.Clocks = append(s.Tickets.Clocks, one)
		}
	}
	slices.SortFunc(s.Tickets.Clocks, func(a, b message.SummaryClock) int { return a.Due.Compare(b.Due) })
	s.Tickets.Clocks = s.Tickets.Clocks[:min(len(s.Tickets.Clocks), summaryClocks)]
	return nil
}

func (d *Daemon) sumBackups(ctx context.Context, s *message.Summary) error {
	jobs, err := d.BackupJobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.Status != appliance.JobAccepted {
			continue
		}
		one := message.SummaryJob{ID: j.ID, Name: j.Name, Verdict: jobVerdict(j.Standing), Good: j.Standing.LastGood}
		if j.Standing.Last != nil {
			one.Last = j.Standing.Last.At()
		}
		s.Backups = append(s.Backups, one)
	}
	return nil
}

// jobVerdict is how a job stands in the words of the wire.
func jobVerdict(s appliance.JobStanding) string {
	switch s.Night { //nolint:exhaustive // the others say nothing yet
	case appliance.VerdictNoResult:
		return "none"
	case appliance.VerdictSuccess, appliance.VerdictWarning, appliance.VerdictFailed, appliance.VerdictRunning:
		return string(s.Night)
	}
	return ""
}

func (d *Daemon) sumPower(ctx context.Context, s *message.Summary) error {
	list, err := d.UPSes(ctx)
	for _, u := range list {
		one := message.SummaryUPS{ID: u.Device, Name: u.Name, OnBattery: u.Told && u.Truth.Power == appliance.UPSPowerBattery, Replace: u.Told && u.Truth.Replace}
		if u.Told && u.Truth.Charge != nil {
			one.Charge = int(*u.Truth.Charge)
		}
		if u.Told && u.Truth.Runtime != nil {
			one.Minutes = int(*u.Truth.Runtime / 60)
		}
		s.UPS = append(s.UPS, one)
	}
	return err
}

func (d *Daemon) sumRound(ctx context.Context, s *message.Summary) error {
	last, err := d.Rounds(ctx, 0, 1)
	if err != nil || len(last) == 0 {
		return err
	}
	r := last[0]
	s.Round = &message.SummaryRound{Day: r.Day, State: "open", Signed: r.Signed, By: r.By}
	switch {
	case !r.Signed.IsZero():
		s.Round.State = "signed"
	case r.Missed:
		s.Round.State = "missed"
	}
	return nil
}

func (d *Daemon) sumWindows(ctx context.Context, s *message.Summary) error {
	list, err := d.store.UplinkPolicy()
	if err != nil {
		return err
	}
	all, err := d.Windows(ctx)
	for _, w := range all {
		if w.Next.IsZero() || w.State == appliance.WindowDraft {
			continue
		}
		one := &message.SummaryWindow{ID: w.ID, From: w.Next.From, To: w.Next.Until}
		if list.Texts {
			one.Title = short(w.Title, 120)
		}
		switch {
		case w.Run != nil && s.Window == nil:
			s.Window = one
		case w.Run == nil && w.State.Due() && (s.Next == nil || one.From.Before(s.Next.From)):
			s.Next = one
		}
	}
	return err
}

func (d *Daemon) sumContract(ctx context.Context, s *message.Summary) error {
	list, err := d.Contingents(ctx)
	for _, c := range list {
		if !c.Running {
			continue
		}
		if s.Contract == nil {
			s.Contract = &message.SummaryContract{}
		}
		s.Contract.Left += c.Left
		s.Contract.Of += c.Minutes
	}
	return err
}

// lastWord puts the farewell into the outbox and lets it leave, if the provider can be reached within a moment.
func (d *Daemon) lastWord(reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := d.farewellReport(ctx, reason); err != nil {
		d.log.Warn("the provider could not be told that this appliance stops", "err", err)
	}
}
