package agent

import (
	"hash/fnv"
	"math"
)

// How an object of a moving device changes. Everything is a function of the time since the start, so that no state
// is kept and a run can be repeated.
type kind uint8

const (
	still   kind = iota
	ticks        // hundredths of a second
	seconds      // whole seconds
	counter      // grows at its own average rate, faster and slower in turns of ten minutes
	gauge        // wanders around its recorded value
)

type motion struct {
	kind  kind
	base  uint64
	wrap  uint64  // largest value; 0: 2^64-1
	rate  float64 // counter: a second; gauge: the most it wanders either way
	shape float64 // phase of its row, so that octets and packets of a port rise together
}

var (
	oidSysUpTime   = MustOID("1.3.6.1.2.1.1.3.0")
	oidHrUptime    = MustOID("1.3.6.1.2.1.25.1.1.0")
	oidEngineTime  = MustOID("1.3.6.1.6.3.10.2.1.3.0")
	oidEnterprises = MustOID("1.3.6.1.4.1")
)

// highCapacity pairs 32-bit columns of ifTable with the 64-bit ones of ifXTable that count the same (RFC 2863).
var highCapacity = map[OID]OID{
	MustOID("1.3.6.1.2.1.2.2.1.10"): MustOID("1.3.6.1.2.1.31.1.1.1.6"),
	MustOID("1.3.6.1.2.1.2.2.1.11"): MustOID("1.3.6.1.2.1.31.1.1.1.7"),
	MustOID("1.3.6.1.2.1.2.2.1.16"): MustOID("1.3.6.1.2.1.31.1.1.1.10"),
	MustOID("1.3.6.1.2.1.2.2.1.17"): MustOID("1.3.6.1.2.1.31.1.1.1.11"),
}

// wanderers are the measured values of the standard MIBs and of UCD-SNMP, APC; amount is the least they wander.
// Elsewhere in the standard MIBs a Gauge32 is a speed, a VLAN or a limit and stands still.
var wanderers = []struct {
	root   OID
	amount float64
}{
	{MustOID("1.3.6.1.2.1.25.3.3.1.2"), 4},       // hrProcessorLoad, percent
	{MustOID("1.3.6.1.2.1.25.1.6"), 2},           // hrSystemProcesses
	{MustOID("1.3.6.1.2.1.6.9"), 2},              // tcpCurrEstab
	{MustOID("1.3.6.1.2.1.33.1.2.7"), 1},         // upsBatteryTemperature, degrees
	{MustOID("1.3.6.1.2.1.33.1.3.3.1.3"), 2},     // upsInputVoltage, volts
	{MustOID("1.3.6.1.2.1.33.1.4.4.1.2"), 1},     // upsOutputVoltage, volts
	{MustOID("1.3.6.1.2.1.33.1.4.4.1.5"), 2},     // upsOutputPercentLoad, percent
	{MustOID("1.3.6.1.2.1.99.1.1.1.4"), 1},       // entPhySensorValue
	{MustOID("1.3.6.1.2.1.105.1.3.1.1.4"), 2},    // pethMainPseConsumptionPower, watts
	{MustOID("1.3.6.1.4.1.2021.4.6"), 1},         // memAvailReal, kB
	{MustOID("1.3.6.1.4.1.2021.13.16.2.1.3"), 1}, // lmTempSensorsValue, thousandths of a degree
	{MustOID("1.3.6.1.4.1.318.1.1.1.2.2.2"), 1},  // upsAdvBatteryTemperature, degrees
	{MustOID("1.3.6.1.4.1.318.1.1.1.3.2.1"), 2},  // upsAdvInputLineVoltage, volts
	{MustOID("1.3.6.1.4.1.318.1.1.1.4.2.1"), 1},  // upsAdvOutputVoltage, volts
	{MustOID("1.3.6.1.4.1.318.1.1.1.4.2.3"), 2},  // upsAdvOutputLoad, percent
}

const (
	fastest     = 25e6  // a second: no recorded average is believed beyond a busy gigabit port
	shortUptime = 86400 // seconds: counters may be older than sysUpTime, which restarts with the agent
)

