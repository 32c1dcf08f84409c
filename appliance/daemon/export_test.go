package daemon

import (
	"context"
	"net/netip"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

// JudgeTime lets time pass, as the job of that name does.
func JudgeTime(d *Daemon, ctx context.Context) error { return d.judgeTime(ctx) }

// WatchMode looks at the store, as the job of that name does.
func WatchMode(d *Daemon, ctx context.Context) error { return d.watchMode(ctx) }

// Forget makes the reader look at a device as if for the first time.
func Forget(d *Daemon, check appliance.ID) { d.reader.Forget(check) }

// TakeRuns hands over what was read from a source, as the reader of sources does.
func TakeRuns(d *Daemon, source appliance.ID, runs []appliance.Run, also func(*store.Tx) error) (int, error) {
	return d.takeRuns(context.Background(), source, runs, also)
}

// Expect settles how one thing stands that should happen.
func Expect(d *Daemon, item, label string, device appliance.ID, state appliance.State, why string, gone ...string) error {
	return d.expect([]expectation{{Item: item, Label: label, Device: device, State: state, Evidence: appliance.Evidence{
		Why: appliance.Message{Key: "test." + why, English: why}, At: d.now()}}}, gone...)
}

// WatchWindows begins and ends what goes by plan, as the job of that name does.
func WatchWindows(d *Daemon, ctx context.Context) error { return d.watchWindows(ctx) }

// WindowFor is the maintenance window that a device is in.
func WindowFor(d *Daemon, device appliance.ID, at time.Time) (appliance.Window, bool) {
	return d.windowFor(device, at)
}

// LookAtBackups judges the backup jobs, as the job of that name does.
func LookAtBackups(d *Daemon) error { return d.lookAtBackups() }

// TakeStock reads the inventories that are due, as the job of that name does.
func TakeStock(d *Daemon, ctx context.Context) error { return d.takeStock(ctx) }

// LookAtUPSes judges self-tests and batteries, as the job of that name does.
func LookAtUPSes(d *Daemon, ctx context.Context) error { return d.lookAtUPSes(ctx) }

// TakeUPSEvents hands over what was told of UPSes.
func TakeUPSEvents(d *Daemon, events []appliance.UPSEvent) error {
	return d.takeUPSEvents(context.Background(), events)
}

// HeardLine is what the syslog receiver does with a message, and FlushHeard what the clock does then.
func HeardLine(d *Daemon, at time.Time, sender, host, program, text string) {
	d.heardLine(at, sender, host, program, text)
}

// FlushHeard writes the lines that were heard.
func FlushHeard(d *Daemon) { d.flushHeard(0) }

// ReadSource reads a source as the clock does.
func ReadSource(d *Daemon, ctx context.Context, id appliance.ID) error { return d.readSource(ctx, id) }

// TellAddresses is what reading a device's tables does with the addresses that it tells of its own.
func TellAddresses(d *Daemon, device appliance.ID, addresses ...string) {
	d.topology.put(appliance.NeighbourTables{Device: device, At: d.now(), Addresses: addresses})
}

// SendersAt are the devices that a trap from an address may be of.
func SendersAt(d *Daemon, address string) []appliance.ID {
	d.nameSenders(context.Background())
	return d.post.senders.devices(netip.MustParseAddr(address))
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
	for _, c := range d.live.allChecks() {
		for range 3 {
			if err := d.take(appliance.Reading{Check: c.ID, At: now, Failure: failure}, now, true); err != nil {
				return err
			}
		}
	}
	return nil
}
