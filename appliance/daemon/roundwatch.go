package daemon

import (
	"context"
	"math"
	"time"

	"siteward/appliance"
	"siteward/appliance/round"
)

// roundItem is the state of the daily round itself: silence is a fault.
const roundItem = "round"

// watchRound puts the round together when it is due, and says whether one was not signed in time.
func (d *Daemon) watchRound(ctx context.Context) error {
	now := d.now()
	site, err := d.Site(ctx)
	if err != nil || !sane(now) {
		return nil //nolint:nilerr // not set up yet
	}
	s, err := d.RoundSettings(ctx)
	if err != nil {
		return err
	}
	if s.Off {
		return d.expect(nil, roundItem)
	}
	last, err := d.store.Rounds(0, 1)
	if err != nil {
		return err
	}
	due := round.Last(s, siteDays{d.calendar()}, now)
	if (len(last) == 0 || last[0].Made.Before(due) && last[0].Day != due.In(d.location()).Format(time.DateOnly)) && !due.IsZero() && due.After(site.Created) {
		r, err := d.makeRound(ctx, s, due, false)
		if err != nil {
			return err
		}
		last = []appliance.Round{r}
	}
	if len(last) == 0 {
		return nil
	}
	return d.expect([]expectation{d.roundState(last[0], now)})
}

func (d *Daemon) roundState(r appliance.Round, now time.Time) expectation {
	e := expectation{Item: roundItem, State: appliance.StateOK, Evidence: appliance.Evidence{At: r.Made}}
	args := map[string]any{"day": r.Day, "deadline": r.Deadline, "by": r.By}
	switch {
	case !r.Signed.IsZero():
		e.Evidence.At = r.Signed
		e.Evidence.Why = appliance.Message{Key: "round.why_signed", Args: args, English: "the daily round of " + r.Day + " is signed by " + r.By}
	case now.After(r.Deadline):
		e.State = appliance.StateWarning
		e.Evidence.Why = appliance.Message{Key: "round.why_late", Args: args, English: "nobody has signed the daily round of " + r.Day}
	default:
		e.Evidence.Why = appliance.Message{Key: "round.why_due", Args: args, English: "the daily round of " + r.Day + " is to be read"}
	}
	return e
}

// trendDays is how far back the forecast of storages looks.
const trendDays = 14

// lateReading is how long before it was read a run may have begun and still belong to this round.
const lateReading = 7 * 24 * time.Hour

// roundInput gathers what a round looks at.
func (d *Daemon) roundInput(ctx context.Context, since, now time.Time) (in round.Input, err error) {
	in = round.Input{Since: since, Now: now, States: d.live.allStates(), Health: d.Health(ctx), Logbook: d.store.LastLogbookReport(), Names: func(id appliance.ID) string {
		if dev, ok := d.live.device(id); ok {
			return dev.Name
		}
		return "#" + id.String()
	}}
	if in.Jobs, err = d.BackupJobs(ctx); err != nil {
		return in, err
	}
	runs, err := d.store.Runs(since.Add(-lateReading), time.Time{}, 0)
	if err != nil {
		return in, err
	}
	for _, r := range runs {
		read := r.Read
		if read.IsZero() {
			read = r.At()
		}
		if !read.Before(since) && read.Before(now) {
			in.Runs = append(in.Runs, r)
		}
	}
	if in.UPSes, err = d.UPSes(ctx); err != nil {
		return in, err
	}
	if in.Events, err = d.UPSEvents(ctx, appliance.UPSFilter{Since: since, Before: now}); err != nil {
		return in, err
	}
	if in.Storages, err = d.storages(now); err != nil {
		return in, err
	}
	if in.Spot, err = d.SpotCheck(ctx); err != nil {
		return in, err
	}
	in.Sources, err = d.unread()
	return in, err
}

// storages gives how full each was on each of the last days.
func (d *Daemon) storages(now time.Time) (out []round.Storage, err error) {
	for _, c := range d.live.allChecks() {
		series, err := d.store.Series(c.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range series {
			if s.Metric != "storage.used_percent" || now.Sub(s.Last) > 48*time.Hour {
				continue
			}
			col, err := d.store.ReadThinned(s.ID, now.AddDate(0, 0, -trendDays), now, trendDays)
			if err != nil {
				return nil, err
			}
			st := round.Storage{Device: c.Device, Label: s.Label}
			for _, x := range col.Number {
				if !math.IsNaN(x) {
					st.Days = append(st.Days, x)
				}
			}
			if len(st.Days) > trendDays { // fewer samples than points come as they are: no trend of days
				st.Days = nil
			}
			out = append(out, st)
		}
	}
	return out, nil
}

// unread are the sources of logs, and why one cannot be read.
func (d *Daemon) unread() (out []round.Source, err error) {
	sources, err := d.store.Sources()
	if err != nil {
		return nil, err
	}
	for _, s := range sources {
		status, err := d.store.SourceStatus(s.ID)
		if err != nil {
			return nil, err
		}
		x := round.Source{ID: s.ID, Name: s.Name}
		if status.Error != nil {
			x.Bad = status.Error.English
		}
		out = append(out, x)
	}
	return out, nil
}
