package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes/listen"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/trap"
	"siteward/systemd"
)

// post is the appliance's trap receiver and what it needs to know from one trap to the next.
type post struct {
	off     atomic.Bool // switched off in the settings
	names   func() (*names.Table, error)
	senders senders
	folds   folds
	asks    asks

	mu       sync.Mutex
	receiver *trap.Receiver
	address  string
	trouble  appliance.Message
	since    time.Time
	engine   trapEngine
	kept     map[appliance.TrapFate]uint64
}

// trapEngine is our own SNMPv3 engine, for which devices that send informs encrypt.
type trapEngine struct {
	ID    string `json:"id"` // hexadecimal
	Boots uint32 `json:"boots"`
}

// The store's names for the engine, and for what people have switched.
const (
	trapEngineKey = "traps.engine"
	trapsOffKey   = "traps.off"
	trapSocket    = "traps" // FileDescriptorName of systemd/siteward-traps.socket
)

// keptTraps and keptTrapDays bound the list of traps.
const (
	keptTraps    = 20_000
	keptTrapDays = 90
)

// openTraps opens the socket that traps come to: the address of the settings, or the one that the service manager holds. None is no
// fault; one that cannot be opened is told in the settings and the rest of the appliance runs.
func (d *Daemon) openTraps() *net.UDPConn {
	d.post.kept = map[appliance.TrapFate]uint64{}
	if off, err := d.store.Meta(trapsOffKey); err == nil && string(off) == "true" {
		d.post.off.Store(true)
	}
	conn, err := d.trapConn()
	if err != nil {
		d.log.Error("traps cannot be received", "address", d.Options.Traps, "err", err)
		d.post.trouble = appliance.Message{Key: "traps.trouble_" + listen.Reason(err), Args: map[string]any{"address": d.Options.Traps},
			English: fmt.Sprintf("traps cannot be received at %s: %v", d.Options.Traps, err)}
		return nil
	}
	if conn == nil {
		d.post.trouble = appliance.Message{Key: "traps.trouble_none", English: "no address for traps was given; start Siteward with --traps :162, or its socket unit"}
	}
	return conn
}

func (d *Daemon) trapConn() (*net.UDPConn, error) {
	if d.Options.Traps != "" {
		return listen.UDP(d.Options.Traps)
	}
	for _, f := range systemd.Sockets(trapSocket) {
		return listen.File(f)
	}
	return nil, nil
}

// receiveTraps receives until ctx ends.
func (d *Daemon) receiveTraps(ctx context.Context, conn *net.UDPConn) error {
	if conn == nil {
		return nil
	}
	o, err := d.trapOptions(conn)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	r := trap.New(conn, o)
	d.post.mu.Lock()
	d.post.receiver, d.post.address, d.post.since = r, conn.LocalAddr().String(), d.now()
	d.post.mu.Unlock()
	d.log.Info("traps are received", "address", conn.LocalAddr().String())
	var group sync.WaitGroup
	group.Go(func() { d.askLater(ctx) })
	err = r.Run(ctx)
	group.Wait()
	return err
}

func (d *Daemon) trapOptions(conn *net.UDPConn) (trap.Options, error) {
	engine, err := d.ownEngine()
	if err != nil {
		return trap.Options{}, err
	}
	id, err := hex.DecodeString(engine.ID)
	if err != nil {
		return trap.Options{}, fmt.Errorf("our SNMPv3 engine: %w", err)
	}
	stored, err := d.store.TrapEngines()
	if err != nil {
		return trap.Options{}, fmt.Errorf("read the engines of trap senders: %w", err)
	}
	lost, err := listen.Drops(conn)
	if err != nil {
		d.log.Warn("what the system drops of traps cannot be counted", "err", err)
		lost = nil
	}
	o := trap.Options{EngineID: string(id), Boots: engine.Boots, Now: d.now, Lost: lost, Credentials: d.trapCredentials,
		Known: d.post.senders.known, On: func() bool { return !d.post.off.Load() }, Take: d.takeTraps}
	for hexID, e := range stored {
		if id, err := hex.DecodeString(hexID); err == nil {
			o.Engines = append(o.Engines, trap.Engine{ID: string(id), Boots: e.Boots, Seconds: e.Seconds, At: e.At})
		}
	}
	return o, nil
}

