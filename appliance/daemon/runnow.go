package daemon

import (
	"context"
	"sync"
	"time"

	"siteward/appliance"
)

// waiters are people who wait for the next reading of a check.
type waiters struct {
	mu sync.Mutex
	by map[appliance.ID][]chan outcome
}

type outcome struct {
	reading appliance.Reading
	err     error
}

func (w *waiters) add(check appliance.ID) chan outcome {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = map[appliance.ID][]chan outcome{}
	}
	ch := make(chan outcome, 1)
	w.by[check] = append(w.by[check], ch)
	return ch
}

// any says whether somebody waits for a check.
func (w *waiters) any(check appliance.ID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.by[check]) > 0
}

// tell answers all who wait for a check. Who has gone meanwhile does not read his channel, which has room for one answer.
func (w *waiters) tell(check appliance.ID, o outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ch := range w.by[check] {
		ch <- o
	}
	delete(w.by, check)
}

// runLimit is how long a person waits for a run that is in line behind others.
const runLimit = 45 * time.Second

// RunNow is App.RunNow. The run takes its turn in the poll engine, so that no check is ever asked twice at the same time; a run
// that is under way already is the answer.
func (d *Daemon) RunNow(ctx context.Context, by appliance.Actor, id appliance.ID) (appliance.Reading, error) {
	c, dev, ok := d.live.check(id)
	if !ok {
		return appliance.Reading{}, appliance.ErrNotFound
	}
	e := d.audit(by, "audit.check_run", "check", d.checkName(c))
	e.Message.English = "run by hand: " + e.Message.English
	e.Device, e.Check = dev.ID, id
	if err := d.store.Append([]appliance.Event{e}); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
		return appliance.Reading{}, err
	}
	return d.runNow(ctx, id)
}

func (d *Daemon) runNow(ctx context.Context, id appliance.ID) (appliance.Reading, error) {
	c, dev, ok := d.live.check(id)
	if !ok {
		return appliance.Reading{}, appliance.ErrNotFound
	}
	if !d.serving.Load() || dev.Paused.Active(d.now()) || c.Paused.Active(d.now()) {
		return d.runHere(ctx, dev, c)
	}
	wait := d.waiters.add(id)
	if !d.engine.RunNow(id) {
		return appliance.Reading{}, appliance.ErrNotFound
	}
	limit := time.NewTimer(runLimit)
	defer limit.Stop()
	select {
	case o := <-wait:
		return o.reading, o.err
	case <-ctx.Done():
		return appliance.Reading{}, ctx.Err()
	case <-limit.C:
		return appliance.Reading{}, errInLine
	}
}

// runHere asks without the engine: while it does not run, and when a person wants to know how a paused device does.
func (d *Daemon) runHere(ctx context.Context, dev appliance.Device, c appliance.Check) (appliance.Reading, error) {
	slot := d.now()
	r := d.ask(ctx, dev, c)
	if err := ctx.Err(); err != nil {
		return r, err
	}
	return r, d.take(r, slot, false)
}

// AskAll runs every check once, all at the same time: the first look of the demo.
func (d *Daemon) AskAll(ctx context.Context) error {
	checks := d.live.allChecks()
	var wg sync.WaitGroup
	errs := make([]error, len(checks))
	for i, c := range checks {
		wg.Go(func() { _, errs[i] = d.runNow(ctx, c.ID) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	errInLine = &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
		Key: "errors.run.in_line", English: "other checks are still being run; look at this page again in a minute"}}
	errBrokenOff = &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
		Key: "errors.run.broken_off", English: "this run was broken off and says nothing about the device; run the check again"}}
)
