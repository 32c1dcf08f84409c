package daemon

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/store"
)

// JudgeIncidents compares what is wrong now with the incidents that are open, as the loop of that name does.
func JudgeIncidents(d *Daemon, ctx context.Context) error { return d.judgeIncidents(ctx) }

// Tell puts a notice into the queue.
func Tell(d *Daemon, ctx context.Context, n appliance.Notice) error { return d.tell(ctx, n) }

// ChangeAll makes so many devices answer or not, one state each, as so many readings do.
func ChangeAll(d *Daemon, n int, state appliance.State) error {
	if len(d.live.allDevices()) == 0 {
		err := d.store.Update(func(tx *store.Tx) error {
			for i := range n {
				dev := appliance.Device{Name: "device " + appliance.ID(i+1).String(), Kind: appliance.KindServer, Address: "192.0.2.1"}
				if err := tx.PutDevice(&dev); err != nil {
					return err
				}
				c := appliance.Check{Device: dev.ID, Name: "ping", Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(time.Second)}
				if err := tx.PutCheck(&c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		d.judging.Lock()
		err = d.reload()
		d.judging.Unlock()
		if err != nil {
			return err
		}
	}
	now := d.now()
	var failure *appliance.Failure
	if state != appliance.StateOK {
		failure = &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: "no answer"}
	}
	var workers errgroup.Group
	workers.SetLimit(16) // as many at a time as there are workers that poll
	for _, c := range d.live.allChecks() {
		workers.Go(func() error {
			for range 3 {
				if err := d.take(appliance.Reading{Check: c.ID, At: now, Failure: failure}, now, true); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return workers.Wait()
}

// TellDaily tells the summaries that are due, as the job of that name does.
func TellDaily(d *Daemon, ctx context.Context) error { return d.tellDaily(ctx) }
