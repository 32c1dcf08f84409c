// Package agent stands in for SNMP devices: it answers SNMPv1, v2c and v3 from recordings (.snmprec), for the
// simulate command, the demo site, tests and benchmarks.
//
// It owns the recording format, the answers an agent owes (RFC 1157, RFC 3416), the user-based security of an
// authoritative engine (RFC 3414, RFC 3826, RFC 7860) and a set of faults. It keeps nothing on disk and no more in
// memory than each recording once, however many devices share it. Traps, SET and access control are left out.
//
// gosnmp, which asks for the product, localises the SNMPv3 keys here. It is no agent: its decoder makes a Go value of
// each varbind and its encoder an allocation of each part, and reports and timeliness of the answering side are
// missing. One process stands for a thousand switches beside the program under test, so messages are read in place
// and answered with varbinds that were encoded when the recording was read.
package agent

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// MaxMessage is the largest UDP payload over IPv4, and so the largest message taken and given.
const MaxMessage = 65507

// minMessage is what every SNMP entity must accept (RFC 3417 3.2).
const minMessage = 484

// Options say how an agent behaves. The zero value answers v1 and v2c at once and as recorded.
type Options struct {
	User        *User            // SNMPv3 user; nil: no SNMPv3
	Moving      bool             // sysUpTime and counters advance, gauges wander
	Seed        uint64           // of movement and loss
	Delay       time.Duration    // before each answer
	Loss        float64          // share of requests that get no answer, 0 to 1
	MaxReply    int              // octets of a response at most; 0: MaxMessage
	MaxVarbinds int              // of a response at most; 0: as many as fit
	Fault       Fault            // of all devices
	EngineID    string           // octets; empty: random, which makes Boots right without a memory
	Boots       uint32           // times the engine started; 0: 1
	Now         func() time.Time // nil: time.Now
}

// Agent answers for one or many devices, told apart by community or SNMPv3 context name.
type Agent struct {
	o       Options
	devices map[string]*Device
	only    *Device // answers an empty context name
	usm     *usm
	started time.Time
	tally   tally
	reports [len(reportOIDs)]atomic.Uint32
	salt    atomic.Uint64
}

// New makes an agent for devices with different names.
func New(o Options, devices ...*Device) (*Agent, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Boots = max(o.Boots, 1)
	if o.MaxReply <= 0 || o.MaxReply > MaxMessage {
		o.MaxReply = MaxMessage
	}
	if _, known := faults[o.Fault]; !known {
		return nil, fmt.Errorf("fault %q is unknown; there are %v", o.Fault, FaultNames())
	}
	a := &Agent{o: o, devices: map[string]*Device{}, started: o.Now()}
	for _, d := range devices {
		if a.devices[d.Name] != nil {
			return nil, fmt.Errorf("two devices are named %q", d.Name)
		}
		a.devices[d.Name] = d
		a.prepare(d)
	}
	if len(devices) == 1 {
		a.only = devices[0]
	}
	return a, a.secure()
}

func (a *Agent) prepare(d *Device) {
	if a.o.Moving {
		d.Move(a.started, a.o.Seed)
	}
	if a.o.Fault != "" {
		d.Misbehave(a.o.Fault)
	}
}

// secure makes the engine ID and the user's keys.
func (a *Agent) secure() error {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails: the runtime ends the program instead
	a.salt.Store(binary.BigEndian.Uint64(random[8:]))
	if a.o.EngineID == "" {
		// RFC 3411 SnmpEngineID: enterprise number with the first bit set, format 5 (octets). 32473 is the number for examples (RFC 5612).
		a.o.EngineID = "\x80\x00\x7e\xd9\x05" + string(random[:8])
	}
	if len(a.o.EngineID) < 5 || len(a.o.EngineID) > 32 {
		return fmt.Errorf("an engine ID has 5 to 32 octets, not %d", len(a.o.EngineID))
	}
	if a.o.User == nil {
		return nil
	}
	var err error
	a.usm, err = a.o.User.localise(a.o.EngineID)
	return err
}

// Alias lets a device answer to a further name. Call it before Serve.
func (a *Agent) Alias(name string, d *Device) { a.devices[name] = d }

// Device returns the device of a name, or nil.
func (a *Agent) Device(name string) *Device { return a.devices[name] }

// Names returns the names answered to, sorted.
func (a *Agent) Names() []string { return slices.Sorted(maps.Keys(a.devices)) }

// Counters returns what was asked and answered until now.
func (a *Agent) Counters() Counters { return a.tally.snapshot() }
