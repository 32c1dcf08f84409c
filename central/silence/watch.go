package silence

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/central"
)

// Watcher looks after sites that nothing comes from.
type Watcher struct {
	store central.Store
	log   *slog.Logger
	now   func() time.Time
	name  string
}

// New makes a watcher.
func New(s central.Store, log *slog.Logger, now func() time.Time) *Watcher {
	return &Watcher{store: s, log: log, now: now, name: rand.Text()}
}

const (
	every = 30 * time.Second
	term  = 2 * time.Minute
	// away is how long nobody may have watched before that is an absence of central.
	away = 5 * time.Minute
	// lookAt is how many sites one look takes on.
	lookAt = 10_000
)

// heart is the memory of all processes together.
type heart struct {
	Beat time.Time `json:"beat"` // somebody watched
	// Back is when central or the way to it came back: from then on sites have their time again.
	Back time.Time `json:"back,omitzero"`
}

var hearts = central.Noun[heart]{Family: "heart"}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("silent sites could not be looked for", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Look looks once, when it is this process that watches.
func (w *Watcher) Look(ctx context.Context) error {
	now := w.now()
	mine, err := central.Hold(ctx, w.store, "silence", w.name, now, term)
	if err != nil || !mine {
		return err
	}
	h, version, err := hearts.Find(ctx, w.store, "central")
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	if !h.Beat.IsZero() && now.Sub(h.Beat) > away {
		w.log.Warn("central was away", "from", h.Beat, "to", now)
		h.Back = now
		if err := w.wasAway(ctx, h.Beat, now); err != nil {
			return err
		}
	}
	over, err := w.judge(ctx, now, h.Back)
	if err != nil {
		return err
	}
	if over {
		h.Back = now
	}
	h.Beat = now
	err = hearts.Put(ctx, w.store, "central", h, version)
	if appliance.CodeOf(err) == appliance.CodeConflict {
		return nil // somebody else watches already
	}
	return err
}

// wasAway notes as one alarm, which is over already, that nobody could be heard for a while.
func (w *Watcher) wasAway(ctx context.Context, from, to time.Time) error {
	f, err := w.store.Fleet(ctx, central.FleetFilter{Limit: 1, Total: true})
	if err != nil || f.Total == 0 {
		return err
	}
	a := central.NewAlarm(central.AlarmOurs, nil, to)
	a.Since, a.Closed, a.Sites = from, to, f.Total
	a.Because(central.Away(from, to))
	n := central.NoticeOf(a, to)
	past, err := central.PastAlarms.Set(central.PastAlarmKey(a), a, 0)
	notice, err2 := central.Notices.Set(central.NoticeKey(n), n, 0)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	past.Any, notice.Any = true, true
	return w.store.Write(ctx, past, notice)
}

// judge looks at the sites whose time has passed. It says whether a silence of many has just ended.
func (w *Watcher) judge(ctx context.Context, now, back time.Time) (over bool, err error) {
	ours, version, err := central.Alarms.Find(ctx, w.store, central.AlarmKey(central.AlarmOurs, ""))
	open := err == nil
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return false, err
	}
	rows, err := w.store.Due(ctx, now, lookAt)
	if err != nil {
		return false, err
	}
	due := rows[:0]
	for _, r := range rows {
		if r.Site.Paused == "" && !now.Before(effective(&r, back)) {
			due = append(due, r)
		}
	}
	if len(due) == 0 && !open {
		return false, nil
	}
	silent, later, of, names, err := w.count(ctx, now, ours.Opened)
	if err != nil {
		return false, err
	}
	together := many(silent, of)
	// Who fell silent only after that is not part of it, while most sites speak: else the silence of one would be told only when the last
	// of many is over.
	var until time.Time
	if open && silent*manyPart < of && !many(later, of) {
		until = ours.Opened
	}
	switch {
	case together && !open:
		ours = central.NewAlarm(central.AlarmOurs, nil, now)
		ours.Sites, ours.Names, ours.Since = silent, names, earliest(due, now)
		if err := w.put(ctx, ours, 0); err != nil {
			return false, err
		}
		w.log.Warn("many sites are silent together", "silent", silent, "of", of)
	case together && ours.Sites < silent:
		ours.Sites = silent
		if err := central.Alarms.Put(ctx, w.store, central.AlarmKey(central.AlarmOurs, ""), ours, version); err != nil {
			return false, err
		}
	case open && !many(2*silent, of): // it is over when it is clearly less
		return true, w.end(ctx, ours, version, now)
	case open:
		together = true
	}
	return false, w.mark(ctx, due, together, until, now)
}

