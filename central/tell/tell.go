package tell

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/central"
)

// Teller hands notices on.
type Teller struct {
	store  central.Store
	log    *slog.Logger
	now    func() time.Time
	name   string
	client *http.Client
	relay  channel.Relay
	say    Say

	mu     sync.Mutex
	wanted []central.Hook // as they were read last
	read   time.Time
}

// Say is a sentence in a language, "" being that of central, and which language that is.
type Say func(language string, m appliance.Message) (text, spoken string)

// New makes a teller. Without a relay no mails are sent; without say everything is told in English.
func New(s central.Store, log *slog.Logger, now func() time.Time, relay channel.Relay, say Say) *Teller {
	if say == nil {
		say = func(_ string, m appliance.Message) (string, string) { return m.English, "en" }
	}
	return &Teller{store: s, log: log, now: now, name: rand.Text(), client: channel.Client(), relay: relay, say: say}
}

const (
	every = 2 * time.Second
	term  = time.Minute
	// atOnce is how many notices are handed out, or to one hook, before the others have their turn.
	atOnce = 200
	// giveUp is how old a notice may become for a hook that does not take it.
	giveUp = 3 * 24 * time.Hour
	// mostWait is the longest time between two tries.
	mostWait = time.Hour
	// remember is how long the list of hooks is good: that often every event of every site asks for it.
	remember = 10 * time.Second
)

// Run tells until ctx ends.
func (t *Teller) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := t.Look(ctx); err != nil && ctx.Err() == nil {
			t.log.Error("other systems could not be told", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Wanted says whether a hook wants to be told of events of a type.
func (t *Teller) Wanted(kind string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.read.IsZero() || t.now().Sub(t.read) > remember {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		hooks, err := central.Hooks.List(ctx, t.store, central.RecordRange{})
		if err != nil {
			t.log.Warn("the list of hooks could not be read", "err", err)
		} else {
			t.wanted = hooks
		}
		t.read = t.now()
	}
	return slices.ContainsFunc(t.wanted, func(h central.Hook) bool {
		return !h.Paused && (slices.Contains(h.Kinds, "*") || slices.Contains(h.Kinds, central.NoticeKind(kind)))
	})
}

// Look hands out what is new and delivers what is due, when it is this process that tells.
func (t *Teller) Look(ctx context.Context) error {
	mine, err := central.Hold(ctx, t.store, "tell", t.name, t.now(), term)
	if err != nil || !mine {
		return err
	}
	hooks, err := central.Hooks.List(ctx, t.store, central.RecordRange{Limit: 1000})
	if err != nil {
		return err
	}
	if err := t.handOut(ctx, hooks); err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, len(hooks))
	for i := range hooks {
		if hooks[i].Paused {
			continue
		}
		wg.Go(func() { errs[i] = t.deliver(ctx, &hooks[i]) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// handOut puts each notice into the queues of the hooks that want it, and takes it off the list in the same change.
func (t *Teller) handOut(ctx context.Context, hooks []central.Hook) error {
	records, err := t.store.Records(ctx, central.RecordRange{Family: central.Notices.Family, Limit: atOnce})
	if err != nil {
		return err
	}
	for _, r := range records {
		var n central.Notice
		if err := central.Notices.Decode(r, &n); err != nil {
			return err
		}
		r.Remove = true
		changes := []central.Record{r}
		for i := range hooks {
			if !hooks[i].Wants(&n) {
				continue
			}
			d, err := central.Deliveries.Set(central.Key(hooks[i].ID.String(), r.Key), n, 0)
			if err != nil {
				return err
			}
			d.Any, d.Expires = true, n.At.Add(2*giveUp)
			changes = append(changes, d)
		}
		err := t.store.Write(ctx, changes...)
		if err != nil && appliance.CodeOf(err) != appliance.CodeConflict { // another process has handed it out
			return err
		}
	}
	return nil
}

// deliver gives one hook what waits for it, in order, until one is not taken.
func (t *Teller) deliver(ctx context.Context, h *central.Hook) error {
	key := h.ID.String()
	st, _, err := central.HookStates.Find(ctx, t.store, key)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	now := t.now()
	if now.Before(st.Next) {
		return nil
	}
	waiting, err := t.store.Records(ctx, central.RecordRange{Family: central.Deliveries.Family, Prefix: key + "/", Limit: atOnce})
	if err != nil || len(waiting) == 0 {
		return err
	}
	began := time.Now()
	for _, r := range waiting {
		if time.Since(began) > term/2 { // the lease has to be renewed
			break
		}
		var n central.Notice
		if err := central.Deliveries.Decode(r, &n); err != nil {
			return err
		}
		n.Lang = "en"
		if n.Words != nil { // one that an older version has kept has none
			n.Text, n.Lang = t.say(h.Lang, n.Words.Message(n.Text))
		}
		err := t.send(ctx, h, &n)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // we are stopping; it is sent again
		}
		if err != nil && !channel.Refused(err) && now.Sub(n.At) < giveUp {
			st.Failed++
			st.Error, st.ErrorIn, st.Next = err.Error(), t.because(h, err), t.now().Add(min(mostWait, 5*time.Second<<min(st.Failed, 10)))
			t.log.Warn("a hook does not take a notice", "hook", h.Name, "try", st.Failed, "err", err)
			break
		}
		if err != nil {
			st.Given++
			st.Error, st.ErrorIn = err.Error(), t.because(h, err)
			t.log.Error("a notice was given up", "hook", h.Name, "notice", n.ID, "err", err)
		} else {
			st.Delivered, st.Error, st.ErrorIn = t.now(), "", nil
		}
		st.Failed, st.Next = 0, time.Time{}
		r.Remove, r.Any = true, true
		if err := t.store.Write(ctx, r); err != nil {
			return err
		}
		st.Waiting--
	}
	return t.keep(ctx, key, st)
}

// keep writes how a hook is doing, with how much waits for it.
func (t *Teller) keep(ctx context.Context, key string, st central.HookStatus) error {
	rest, err := t.store.Records(ctx, central.RecordRange{Family: central.Deliveries.Family, Prefix: key + "/", Limit: 1000})
	if err != nil {
		return err
	}
	st.Waiting = len(rest)
	r, err := central.HookStates.Set(key, st, 0)
	if err != nil {
		return err
	}
	r.Any = true
	return t.store.Write(ctx, r)
}