// ownEngine gives our engine, which was started once more. The number of starts is stored before it is used, as RFC 3414 2.2.2 wants.
func (d *Daemon) ownEngine() (trapEngine, error) {
	var e trapEngine
	b, err := d.store.Meta(trapEngineKey)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return e, fmt.Errorf("our SNMPv3 engine: %w", err)
	}
	if len(b) == 0 || json.Unmarshal(b, &e) != nil || e.ID == "" {
		var random [8]byte
		_, _ = rand.Read(random[:]) // never fails: the runtime ends the program instead
		// RFC 3411 SnmpEngineID: an enterprise with the first bit set, format 5 (octets). 32473 is the one for examples (RFC 5612).
		e = trapEngine{ID: "80007ed905" + hex.EncodeToString(random[:])}
	}
	e.Boots++
	d.post.mu.Lock()
	d.post.engine = e
	d.post.mu.Unlock()
	if b, err = json.Marshal(e); err != nil {
		return e, err
	}
	if err := d.store.PutMeta(trapEngineKey, b); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
		return e, fmt.Errorf("our SNMPv3 engine: %w", err)
	}
	return e, nil
}

// Traps is App.Traps.
func (d *Daemon) Traps(_ context.Context, f appliance.TrapFilter) ([]appliance.Trap, error) {
	return d.store.Traps(f)
}

// TrapReceiver is App.TrapReceiver.
func (d *Daemon) TrapReceiver(context.Context) appliance.TrapReceiver {
	p := &d.post
	p.mu.Lock()
	defer p.mu.Unlock()
	var r appliance.TrapReceiver
	if p.receiver != nil {
		r = p.receiver.Totals()
	}
	r.On, r.Address, r.Trouble, r.Since = !p.off.Load(), p.address, p.trouble, p.since
	r.EngineID, r.Boots = p.engine.ID, p.engine.Boots
	r.Kept = p.kept[appliance.TrapKnown] + p.kept[appliance.TrapUnknown] + p.kept[appliance.TrapUntrusted]
	r.Untrusted, r.Malformed = p.kept[appliance.TrapUntrusted], p.kept[appliance.TrapMalformed]
	return r
}

// SwitchTraps is App.SwitchTraps.
func (d *Daemon) SwitchTraps(_ context.Context, by appliance.Actor, on bool) error {
	key := "audit.traps_on"
	if !on {
		key = "audit.traps_off"
	}
	err := d.change(by, key, "traps", "", func(tx *store.Tx) error { return tx.PutMeta(trapsOffKey, []byte(fmt.Sprint(!on))) })
	if err == nil {
		d.post.off.Store(!on)
	}
	return err
}

// BelieveReboots is App.BelieveReboots.
func (d *Daemon) BelieveReboots(_ context.Context, by appliance.Actor, id appliance.ID) error {
	dev, ok := d.live.device(id)
	if !ok {
		return appliance.ErrNotFound
	}
	traps, err := d.store.Traps(appliance.TrapFilter{Device: id, Fates: []appliance.TrapFate{appliance.TrapUntrusted}, Limit: 200})
	if err != nil {
		return err
	}
	engines := map[string]bool{}
	for _, t := range traps {
		if t.Why == appliance.TrapReboots && t.Engine != "" {
			engines[t.Engine] = true
		}
	}
	if len(engines) == 0 {
		return appliance.ErrNotFound
	}
	err = d.change(by, "audit.reboots_believed", "device", dev.Name, func(tx *store.Tx) error {
		for engine := range engines {
			if err := tx.DeleteTrapEngine(engine); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	for engine := range engines {
		if octets, err := hex.DecodeString(engine); err == nil && d.post.receiver != nil {
			d.post.receiver.Forget(string(octets))
		}
	}
	return nil
}

// dropTraps removes old traps.
func (d *Daemon) dropTraps(context.Context) error {
	_, err := d.store.DropTraps(d.now().AddDate(0, 0, -keptTrapDays))
	return err
}
