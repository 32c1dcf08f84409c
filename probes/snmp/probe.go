package snmp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/profile"
)

// Probe runs one check. It takes its deadline from ctx and says in log what it asked and why something failed; with a nil
// log the lines are in the reading. Check, At and Took of the reading are filled in.
func (r *Reader) Probe(ctx context.Context, t Target, log Log) appliance.Reading {
	w := r.of(t.Check.ID)
	w.mu.Lock()
	defer w.mu.Unlock()
	r.counters.Polls.Add(1)
	reading, _ := r.visit(ctx, &t, w, log)
	return reading
}

// visit asks with what w remembers.
func (r *Reader) visit(ctx context.Context, t *Target, w *watched, log Log) (appliance.Reading, *poll) {
	began := time.Now()
	var own *runLog
	if log == nil {
		own = &runLog{began: began}
		log = own
	}
	reading, p, err := r.poll(ctx, t, w, log)
	if err != nil {
		reading.Failure = failureOf(err, t.address())
		log.Printf("%s", reading.Failure.Detail)
	}
	reading.Check, reading.At, reading.Took = t.Check.ID, began, time.Since(began)
	if own != nil {
		reading.Log = own.lines
	}
	return reading, p
}

func (r *Reader) poll(ctx context.Context, t *Target, w *watched, log Log) (appliance.Reading, *poll, error) {
	settings := t.settings()
	sec, err := secure(t.Credential, settings.Context)
	if err != nil {
		return appliance.Reading{}, nil, err
	}
	w.settle(watchKey{t.address(), settings.Profile, sec})
	notes := &capped{to: log}
	v, err := r.begin(ctx, t.address(), &sec, w.mem, w.eng, notes)
	if err != nil {
		return appliance.Reading{}, nil, err
	}
	defer v.end()
	p := &poll{run: v, w: w, set: r.profiles.Load(), chosen: settings.Profile, log: log}
	reading, err := p.read(ctx)
	if notes.over > 0 {
		log.Printf("%d more lines left out", notes.over)
	}
	if err != nil {
		return appliance.Reading{}, nil, v.suspect(err)
	}
	log.Printf("%d objects from %s in %s, %d octets sent and %d received", v.vars, t.address(), versionName(w.mem.version), v.wire.sent, v.wire.received)
	return reading, p, nil
}

// suspect finds the likelier reason of a silence: an agent that answered the discovery of its SNMPv3 engine and then
// nothing could not decrypt what we sent.
func (v *run) suspect(err error) error {
	if v.got && errors.Is(err, context.DeadlineExceeded) {
		return errSlow
	}
	if v.eng != nil && v.eng.known() && !v.eng.proven && errors.Is(err, errTimeout) {
		return deniedError{appliance.CauseV3Priv, "the device tells its SNMPv3 engine but answers no request of this user: most likely the privacy password or protocol is wrong"}
	}
	return err
}

// poll is one run of a check that has its session.
type poll struct {
	*run
	w      *watched
	set    *profile.Set
	chosen string
	log    Log

	hotVars, coldVars []mib.Varbind
}

// read looks at what the device is when that is due, and then asks for its numbers.
func (p *poll) read(ctx context.Context) (appliance.Reading, error) {
	if why := p.w.discoverDue(time.Now(), p.set); why != "" {
		if err := p.discover(ctx, why); err != nil {
			if p.w.plan == nil {
				return appliance.Reading{}, err
			}
			p.log.Printf("going on with what was known: %v", err)
		}
	}
	if ctx.Err() != nil { // the look took all the time; it was answered, and the next run reads
		return appliance.Reading{Partial: true}, nil //nolint:nilerr // a device that answers slowly has not failed
	}
	hot, err := p.hot(ctx)
	if err != nil && !p.got {
		return appliance.Reading{}, err
	}
	cold := p.cold(ctx)
	p.hotVars, p.coldVars = hot, cold
	reading := p.reading(hot, cold, err)
	if p.w.unfinished && err == nil {
		p.finish(ctx)
	}
	return reading, nil
}

// reading is what the answers mean.
func (p *poll) reading(hot, cold []mib.Varbind, err error) appliance.Reading {
	reading := p.w.plan.Interpret(hot, cold)
	if err != nil {
		reading.Partial = true
		p.log.Printf("not everything was read: %v", err)
	}
	if up, ok := profile.Uptime(reading); ok {
		reading.UpSince = time.Now().Add(-up).Truncate(time.Second)
	}
	if reading.Identity != nil {
		reading.Identity.Seen = time.Now()
	}
	return reading
}

// finish looks at a slow device once more in the time that is left, and takes the larger plan.
func (p *poll) finish(ctx context.Context) {
	before := p.w.plan
	if err := p.discover(ctx, "going on with the first look"); err != nil || len(p.w.plan.Hot()) < len(before.Hot()) {
		p.w.plan = before
	}
}

// discover finds the profiles and the rows of the device.
func (p *poll) discover(ctx context.Context, why string) error {
	p.reader.counters.Discoveries.Add(1)
	if p.w.plan != nil {
		p.w.relearn()
	}
	match, err := p.match(ctx)
	if err != nil {
		return err
	}
	plan, err := match.Discover(ctx, p.run)
	if plan == nil || p.w.plan != nil && ctx.Err() != nil {
		return fmt.Errorf("discover: %w", cmpErr(ctx.Err(), err))
	}
	if err != nil {
		p.log.Printf("discovery is not complete: %v", err)
	}
	now := time.Now()
	p.w.plan, p.w.profiles, p.w.discovered, p.w.coldAt = plan, p.set, now, time.Time{}
	p.w.unfinished = ctx.Err() != nil
	p.log.Printf("%s: profiles %v, %d objects each time and %d each hour", why, plan.Profiles(), len(plan.Hot()), len(plan.Cold()))
	return nil
}

func (p *poll) match(ctx context.Context) (*profile.Match, error) {
	if p.chosen != "" {
		return p.set.Named(p.chosen)
	}
	p.search = true // Discover has its own way with scalars
	defer func() { p.search = false }()
	return p.set.Identify(ctx, p.run)
}

// hot asks for the numbers of each run. When the device has changed meanwhile it is looked at again at once, if the time
// allows.
func (p *poll) hot(ctx context.Context) ([]mib.Varbind, error) {
	hot, err := p.Get(ctx, p.w.plan.Hot())
	if !p.got || !p.w.plan.Gone(hot) || time.Since(p.w.gone) < goneEvery {
		return hot, err
	}
	p.w.gone = time.Now()
	if again := p.discover(ctx, "the device has changed"); again != nil {
		p.log.Printf("going on with what was known: %v", again)
		return hot, err
	}
	return p.Get(ctx, p.w.plan.Hot())
}

// cold asks once an hour for what seldom changes. What is missing is asked for again next time.
func (p *poll) cold(ctx context.Context) []mib.Varbind {
	if time.Since(p.w.coldAt) < coldEvery || len(p.w.plan.Cold()) == 0 {
		return nil
	}
	cold, err := p.Get(ctx, p.w.plan.Cold())
	if err != nil {
		p.log.Printf("names and sizes were not read: %v", err)
		return nil
	}
	p.w.coldAt = time.Now()
	return cold
}
