package daemon

import (
	"context"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/ups"
	"siteward/probes"
	"siteward/probes/snmp"
)

// ask runs the probe of a check. What the appliance cannot do is a reading too: our own failure, never the device's. The
// reading is dated by the appliance's own clock, as everything that is judged.
func (d *Daemon) ask(ctx context.Context, dev appliance.Device, c appliance.Check) appliance.Reading {
	began := d.now()
	ahead := began.Sub(time.Now().Round(0))
	r := d.probe(ctx, dev, c)
	r.At = began
	ups.Clean(&r)
	if ahead.Abs() < time.Second {
		return r
	}
	if !r.UpSince.IsZero() {
		r.UpSince = r.UpSince.Add(ahead)
	}
	if r.Identity != nil && !r.Identity.Seen.IsZero() {
		id := *r.Identity
		id.Seen = id.Seen.Add(ahead)
		r.Identity = &id
	}
	return r
}

func (d *Daemon) probe(ctx context.Context, dev appliance.Device, c appliance.Check) appliance.Reading {
	t := probes.Target{Check: c, Device: dev}
	if c.Credential() != 0 || c.SNMP != nil && c.SNMP.Typed != nil {
		cred, err := d.credential(c)
		if err != nil {
			return appliance.Reading{Check: c.ID, Failure: probes.OurFault("the credential cannot be used: " + err.Error())}
		}
		t.Credential = &cred
	}
	if timeout := time.Duration(c.Timeout); timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return d.probes.Run(ctx, t)
}

func (d *Daemon) credential(c appliance.Check) (appliance.Credential, error) {
	if c.SNMP != nil && c.SNMP.Typed != nil {
		return probes.Resolve(*c.SNMP.Typed, d.secrets)
	}
	k, err := d.store.Credential(c.Credential())
	if err != nil {
		return k, fmt.Errorf("find it: %w", err)
	}
	return probes.Resolve(k, d.secrets)
}

// snmpProbe is the entry of the probes' map that asks over SNMP.
func (d *Daemon) snmpProbe(ctx context.Context, t probes.Target, log *probes.Log) appliance.Reading {
	if _, err := d.profiles(); err != nil {
		return appliance.Reading{Check: t.Check.ID, At: d.now(), Failure: &appliance.Failure{Reason: appliance.ReasonSetup, Ours: true,
			Detail: "the device profiles cannot be read: " + err.Error()}}
	}
	return d.reader.Probe(ctx, snmp.Target{Check: t.Check, Device: t.Device, Credential: t.Credential}, log)
}

// tryLimit bounds the test button: a person waits for it.
const tryLimit = 20 * time.Second

// Try is App.Try. Nothing of it is stored.
func (d *Daemon) Try(ctx context.Context, _ appliance.Actor, dev appliance.Device, c appliance.Check) (appliance.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	c.ID, c.Timeout = 0, 0
	if c.Probe == appliance.ProbeSNMP {
		defer d.reader.Forget(0)
	}
	return d.ask(ctx, dev, c), nil
}

// LastReading is App.LastReading.
func (d *Daemon) LastReading(_ context.Context, check appliance.ID) (appliance.Reading, error) {
	if r, ok := d.live.reading(check); ok {
		return r, nil
	}
	return d.store.Snapshot(check)
}