// moving works out once how each object moves.
func (r *Recording) moving() []motion {
	r.motionOnce.Do(func() {
		r.motions = make([]motion, len(r.entries))
		uptime := float64(shortUptime)
		if v, ok := r.Get(oidSysUpTime); ok {
			u, _ := v.Uint()
			uptime = max(uptime, float64(u)/100)
		}
		for i := range r.motions {
			r.motions[i] = r.motionOf(i, uptime)
		}
	})
	return r.motions
}

func (r *Recording) motionOf(i int, uptime float64) motion {
	o, v := r.oid(i), r.value(i)
	base, ok := v.Uint()
	if !ok {
		return motion{}
	}
	m := motion{base: base, shape: phaseOf(string(lastArc(o)), 1)}
	switch {
	case o == oidSysUpTime, o == oidHrUptime:
		m.kind, m.wrap = ticks, math.MaxUint32
	case o == oidEngineTime:
		m.kind, m.wrap = seconds, math.MaxInt32
	case v.Tag == TagCounter32, v.Tag == TagCounter64:
		m.kind, m.rate = counter, min(r.total(o, base)/uptime, fastest)
		if v.Tag == TagCounter32 {
			m.wrap = math.MaxUint32
		}
	default:
		m.kind, m.rate = wander(o, v.Tag, base)
	}
	return m
}

// total is how much was counted so far, taken from the 64-bit twin where there is one, as 32 bits may have wrapped.
func (r *Recording) total(o OID, base uint64) float64 {
	row := lastArc(o)
	if twin, ok := highCapacity[o[:len(o)-len(row)]]; ok {
		if v, ok := r.Get(twin + row); ok {
			if u, ok := v.Uint(); ok {
				return float64(u)
			}
		}
	}
	return float64(base)
}

func wander(o OID, tag Tag, base uint64) (kind, float64) {
	if base == 0 || base >= math.MaxInt32 || base == math.MaxUint16 {
		return still, 0 // zero and the largest values stand for "not there" and "unknown"
	}
	for _, w := range wanderers {
		if o.HasPrefix(w.root) {
			return gauge, max(w.amount, float64(base)*0.02)
		}
	}
	if tag == TagGauge32 && o.HasPrefix(oidEnterprises) {
		return gauge, float64(base) * 0.02
	}
	return still, 0
}

// at is the value some seconds after the start.
func (m *motion) at(t, phase float64) uint64 {
	var v uint64
	switch m.kind {
	case ticks:
		v = m.base + uint64(t*100)
	case seconds:
		v = m.base + uint64(t)
	case counter:
		v = m.base + uint64(m.rate*(t+wave(t, 600, m.shape+phase)*0.9*600/(2*math.Pi)))
	case gauge:
		return m.wandered(t, phase)
	}
	if m.wrap != 0 {
		v &= m.wrap
	}
	return v
}

func (m *motion) wandered(t, phase float64) uint64 {
	by := m.rate / 2 * (0.7*wave(t, 900, m.shape+phase) + 0.3*wave(t, 137, phase))
	v := math.Round(max(0, float64(m.base)+by))
	if m.base <= 100 {
		v = min(v, 100) // it may be a percentage
	}
	return uint64(v)
}

// wave is zero at the start and swings by one around its phase, so that the first answer is the recorded one.
// Times 0.9*period/2pi its slope is never below -0.9: what grows by one a second and this never falls.
func wave(t, period, phase float64) float64 {
	return math.Sin(2*math.Pi*t/period+phase) - math.Sin(phase)
}

// lastArc is the end of an OID from its last number on.
func lastArc(o OID) OID {
	i := len(o) - 1
	for i > 0 && o[i-1]&0x80 != 0 {
		i--
	}
	return o[max(i, 0):]
}

func phaseOf(name string, seed uint64) float64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(seed >> (8 * i))
	}
	_, _ = h.Write(b[:])
	_, _ = h.Write([]byte(name))
	return float64(h.Sum64()%6283) / 1000
}
