package snmp

import (
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// memory is what is remembered of how an agent likes to be asked, from one poll to the next. One run uses it at a time.
type memory struct {
	answered bool // ever
	version  gosnmp.SnmpVersion
	get      fit // of GET and GETNEXT with exact instances
	bulk     fit // of GETBULK, counted in varbinds of the answer
	noBulk   bool
	alone    bool // it does not stand several requests under way
	rtt      time.Duration

	// bare has the scalars that the agent keeps without their final .0.
	bare map[mib.OID]struct{}
	// hangs has the objects that make it fall silent.
	hangs map[mib.OID]struct{}
	lists [4]list
	turn  int // the list to give up next
}

// Bounds of what a hostile agent can make us remember.
const (
	maxBare  = 256
	maxHangs = 64
)

// list remembers how long the values of one list of instances were. The same list is asked at each poll, so this
// packs messages full without trial. It is known again by its ends and its length.
type list struct {
	first, last mib.OID
	lens        []uint8
}

// lengths finds or makes the lengths of a list.
func (m *memory) lengths(oids []mib.OID) []uint8 {
	first, last := oids[0], oids[len(oids)-1]
	for i := range m.lists {
		if l := &m.lists[i]; len(l.lens) == len(oids) && l.first == first && l.last == last {
			return l.lens
		}
	}
	lens := make([]uint8, len(oids))
	for i := range lens {
		lens[i] = usualValue
	}
	m.lists[m.turn] = list{first, last, lens}
	m.turn = (m.turn + 1) % len(m.lists)
	return lens
}

// Patience: how long to wait for an answer.
const (
	minPatience = 500 * time.Millisecond
	maxPatience = 2 * time.Second
)

// patience is the wait for the first try. Who never answered is given a fair share of the run; who did is given a
// multiple of its usual time.
func (m *memory) patience(left time.Duration) time.Duration {
	if m.rtt == 0 {
		return min(max(left/5, minPatience/2), maxPatience)
	}
	return min(max(6*m.rtt, minPatience), maxPatience)
}

// took notes the time of an answer to a first try, smoothed as TCP does it.
func (m *memory) took(d time.Duration) {
	if m.rtt == 0 {
		m.rtt = d
		return
	}
	m.rtt += (d - m.rtt) / 8
}

// envelope is the room a message needs around its varbinds.
func (m *memory) envelope() int {
	if m.version == gosnmp.Version3 {
		return envelopeV3
	}
	return envelope
}

// instance is how the agent knows an object.
func (m *memory) instance(o mib.OID) mib.OID {
	if len(m.bare) > 0 {
		if _, ok := m.bare[o]; ok {
			return o[:len(o)-len(".0")]
		}
	}
	return o
}
