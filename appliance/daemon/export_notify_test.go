package daemon

import (
	"context"
	"log/slog"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes"
)

// JudgeIncidents compares what is wrong now with the incidents that are open, as the loop of that name does.
func JudgeIncidents(d *Daemon, ctx context.Context) error { return d.judgeIncidents(ctx) }

// Tell puts a notice into the queue.
func Tell(d *Daemon, ctx context.Context, n appliance.Notice) error { return d.tell(ctx, n) }

// AddDevices adds so many devices that are pinged, reached through others.
func AddDevices(d *Daemon, name string, n int, parents ...appliance.ID) error {
	return d.edit(func(tx *store.Tx) error {
		for i := range n {
			dev := appliance.Device{Name: name + " " + appliance.ID(i+1).String(), Kind: appliance.KindServer, Address: "192.0.2.1", Parents: parents}
			if err := tx.PutDevice(&dev); err != nil {
				return err
			}
			c := appliance.Check{Device: dev.ID, Name: "ping", Probe: appliance.ProbePing, Interval: appliance.Duration(time.Hour), Timeout: appliance.Duration(time.Second)}
			if err := tx.PutCheck(&c); err != nil {
				return err
			}
		}
		return nil
	})
}

// FakeProbe lets a test answer for all devices that are asked this way. Call it before Run.
func FakeProbe(d *Daemon, kind appliance.ProbeKind, f probes.Func) {
	d.probes[kind] = probes.Guard(f, slog.New(slog.DiscardHandler))
}

// AskAll asks all devices once, as the workers that poll do.
func AskAll(d *Daemon, ctx context.Context) error {
	for _, c := range d.live.allChecks() {
		_, dev, _ := d.live.check(c.ID)
		if err := d.takeSoon(d.ask(ctx, dev, c), d.now(), true); err != nil {
			return err
		}
	}
	d.settleDown()
	return nil
}

// SyncSoon is how long polls may wait for the disk together.
const SyncSoon = syncSoon

// ChangeSome makes a part of the devices answer or not, as so many readings do that wait for the disk together.
func ChangeSome(d *Daemon, part, parts int, state appliance.State) error {
	now := d.now()
	var failure *appliance.Failure
	if state != appliance.StateOK {
		failure = &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: "no answer"}
	}
	for i, c := range d.live.allChecks() {
		if i%parts != part {
			continue
		}
		for range 3 {
			if err := d.takeSoon(appliance.Reading{Check: c.ID, At: now, Failure: failure}, now, true); err != nil {
				return err
			}
		}
	}
	d.settleDown()
	return nil
}

// TellDaily tells the summaries that are due, as the job of that name does.
func TellDaily(d *Daemon, ctx context.Context) error { return d.tellDaily(ctx) }
