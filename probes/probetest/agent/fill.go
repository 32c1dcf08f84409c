package agent

import "time"

// filling is the making of one variable-bindings list; the device is locked for reading meanwhile.
type filling struct {
	*responder
	d        *Device
	q        request
	e        envelope
	limit    int
	now      time.Time
	varbinds int
}

// cursor is a place in a walk: the index of the object that comes next and the name that was answered last.
type cursor struct {
	at   int
	name []byte
}

// fill appends the varbinds and returns error-status and error-index.
func (f *filling) fill() (status, index int64) {
	switch f.q.pdu {
	case pduGet:
		return f.each(f.get)
	case pduGetNext:
		return f.each(f.next)
	case pduGetBulk:
		return f.bulk()
	}
	// SET: nothing here can be written (RFC 3416 4.2.5 (2), and RFC 3584 4.4 for v1).
	if f.q.varbinds == 0 {
		return noError, 0
	}
	if f.q.version == version1 {
		return noSuchName, 1
	}
	return notWritable, 1
}

// each answers one varbind for each that was asked; all fit or none do.
func (f *filling) each(one func(name []byte) bool) (status, index int64) {
	for list := f.q.list; len(list) > 0; {
		var name []byte
		name, list, _ = nextVarbind(list)
		if !one(name) && f.q.version == version1 {
			return noSuchName, int64(f.varbinds + 1) // RFC 1157 4.1.2 (1), 4.1.3 (1)
		}
		f.varbinds++
		if !f.fits() {
			return tooBig, 0
		}
	}
	return noError, 0
}

func (f *filling) get(name []byte) bool {
	i := find(f.d.rec, name)
	if i < 0 || (f.q.version == version1 && f.d.tag(i) == TagCounter64) {
		f.out.buf = appendVarbind(f.out.buf, name, tagNoSuchInstance, "")
		return false
	}
	f.object(i)
	return true
}

func (f *filling) next(name []byte) bool {
	c := cursor{after(f.d.rec, name), name}
	return f.step(&c)
}

// step appends the object a cursor has come to, or endOfMibView with the last name (RFC 3416 4.2.2).
func (f *filling) step(c *cursor) bool {
	if walk := f.d.fault.next; walk != nil {
		return f.evilStep(c, walk)
	}
	rec := f.d.rec
	for f.q.version == version1 && c.at < rec.Len() && f.d.tag(c.at) == TagCounter64 {
		c.at++ // RFC 3584 4.2.2.1: SNMPv1 walks past what it cannot say
	}
	if c.at >= rec.Len() {
		f.out.buf = appendVarbind(f.out.buf, c.name, tagEndOfMibView, "")
		return false
	}
	f.object(c.at)
	if c.at++; c.at >= rec.Len() {
		c.name = append([]byte(nil), rec.oid(c.at-1)...)
	}
	return true
}

func (f *filling) object(i int) {
	if lie := f.d.fault.value; lie != nil {
		v := lie(f.d.valueLocked(i, f.now))
		f.out.buf = appendVarbind(f.out.buf, f.d.rec.oid(i), byte(v.Tag), v.Octets)
		return
	}
	f.out.buf = f.d.appendVarbind(f.out.buf, i, f.now)
}

func (f *filling) evilStep(c *cursor, walk func(*Recording, OID) (OID, Value, bool)) bool {
	o, v, ok := walk(f.d.rec, OID(c.name))
	if !ok {
		f.out.buf = appendVarbind(f.out.buf, c.name, tagEndOfMibView, "")
		return false
	}
	f.out.buf = appendVarbind(f.out.buf, o, byte(v.Tag), v.Octets)
	c.name = []byte(o)
	return true
}

// bulk is GETBULK (RFC 3416 4.2.3): as many whole varbinds as fit. Like snmpsimd it goes on repeating endOfMibView.
func (f *filling) bulk() (status, index int64) {
	nonRep := int(min(max(f.q.nonRep, 0), int64(f.q.varbinds)))
	list := f.q.list
	for range nonRep {
		var name []byte
		name, list, _ = nextVarbind(list)
		c := cursor{after(f.d.rec, name), name}
		if !f.add(&c) {
			return f.cut()
		}
	}
	f.cursors = f.cursors[:0]
	for len(list) > 0 {
		var name []byte
		name, list, _ = nextVarbind(list)
		f.cursors = append(f.cursors, cursor{after(f.d.rec, name), name})
	}
	for n := int64(0); n < f.q.maxRep && len(f.cursors) > 0; n++ {
		for i := range f.cursors {
			if !f.add(&f.cursors[i]) {
				return f.cut()
			}
		}
	}
	return noError, 0
}

// add appends one varbind, or says that it did not fit.
func (f *filling) add(c *cursor) bool {
	before := len(f.out.buf)
	f.step(c)
	f.varbinds++
	if f.fits() {
		return true
	}
	f.out.buf = f.out.buf[:before]
	f.varbinds--
	return false
}

// cut ends a list that was full. One that has no room for a single varbind is an error, as with net-snmp's agent.
func (f *filling) cut() (status, index int64) {
	if f.varbinds == 0 {
		return tooBig, 0
	}
	return noError, 0
}

// fail puts what belongs to an error in the place of the values: the list as it was asked, and nothing with the
// tooBig of v2c and v3 (RFC 3416 4.2.1, RFC 1157 4.1.2).
func (f *filling) fail(status int64) {
	f.out.reset()
	f.varbinds = 0
	if status != tooBig || f.q.version == version1 {
		f.out.buf = append(f.out.buf, f.q.list...)
	}
}

// fits tells whether the message stays within the limit when its headers are around it.
func (f *filling) fits() bool {
	if limit := f.agent.o.MaxVarbinds; limit > 0 && f.varbinds > limit {
		return false
	}
	statusAndIndex := 3 + 3
	if f.q.varbinds > 127 {
		statusAndIndex++ // an error-index may need two octets
	}
	pdu := tlvSize(tlvSize(len(f.q.id)) + statusAndIndex + tlvSize(f.out.size()))
	return f.e.size(pdu) <= f.limit
}
