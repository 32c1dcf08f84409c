package snmp

import (
	"context"
	"errors"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/profile"
)

// Look asks a device once for everything the profiles know of it and remembers nothing: `siteward probe snmp`. The facts
// are nil when the device could not be asked; the reading's failure then says why.
func (r *Reader) Look(ctx context.Context, t Target) (*profile.Facts, appliance.Reading) {
	began := time.Now()
	log := &runLog{began: began}
	facts, reading := r.look(ctx, t, log)
	reading.Check, reading.At, reading.Took, reading.Log = t.Check.ID, began, time.Since(began), log.lines
	return facts, reading
}

func (r *Reader) look(ctx context.Context, t Target, log *runLog) (*profile.Facts, appliance.Reading) {
	ask, end, err := r.Open(ctx, t, log)
	if err != nil {
		return nil, failed(Explain(err, t), log)
	}
	defer end()
	plan, err := r.plan(ctx, ask, t.settings().Profile)
	if plan == nil {
		return nil, failed(Explain(err, t), log)
	}
	if err != nil {
		log.Printf("not everything could be read: %v", err)
	}
	hot, errHot := ask.Get(ctx, plan.Hot())
	cold, errCold := ask.Get(ctx, plan.Cold())
	if err := errors.Join(errHot, errCold); err != nil && len(hot) == 0 {
		return nil, failed(Explain(err, t), log)
	}
	reading := plan.Interpret(hot, cold)
	reading.Partial = err != nil || errHot != nil || errCold != nil
	return plan.Facts(hot, cold), reading
}

// plan recognises a device, or takes the profile that a person has chosen. A plan with an error is a part of one.
func (r *Reader) plan(ctx context.Context, ask mib.Asker, chosen string) (*profile.Plan, error) {
	set := r.profiles.Load()
	var match *profile.Match
	var err error
	if chosen != "" {
		match, err = set.Named(chosen)
	} else {
		match, err = set.Identify(ctx, ask)
	}
	if err != nil {
		return nil, err
	}
	return match.Discover(ctx, ask)
}