func earliest(rows []central.Row, now time.Time) time.Time {
	at := now
	for _, r := range rows {
		if r.Status.Seen.Before(at) {
			at = r.Status.Seen
		}
	}
	return at
}

// count counts who is late of those that are expected to speak, and who of them was heard after a time.
func (w *Watcher) count(ctx context.Context, now, after time.Time) (silent, later, of int, names []string, err error) {
	f, err := w.store.Fleet(ctx, central.FleetFilter{Limit: 1, Total: true})
	if err != nil {
		return 0, 0, 0, nil, err
	}
	rows, err := w.store.Due(ctx, now.Add(24*time.Hour), lookAt)
	if err != nil {
		return 0, 0, 0, nil, err
	}
	for _, r := range rows {
		if !late(&r, now) || r.Status.Silent != central.Speaking && r.Status.Silent != central.Ours {
			continue
		}
		if r.Status.Seen.After(after) {
			later++
		}
		if silent++; len(names) < 10 {
			names = append(names, r.Site.Name)
		}
	}
	return silent, later, f.Silent[central.Speaking] + f.Silent[central.Ours], names, nil
}

func (w *Watcher) put(ctx context.Context, a central.Alarm, version uint64) error {
	n := central.NoticeOf(a, a.Opened)
	r, err := central.Alarms.Set(central.AlarmKey(a.Kind, a.Site), a, version)
	notice, err2 := central.Notices.Set(central.NoticeKey(n), n, 0)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	return w.store.Write(ctx, r, notice)
}

// end closes the alarm of many: one word for all of them.
func (w *Watcher) end(ctx context.Context, a central.Alarm, version uint64, now time.Time) error {
	a.Closed = now
	n := central.NoticeOf(a, now)
	past, err := central.PastAlarms.Set(central.PastAlarmKey(a), a, 0)
	notice, err2 := central.Notices.Set(central.NoticeKey(n), n, 0)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	return w.store.Write(ctx, past, notice, central.Record{Family: central.Alarms.Family, Key: central.AlarmKey(central.AlarmOurs, ""), Version: version, Remove: true})
}

// mark writes into each site that it is silent, some at the same time. Who was heard after until, unless that is zero, is silent for itself.
func (w *Watcher) mark(ctx context.Context, due []central.Row, together bool, until, now time.Time) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, r := range due {
		g.Go(func() error {
			err := w.store.Take(ctx, r.Site.ID, func(t *central.Taking) error {
				return silent(t, together && (until.IsZero() || !t.Status.Seen.After(until)), now)
			})
			if appliance.CodeOf(err) == appliance.CodeNotFound {
				return nil
			}
			return err
		})
	}
	return g.Wait()
}

// silent says of one site that it is silent. The site may have been heard of in between.
func silent(t *central.Taking, together bool, now time.Time) error {
	st := &t.Status
	if st.Due.IsZero() || now.Before(st.Due) {
		return nil
	}
	if together && st.Silent != central.Stopped {
		if st.Silent != central.Ours {
			st.Silent, st.Since = central.Ours, now
		}
		st.Due = now.Add(t.Site.Patience()) // looked at again, should it be over by then
		return nil
	}
	kind := central.AlarmSilent
	a := central.NewAlarm(kind, &t.Site, now)
	a.Since = st.Seen
	if st.Silent == central.Stopped {
		a.Kind = central.AlarmOverdue
		a.Because(central.Stop(st.Stopping))
		st.Silent = central.Overdue
	} else {
		st.Silent = central.Lost
		if st.Refused != "" {
			a.Why = "it sends, but cannot be understood: " + st.Refused
		}
	}
	st.Since, st.Due = now, time.Time{}
	if err := turn(t, central.Turn{At: now, From: st.Facts.State, To: st.Facts.State, Silent: st.Silent, Why: a.Why, WhyIn: a.WhyIn}); err != nil {
		return err
	}
	return a.Open(t)
}
