package daemon

import (
	"context"
	"errors"
	"hash/fnv"
	"net/http"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/store"
	"siteward/appliance/uplink"
)

// reports are what the daemon keeps about what is told the provider.
type reports struct {
	sender *uplink.Sender
	mu     sync.Mutex // one that puts in at a time

	others    sync.Mutex
	consumers map[appliance.ID]*uplink.Sender
	changed   chan struct{} // somebody is told who was not, or no more
}

// Times of putting in. What changed a moment ago is told together with what changes with it.
const (
	reportSoon   = 2 * time.Second
	reportEvery  = 30 * time.Second
	summaryEvery = 15 * time.Minute
	reportAtOnce = 200 // records in one step of the store
)

// recallReports prepares what is told the provider. Changes are noted from here on when there is one.
func (d *Daemon) recallReports() error {
	told, err := d.audience(context.Background())
	if err != nil {
		return err
	}
	d.store.Reporting(len(told) > 0)
	d.provider.news, d.reports.changed = make(chan struct{}, 1), make(chan struct{}, 1)
	d.reports.sender = d.sender(uplink.Config{Target: d.reportTarget, Revoked: d.providerRevoked, Answered: d.offersAnnounced})
	return nil
}

// reportClient is the one for web hooks, with the time that a slow line needs.
func (d *Daemon) reportClient() *http.Client {
	c := *d.web()
	c.Timeout = 2 * time.Minute
	if t, ok := c.Transport.(*http.Transport); ok {
		t = t.Clone()
		t.ResponseHeaderTimeout = time.Minute
		c.Transport = t
	}
	return &c
}

func (d *Daemon) reportTarget() (uplink.Target, error) {
	e, key, err := d.enrolment()
	if err != nil {
		return uplink.Target{}, err
	}
	return uplink.Target{Enrolment: e.ID, Name: e.Provider, URL: e.URL, Site: e.Site, Outbox: e.Outbox, Key: key}, nil
}

// keepReports puts into the outbox what has changed, soon after it did, and a summary when it is time.
func (d *Daemon) keepReports(ctx context.Context) {
	for {
		if err := d.putReports(ctx); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly && ctx.Err() == nil {
			d.log.Error("what is to be told the provider could not be put together", "err", err)
		}
		wait := time.NewTimer(reportEvery)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		case <-d.store.Touched():
			wait.Reset(reportSoon)
			select {
			case <-ctx.Done():
				wait.Stop()
				return
			case <-wait.C:
			}
		}
	}
}

// putReports puts into the outbox everything that is to be told now.
func (d *Daemon) putReports(ctx context.Context) error {
	d.reports.mu.Lock()
	defer d.reports.mu.Unlock()
	told, err := d.audience(ctx)
	if err != nil {
		return err
	}
	d.store.Reporting(len(told) > 0)
	put := false
	for more := len(told) > 0; more && ctx.Err() == nil; {
		var news bool
		if news, more, err = d.putStep(ctx, told); err != nil {
			return err
		}
		put = put || news
	}
	if put {
		d.rouseReports()
	}
	return ctx.Err()
}

func (d *Daemon) rouseReports() {
	d.reports.sender.Rouse()
	d.reports.others.Lock()
	defer d.reports.others.Unlock()
	for _, s := range d.reports.consumers {
		s.Rouse()
	}
}

// putStep is one step of the store: some of what has changed leaves the list of changes and enters the outbox of each who is told.
func (d *Daemon) putStep(ctx context.Context, told []appliance.Enrolment) (put, more bool, err error) {
	site, err := d.Site(ctx)
	if err != nil && !errors.Is(err, appliance.ErrNotFound) { // before its set-up it has no name, and reports all the same
		return false, false, err
	}
	states, err := d.States(ctx)
	if err != nil {
		return false, false, err
	}
	worst := appliance.StateOK
	for _, s := range states {
		worst = max(worst, s.State)
	}
	now := sync.OnceValues(func() (*message.Summary, error) { return d.summary(ctx, nil) })
	sums := make([]*dueSummary, len(told))
	for i, e := range told {
		st, err := d.store.UplinkState(e.ID)
		if err != nil {
			return false, false, err
		}
		if sums[i], err = d.summaryDue(e, st, worst, now); err != nil {
			return false, false, err
		}
	}
	err = d.store.Update(func(tx *store.Tx) error {
		put, more = false, false
		w := make(reporters, 0, len(told))
		for i, e := range told {
			one := &reporter{d: d, tx: tx, e: e, site: site, now: d.now(), sum: sums[i]}
			if one.st, err = tx.UplinkState(e.ID); err != nil {
				return err
			}
			one.before = one.st
			if one.list, err = tx.UplinkPolicy(); err != nil {
				return err
			}
			if one.st.Outbox == "" {
				one.st.Outbox = e.Outbox
			}
			w = append(w, one)
		}
		if more, err = w.all(tx); err != nil {
			return err
		}
		for _, one := range w {
			put = put || one.st.Last != one.before.Last
			if one.st != one.before {
				if err := tx.PutUplinkState(one.st); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return put, more, err
}

// summaryDue gives a summary when one is due: each quarter of an hour, sites at different moments of it, when the worst state has
// changed, and when the row of a fleet would say something else. now is made once for all who are told.
func (d *Daemon) summaryDue(e appliance.Enrolment, st appliance.UplinkState, worst appliance.State, now func() (*message.Summary, error)) (*dueSummary, error) {
	at := d.now()
	if !sane(at) {
		return nil, nil //nolint:nilnil // none is due
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(e.Site))
	shift := time.Duration(h.Sum32()%uint32(summaryEvery/time.Second)) * time.Second
	slot := at.Add(-shift).Truncate(summaryEvery).Add(shift)
	due := st.Summary.Before(slot) || st.Summary.After(at)
	if !due && worst == st.State && at.Sub(st.Summary) < summaryPause(st.Extra) {
		return nil, nil //nolint:nilnil // none is due
	}
	s, err := now()
	if err != nil || !due && worst == st.State && s.Shown() == st.Shown {
		return nil, err
	}
	mine := dueSummary{Summary: *s, extra: st.Extra + 1}
	mine.Outbox = outboxOf(&st)
	if due {
		mine.extra = 0
	}
	return &mine, nil
}

// dueSummary is one that is to be told, and how many there were since the last quarter of an hour that only a change has called for.
type dueSummary struct {
	message.Summary
	extra int
}

// summaryPause is how long after a summary the next one may leave because something has changed: the first at once, then longer with each
// in the same quarter of an hour, so that a site that changes all the time tells it five times in it.
func summaryPause(extra int) time.Duration {
	if extra == 0 {
		return 0
	}
	return reportEvery << min(extra-1, 5)
}
