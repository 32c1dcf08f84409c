package snmp

import (
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// plain exchanges messages of SNMPv1 and v2c, nearly all that a site sends. The request is encoded here, because gosnmp
// takes nine allocations for each object asked for; the answer, which may be hostile, is decoded by gosnmp.
func (s *session) plain(q *request, patience time.Duration) (reply, error) {
	var err error
	if s.out, err = s.encode(q); err != nil {
		return reply{}, err
	}
	w := s.wire
	w.last, w.err = nil, nil
	if err := w.SetDeadline(time.Now().Add(patience)); err != nil {
		return reply{}, networkError(err)
	}
	if _, err := w.Write(s.out); err != nil {
		return reply{}, networkError(err)
	}
	for {
		n, err := w.Read(s.in)
		if err != nil {
			return reply{}, networkError(err)
		}
		p, err := s.decode(s.in[:n])
		switch {
		case err != nil:
			return reply{}, err
		case p.RequestID != q.id: // late, or somebody else's: the right one may still come
			continue
		}
		return s.reply(p, n)
	}
}

// decode keeps a panic of the library from ending the run.
func (s *session) decode(datagram []byte) (p *gosnmp.SnmpPacket, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, malformed(r)
		}
	}()
	if p, err = s.decoder.SnmpDecodePacket(datagram); err != nil {
		return nil, malformed(err)
	}
	if p.Version == gosnmp.Version3 {
		return nil, fmt.Errorf("%w: an answer in SNMPv3", errMalformed)
	}
	return p, nil
}

// reply takes an answer that has the right id.
func (s *session) reply(p *gosnmp.SnmpPacket, size int) (reply, error) {
	if p.PDUType != gosnmp.GetResponse {
		return reply{}, fmt.Errorf("%w: a PDU of type %#x instead of a response", errMalformed, byte(p.PDUType))
	}
	s.vars = s.vars[:0]
	for i := range p.Variables {
		s.vars = append(s.vars, varbind(&p.Variables[i]))
	}
	return reply{status: p.Error, index: int(p.ErrorIndex), vars: s.vars, size: size}, nil
}

// pduTypes are the tags of the requests (RFC 3416 3).
var pduTypes = [...]byte{opGet: byte(gosnmp.GetRequest), opNext: byte(gosnmp.GetNextRequest), opBulk: byte(gosnmp.GetBulkRequest)}

// encode writes a request into the session's buffer.
func (s *session) encode(q *request) ([]byte, error) {
	list := s.list[:0]
	for _, o := range q.oids {
		n := encodedLen(o)
		list = appendLength(append(list, berSequence), berSize(n)+2)
		list = appendLength(append(list, berOID), n)
		var ok bool
		if list, ok = appendOID(list, o); !ok {
			return s.out, fmt.Errorf("the object identifier %q cannot be asked for; correct the profile", o)
		}
		list = append(list, berNull, 0)
	}
	s.list = list
	var head [32]byte // request-id, error-status or non-repeaters, error-index or max-repetitions
	h := appendInteger(head[:0], int64(q.id))
	h = append(h, berInteger, 1, 0)
	if q.op == opBulk {
		h = appendInteger(h, int64(q.reps))
	} else {
		h = append(h, berInteger, 1, 0)
	}
	pdu := len(h) + berSize(len(list))
	out := appendLength(append(s.out[:0], berSequence), 3+berSize(len(s.community))+berSize(pdu))
	out = append(out, berInteger, 1, byte(s.version))
	out = append(appendLength(append(out, berOctets), len(s.community)), s.community...)
	out = append(appendLength(append(out, pduTypes[q.op]), pdu), h...)
	return append(appendLength(append(out, berSequence), len(list)), list...), nil
}

// The BER tags of a request (X.690; RFC 3417 8).
const (
	berInteger  = byte(mib.Integer)
	berOctets   = byte(mib.OctetString)
	berNull     = byte(mib.Null)
	berOID      = byte(mib.ObjectID)
	berSequence = 0x30
)
