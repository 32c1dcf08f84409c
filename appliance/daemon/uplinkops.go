package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/store"
)

// UplinkState is Uplink.UplinkState.
func (d *Daemon) UplinkState(ctx context.Context) (appliance.UplinkState, error) {
	e, err := d.Provider(ctx)
	if err != nil {
		return appliance.UplinkState{}, err
	}
	return d.uplinkState(e.ID)
}

// uplinkState is how far the reports to one receiver are, with the time of the oldest that waits.
func (d *Daemon) uplinkState(enrolment appliance.ID) (st appliance.UplinkState, err error) {
	err = d.store.View(func(tx *store.Tx) error {
		if st, err = tx.UplinkState(enrolment); err != nil || st.Waiting() == 0 {
			return err
		}
		return tx.Outbox(enrolment, st.Acked+1, func(_ uint64, event []byte) bool {
			var e message.Event
			if json.Unmarshal(event, &e) == nil {
				st.Oldest = e.Time
			}
			return false
		})
	})
	return st, err
}

// UplinkPolicy is Uplink.UplinkPolicy.
func (d *Daemon) UplinkPolicy(context.Context) (appliance.UplinkPolicy, error) {
	return d.store.UplinkPolicy()
}

// SaveUplinkPolicy is Uplink.SaveUplinkPolicy.
func (d *Daemon) SaveUplinkPolicy(_ context.Context, by appliance.Actor, p appliance.UplinkPolicy) error {
	p.Off = slices.DeleteFunc(slices.Clone(p.Off), func(kind string) bool { return !slices.Contains(appliance.UplinkKinds, kind) })
	off := "nothing"
	if len(p.Off) > 0 {
		off = strings.Join(p.Off, ", ")
	}
	return d.providerStep(by, "provider.log.list", "provider", map[string]any{"off": off}, func(tx *store.Tx) error {
		return tx.PutUplinkPolicy(&p)
	})
}

// SentReports is Uplink.SentReports.
func (d *Daemon) SentReports(_ context.Context, f appliance.SentFilter) ([]appliance.Sent, error) {
	if f.Limit <= 0 || f.Limit > 5000 {
		f.Limit = 100
	}
	return d.store.Sent(f)
}

// SentReport is Uplink.SentReport.
func (d *Daemon) SentReport(_ context.Context, id appliance.ID) (appliance.Sent, error) {
	return d.store.SentOne(id)
}

// farewellReport tells the provider that the appliance stops on purpose. When that does not arrive now, it does after the next start.
func (d *Daemon) farewellReport(ctx context.Context, reason string) error {
	e, err := d.Provider(ctx)
	if errors.Is(err, appliance.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := d.now()
	v := &message.Stopping{Reason: reason}
	err = d.store.Update(func(tx *store.Tx) error {
		w := &reporter{d: d, tx: tx, e: e, now: now}
		if w.st, err = tx.UplinkState(e.ID); err != nil {
			return err
		}
		if err := w.add(v, "", now); err != nil {
			return err
		}
		return tx.PutUplinkState(w.st)
	})
	if err != nil {
		return err
	}
	d.reports.sender.Deliver(ctx)
	return nil
}

// providerNote says what is wrong with the reports, for the health of the appliance.
func (d *Daemon) providerNote(ctx context.Context) (m appliance.Message, bad bool) {
	e, err := d.Provider(ctx)
	if err != nil {
		return m, false
	}
	st, err := d.store.UplinkState(e.ID)
	if err != nil || !st.Silent(later(e.Since, d.about.Started), d.now()) {
		return m, false
	}
	why := st.Why
	if why == "" {
		why = "nothing has answered"
	}
	return appliance.Message{Key: "provider.note.silent", Args: map[string]any{"provider": e.Provider, "since": st.Good, "why": why},
		English: "reports to the provider " + e.Provider + " have not arrived for more than an hour: " + why}, true
}
