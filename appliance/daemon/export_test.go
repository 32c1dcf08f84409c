package daemon

import (
	"context"
	"net/netip"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/uplink"
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

// LookAgain reads all neighbours, however old what is known of them.
func LookAgain(d *Daemon, ctx context.Context) error {
	if err := d.readNeighbours(ctx, 0); err != nil {
		return err
	}
	return d.lookAround(ctx)
}

// MeetNewcomers reads new devices, as the job of that name does.
func MeetNewcomers(d *Daemon, ctx context.Context) error { return d.meetNewcomers(ctx) }

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
}

// ExpectSources settles the states of sources, as the job that reads them does.
func ExpectSources(d *Daemon) error { return d.expectSources(context.Background()) }

// PutReports puts what has changed into the outbox, DeliverReports sends it.
func (d *Daemon) PutReports(ctx context.Context) error { return d.putReports(ctx) }

// DeliverReports sends what waits.
func (d *Daemon) DeliverReports(ctx context.Context) { d.reports.sender.Deliver(ctx) }

// WatchRound puts the daily round together when it is due, as the job of that name does.
func WatchRound(d *Daemon, ctx context.Context) error { return d.watchRound(ctx) }

// DeliverConsumer sends what waits for a consumer.
func (d *Daemon) DeliverConsumer(ctx context.Context, id appliance.ID) { d.consuming(id).Deliver(ctx) }

// Take is the way of a reading.
func Take(d *Daemon, r appliance.Reading, slot time.Time) error { return d.take(r, slot, false) }

// Sampling makes a sender of a consumer of samples.
func (d *Daemon) Sampling(id appliance.ID) *uplink.SampleSender { return d.sampling(id) }
