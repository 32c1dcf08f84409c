package agent

import (
	"crypto/hmac"
	"time"
)

// Reports: the counters an engine names when it refuses a message (RFC 3414 5, RFC 3412 5, RFC 3413 4).
const (
	unsupportedSecLevels = iota
	notInTimeWindows
	unknownUserNames
	unknownEngineIDs
	wrongDigests
	decryptionErrors
	unknownPDUHandlers
	unknownContexts
)

var reportOIDs = [...]OID{
	unsupportedSecLevels: MustOID("1.3.6.1.6.3.15.1.1.1.0"),
	notInTimeWindows:     MustOID("1.3.6.1.6.3.15.1.1.2.0"),
	unknownUserNames:     MustOID("1.3.6.1.6.3.15.1.1.3.0"),
	unknownEngineIDs:     MustOID("1.3.6.1.6.3.15.1.1.4.0"),
	wrongDigests:         MustOID("1.3.6.1.6.3.15.1.1.5.0"),
	decryptionErrors:     MustOID("1.3.6.1.6.3.15.1.1.6.0"),
	unknownPDUHandlers:   MustOID("1.3.6.1.6.3.11.2.1.3.0"),
	unknownContexts:      MustOID("1.3.6.1.6.3.12.1.5.0"),
}

// timeWindow is how many seconds a message may be off (RFC 3414 3.2 (7)).
const timeWindow = 150

// version3 answers a v3 message in the order of RFC 3414 3.2.
func (r *responder) version3(whole, body []byte, now time.Time) ([]byte, bool) {
	a := r.agent
	m, ok := parseSecure(body)
	if !ok || a.usm == nil {
		return nil, false
	}
	r.secure = secureEnvelope{responder: r, id: m.id, user: m.user, seconds: a.engineTime(now)}
	switch {
	case string(m.engineID) != a.o.EngineID:
		return r.report(&m, unknownEngineIDs), true
	case string(m.user) != a.usm.name:
		return r.report(&m, unknownUserNames), true
	case m.flags&(flagAuth|flagPriv)&^a.usm.level != 0:
		return r.report(&m, unsupportedSecLevels), true
	case m.flags&flagAuth != 0 && !r.authentic(&m, whole):
		return r.report(&m, wrongDigests), true
	}
	r.secure.flags = m.flags & flagAuth
	if m.flags&flagAuth != 0 && !a.timely(&m, r.secure.seconds) {
		return r.report(&m, notInTimeWindows), true
	}
	if m.flags&flagPriv != 0 && !r.decrypt(&m) {
		return r.report(&m, decryptionErrors), true
	}
	r.secure.flags = m.flags & (flagAuth | flagPriv)
	return r.scoped(&m, now)
}

func (r *responder) scoped(m *secureMessage, now time.Time) ([]byte, bool) {
	a := r.agent
	s, ok := parseScoped(m.data)
	if !ok {
		if m.flags&flagPriv != 0 { // another privacy key gives noise here
			r.secure.flags = flagAuth
			return r.report(m, decryptionErrors), true
		}
		return nil, false
	}
	q, ok := parsePDU(s.pdu)
	if !ok {
		return nil, false
	}
	q.version = version3
	r.secure.context = s.context
	if len(s.engineID) > 0 && string(s.engineID) != a.o.EngineID {
		return r.report(m, unknownPDUHandlers), true
	}
	d := a.devices[string(s.context)]
	if len(s.context) == 0 && a.only != nil {
		d = a.only
	}
	if d == nil {
		return r.report(m, unknownContexts), true
	}
	limit := min(int(min(m.maxSize, MaxMessage)), a.o.MaxReply)
	if r.secure.flags != a.usm.level {
		return r.refuse(&q), true
	}
	return r.answer(d, &q, &r.secure, limit, now), true
}

// refuse answers a request that comes with less security than the user has, as an agent's access control does.
func (r *responder) refuse(q *request) []byte {
	r.count(q)
	r.out.reset()
	r.out.buf = append(r.out.buf, q.list...)
	r.seal(q, &r.secure, pduResponse, authorizationError, 0, false)
	r.agent.tally.answers.Add(1)
	return r.out.bytes()
}

// report says why a message was refused, when its sender wants to know. The request-id is that of the request where
// it can be read.
func (r *responder) report(m *secureMessage, why int) []byte {
	value := r.agent.reports[why].Add(1)
	if m.flags&flagReportable == 0 {
		return nil
	}
	q := request{id: []byte{0}}
	if s, ok := parseScoped(m.data); ok {
		if asked, ok := parsePDU(s.pdu); ok {
			q.id = asked.id
		}
	}
	var number [9]byte
	r.out.reset()
	r.out.buf = appendVarbind(r.out.buf, reportOIDs[why], byte(TagCounter32), appendUint(number[:0], uint64(value)))
	r.seal(&q, &r.secure, pduReport, noError, 0, false)
	r.agent.tally.reports.Add(1)
	return r.out.bytes()
}

func (a *Agent) engineTime(now time.Time) uint32 {
	return uint32(max(0, now.Sub(a.started)/time.Second))
}

func (a *Agent) timely(m *secureMessage, seconds uint32) bool {
	off := m.seconds - int64(seconds)
	return m.boots == int64(a.o.Boots) && off >= -timeWindow && off <= timeWindow
}

// authentic checks the digest, which was made with zeros in its own place.
func (r *responder) authentic(m *secureMessage, whole []byte) bool {
	var sent [64]byte
	n := copy(sent[:], m.digest)
	if n != r.agent.usm.mac {
		return false
	}
	clear(m.digest)
	return hmac.Equal(sent[:n], r.digest(whole))
}

func (r *responder) digest(message []byte) []byte {
	if r.mac == nil {
		r.mac = r.agent.usm.hash()
	}
	r.mac.Reset()
	_, _ = r.mac.Write(message)
	return r.mac.Sum(r.crypt.sum[:0])[:r.agent.usm.mac]
}

func (r *responder) decrypt(m *secureMessage) bool {
	data, _, ok := expect(m.data, berOctets)
	if !ok {
		return false
	}
	m.data = data
	return r.agent.usm.decrypt(&r.crypt, data, m.salt, uint32(m.boots), uint32(m.seconds))
}
