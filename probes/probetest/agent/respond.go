package agent

import (
	"hash"
	"time"
)

// responder turns a datagram into an answer. Each socket has its own, with buffers that are used again.
type responder struct {
	agent   *Agent
	out     packet
	cursors []cursor
	work    filling
	plain   communityEnvelope
	secure  secureEnvelope
	mac     hash.Hash
	crypt   scratch
}

// envelope is what goes around a PDU.
type envelope interface {
	size(pdu int) int // of the whole message around a PDU of this size
	seal(p *packet)
}

// respond returns the answer to a datagram, valid until the next call, or nil when there is none. It may write
// into the datagram (decryption).
func (r *responder) respond(in []byte, now time.Time) []byte {
	t := &r.agent.tally
	t.datagrams.Add(1)
	t.bytesIn.Add(uint64(len(in)))
	out, ok := r.dispatch(in, now)
	if !ok {
		t.malformed.Add(1)
		return nil
	}
	t.bytesOut.Add(uint64(len(out)))
	return out
}

// dispatch tells the versions apart; false means that this is no request we can read.
func (r *responder) dispatch(in []byte, now time.Time) ([]byte, bool) {
	body, rest, ok := expect(in, berSequence)
	if !ok {
		return nil, false
	}
	version, body, ok := expectInt(body)
	if !ok {
		return nil, false
	}
	switch version {
	case version1, version2c:
		return r.community(body, version, now)
	case version3:
		return r.version3(in[:len(in)-len(rest)], body, now)
	}
	return nil, false
}

func (r *responder) community(body []byte, version int64, now time.Time) ([]byte, bool) {
	name, q, ok := parseCommunity(body, version)
	if !ok {
		return nil, false
	}
	d := r.agent.devices[string(name)]
	if d == nil {
		r.agent.tally.unknown.Add(1)
		return nil, true
	}
	r.plain = communityEnvelope{version, name}
	return r.answer(d, &q, &r.plain, r.agent.o.MaxReply, now), true
}

// communityEnvelope is a v1 or v2c message.
type communityEnvelope struct {
	version   int64
	community []byte
}

func (e *communityEnvelope) size(pdu int) int { return tlvSize(3 + tlvSize(len(e.community)) + pdu) }

func (e *communityEnvelope) seal(p *packet) {
	p.put(berOctets, e.community)
	p.putInt(e.version)
	p.wrap(berSequence)
}

// answer writes the response to a request for a device.
func (r *responder) answer(d *Device, q *request, e envelope, limit int, now time.Time) []byte {
	t := &r.agent.tally
	r.count(q)
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.silent || d.fault.silent {
		t.lost.Add(1)
		return nil
	}
	r.work = filling{responder: r, d: d, q: *q, e: e, limit: limit, now: now}
	f := &r.work
	r.out.reset()
	status, index := f.fill()
	if d.fault.empty {
		r.out.reset()
		status, index, f.varbinds = noError, 0, 0
	}
	if status != noError {
		f.fail(status)
	}
	if !f.fits() {
		t.lost.Add(1)
		return nil
	}
	r.seal(q, e, pduResponse, status, index, d.fault.wrongID)
	t.answers.Add(1)
	t.varbinds.Add(uint64(f.varbinds))
	if d.fault.spoil != nil {
		return d.fault.spoil(r.out.bytes())
	}
	return r.out.bytes()
}

// seal puts the headers in front of the varbinds.
func (r *responder) seal(q *request, e envelope, pdu byte, status, index int64, wrongID bool) {
	p := &r.out
	p.wrap(berSequence)
	p.putInt(index)
	p.putInt(status)
	p.put(berInteger, q.id)
	if wrongID {
		p.buf[p.start+1+len(q.id)] ^= 1
	}
	p.wrap(pdu)
	e.seal(p)
}

func (r *responder) count(q *request) {
	t := &r.agent.tally
	t.requests.Add(1)
	switch q.pdu {
	case pduGet:
		t.get.Add(1)
	case pduGetNext:
		t.getNext.Add(1)
	case pduGetBulk:
		t.getBulk.Add(1)
	case pduSet:
		t.set.Add(1)
	}
}
