package profile

import (
	"bytes"
	"math"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// Plan is what is polled on one device. It remembers what was last read cold (labels, sizes, identity), so it belongs
// to one device and is used by one goroutine at a time.
type Plan struct {
	match *Match
	slots []slot

	hot, cold       []int32 // slots
	hotOID, coldOID []mib.OID
	index           map[mib.OID]int32 // made when answers come in another order than asked

	aggs     []aggregated
	rows     []*row
	values   []*valueOut
	statuses []*statusRead
	texts    []*textRead
	identity []*chosen
	counts   map[string]int     // rows of each table
	watched  map[mib.OID]uint64 // what objects said last whose change means a new discovery
	noted    bool               // texts and identity were given once
	sizes    struct{ values, statuses, texts int }
}

// slot is one instance with what it said last.
type slot struct {
	oid   mib.OID
	spec  *spec
	isHot bool

	typ    mib.Type
	raw    uint64
	number float64 // NaN = unknown
	octets []byte
	text   string
	fresh  bool // text belongs to octets
	// version counts the changes of octets.
	version uint64
}

// set takes a new answer. The octets are copied, since they are the reader's.
func (s *slot) set(v mib.Varbind) {
	s.typ = v.Type
	s.raw = v.Num
	s.number = s.spec.decode(v)
	if !textual(v.Type) {
		s.octets, s.fresh = s.octets[:0], false
		return
	}
	b := v.Bytes[:min(len(v.Bytes), 4*maxText)]
	if s.version == 0 || !bytes.Equal(b, s.octets) {
		s.octets, s.fresh = append(s.octets[:0], b...), false
		s.version++
	}
}

// clear forgets an answer, when this run brought none.
func (s *slot) clear() {
	s.typ, s.number, s.octets, s.fresh = mib.NoAnswer, math.NaN(), s.octets[:0], false
	s.version++
}

// string gives the text of the last answer, made once as long as the answer stays the same.
func (s *slot) string() string {
	if !textual(s.typ) {
		return s.spec.text(mib.Varbind{Type: s.typ, Num: s.raw})
	}
	if !s.fresh {
		s.text, s.fresh = s.spec.text(mib.Varbind{Type: s.typ, Bytes: s.octets}), true
	}
	return s.text
}

// row is what all outputs of a table row share.
type row struct {
	instance string
	label    string // whole, as facts have it
	short    string // as readings have it
	tmpl     *template
	slots    []bound
}

// bound is a name of a template and the slot that it stands for.
type bound struct {
	name string
	slot int32
}

// valueOut is one prepared number. Outputs of one metric and instance stand behind each other, best first; the first
// that is known counts.
type valueOut struct {
	*out
	profile *Profile
	row     *row
	slots   []int32
	group   int32
	quiet   bool
	nonzero bool // has said something else than 0
}

type statusRead struct {
	*out
	profile *Profile
	row     *row
	slot    int32
	column  mib.OID // of the object, for the facts
	scalar  bool
	made    appliance.Status
	group   int32
	quiet   bool
	last    uint64
	known   bool
}

type textRead struct {
	*out
	profile *Profile
	row     *row
	slots   []bound
	made    appliance.Text
	group   int32
	quiet   bool
}

// aggregated is one number of many rows. Its slot is not read but computed.
type aggregated struct {
	over  string
	expr  *expr
	cells [][]int32 // slots of each row
	slot  int32
}

// chosen is one source of the identity with its slots.
type chosen struct {
	key     string
	source  *sourceSpec
	slots   []bound
	profile *Profile
}

// Hot lists the instances to GET in each run. The slice is the plan's own: do not change it.
func (p *Plan) Hot() []mib.OID { return p.hotOID }

// Cold lists the instances to GET about once an hour: names, speeds, sizes, serial numbers.
func (p *Plan) Cold() []mib.OID { return p.coldOID }

// Profiles lists the names of the profiles that the plan was made with, best first.
func (p *Plan) Profiles() []string { return p.match.Names() }

// Gone says that the device has changed since Discover, and that it is to be discovered anew: an instance that was
// there has gone, the device restarted (sysUpTime went back), or it says that its tables changed (ifTableLastChange).
// It compares with the answers of the run before, so call it in each run.
func (p *Plan) Gone(hot []mib.Varbind) bool {
	gone := false
	for i, v := range hot {
		s := p.answered(p.hot, i, v)
		if s == nil {
			continue
		}
		switch v.Type {
		case mib.NoSuchObject, mib.NoSuchInstance, mib.EndOfMibView:
			gone = true
		}
		if s.spec.watch == "" || !v.Numeric() {
			continue
		}
		last, known := p.watched[s.oid]
		p.watched[s.oid] = v.Num
		if s.spec.watch == "decrease" {
			gone = gone || known && v.Num < last
		} else {
			gone = gone || known && v.Num != last
		}
	}
	return gone
}

// answered gives the slot that the i-th answer belongs to: by its place, as Asker.Get promises, or by its OID.
func (p *Plan) answered(places []int32, i int, v mib.Varbind) *slot {
	if i < len(places) {
		if s := &p.slots[places[i]]; s.oid == v.OID {
			return s
		}
	}
	if p.index == nil {
		p.index = make(map[mib.OID]int32, len(p.slots))
		for n := range p.slots {
			p.index[p.slots[n].oid] = int32(n)
		}
	}
	if n, ok := p.index[v.OID]; ok && v.OID != "" {
		return &p.slots[n]
	}
	return nil
}
