package agent

import (
	"sync"
	"time"
)

// Device is one simulated device: a shared recording and what became different since. All methods may be called
// while it is being asked.
type Device struct {
	// Name is the community and the SNMPv3 context name it answers to.
	Name string

	mu      sync.RWMutex
	rec     *Recording
	changed map[int]string // index in rec -> encoded varbind
	silent  bool
	fault   misbehaviour
	moving  bool
	started time.Time
	phase   float64
}

// NewDevice makes a device that answers as recorded. An empty name takes the recording's.
func NewDevice(name string, rec *Recording) *Device {
	if name == "" {
		name = rec.Name
	}
	return &Device{Name: name, rec: rec, phase: phaseOf(name, 0)}
}

// Set changes the value of an object from now on, or adds the object. A changed object no longer moves.
func (d *Device) Set(o OID, v Value) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := find(d.rec, o)
	if i < 0 {
		d.rebuild(Object{o, v}, "")
		return
	}
	if d.changed == nil {
		d.changed = map[int]string{}
	}
	d.changed[i] = string(appendVarbind(nil, o, byte(v.Tag), v.Octets))
}

// Delete takes an object away, as when a disk is pulled.
func (d *Device) Delete(o OID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if find(d.rec, o) >= 0 {
		d.rebuild(Object{}, o)
	}
}

// rebuild makes a recording of the device's own when objects come or go. That happens rarely, so it may cost a pass.
func (d *Device) rebuild(add Object, drop OID) {
	old, changed := d.rec, d.changed
	var objects []Object
	for _, o := range old.objects() {
		if o.OID != drop {
			objects = append(objects, o)
		}
	}
	if add.OID != "" {
		objects = append(objects, add)
	}
	d.rec = NewRecording(old.Name, objects)
	d.changed = make(map[int]string, len(changed))
	for i, varbind := range changed {
		if j := find(d.rec, old.oid(i)); j >= 0 {
			d.changed[j] = varbind
		}
	}
}

// Get returns what the device would answer now.
func (d *Device) Get(o OID, now time.Time) (Value, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	i := find(d.rec, o)
	if i < 0 {
		return Value{}, false
	}
	return d.valueLocked(i, now), true
}

func (d *Device) valueLocked(i int, now time.Time) Value {
	_, content, _, _ := readTLV(d.appendVarbind(nil, i, now))
	_, _, rest, _ := readTLV(content)
	tag, octets, _, _ := readTLV(rest)
	return Value{Tag(tag), string(octets)}
}

// Silence makes the device stop answering, as one that lost its power, or answer again.
func (d *Device) Silence(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.silent = on
}

// Misbehave gives the device a fault, or none.
func (d *Device) Misbehave(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = faults[f]
}

// Move lets sysUpTime and counters advance and gauges wander from now on. The same seed and name give the same
// values at the same distance from now.
func (d *Device) Move(now time.Time, seed uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.moving, d.started, d.phase = true, now, phaseOf(d.Name, seed)
}

// appendVarbind encodes object i as it is now. The caller holds the lock.
func (d *Device) appendVarbind(dst []byte, i int, now time.Time) []byte {
	if len(d.changed) > 0 {
		if v, ok := d.changed[i]; ok {
			return append(dst, v...)
		}
	}
	if d.moving {
		if m := &d.rec.moving()[i]; m.kind != still {
			var buf [9]byte
			value := m.at(now.Sub(d.started).Seconds(), d.phase)
			return appendVarbind(dst, d.rec.oid(i), byte(d.rec.tag(i)), appendUint(buf[:0], value))
		}
	}
	return append(dst, d.rec.varbind(i)...)
}

// tag is the type object i has now. The caller holds the lock.
func (d *Device) tag(i int) Tag {
	if v, ok := d.changed[i]; ok {
		_, content, _, _ := readTLV([]byte(v))
		_, _, rest, _ := readTLV(content)
		return Tag(rest[0])
	}
	return d.rec.tag(i)
}
