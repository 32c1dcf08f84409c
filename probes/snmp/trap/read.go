package trap

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
)

// read makes a message of a datagram, which it may change. reply is what is sent back at once (SNMPv3 reports); ok is false when
// the datagram was only that: one half of a handshake.
func (r *Receiver) read(datagram []byte, from netip.AddrPort, now time.Time) (m Message, reply []byte, ok bool) {
	m = Message{At: r.o.Now(), From: from, Count: 1}
	h, err := parseHeader(datagram)
	if err != nil {
		return m.refused(appliance.TrapGarbled, err.Error()), nil, true
	}
	r.keys.set(r.o.Credentials())
	if h.version == version3 {
		return r.readSecure(m, &h, datagram, now)
	}
	m.Version = map[int64]string{version1: "1", version2c: "2c"}[h.version]
	m.Credentials = r.keys.community(h.community)
	inform := datagram[h.pdu] == tagInform
	if inform {
		reply = answerPlain(datagram, h.pdu)
	}
	p, err := decode(&gosnmp.GoSNMP{Version: gosnmp.Version2c}, datagram)
	if err == nil {
		err = m.fill(p)
	}
	switch {
	case err != nil:
		return m.refused(appliance.TrapGarbled, err.Error()), nil, true
	case len(m.Credentials) == 0:
		return m.refused(appliance.TrapCommunity, ""), nil, true
	case inform:
		m.answer, m.request = reply, fmt.Sprint(from, "/", p.RequestID)
	}
	return m, nil, true
}

// readSecure follows RFC 3414 3.2. A message that wants reports is an inform, or somebody looking for our engine: for those we
// are the authoritative engine.
func (r *Receiver) readSecure(m Message, h *header, datagram []byte, now time.Time) (Message, []byte, bool) {
	m.Version, m.User = "3", string(h.user)
	ours := h.flags&flagReportable != 0
	if ours && string(h.engineID) != r.o.EngineID {
		return m, r.report(h, unknownEngineIDs, nil), false
	}
	if !ours {
		m.Engine = hex.EncodeToString(h.engineID)
	}
	refuse := func(why appliance.TrapRefusal, detail, report string) (Message, []byte, bool) {
		if ours {
			return m.refused(why, detail), r.report(h, report, nil), true
		}
		return m.refused(why, detail), nil, true
	}
	keys := r.keys.of(m.User, string(h.engineID))
	switch {
	case len(keys) == 0:
		return refuse(appliance.TrapUser, "", unknownUserNames)
	case h.flags&flagAuth == 0:
		m.readable(datagram, h)
		return refuse(appliance.TrapNoAuth, "", unsupportedSecLevels)
	}
	key := r.signer(&m, keys, datagram, h.digest)
	if key == nil {
		return refuse(appliance.TrapKey, "", wrongDigests)
	}
	if ours && !r.timely(h) {
		r.late[m.From.Addr()]++
		if r.late[m.From.Addr()] < 3 { // the usual handshake: the sender learns our time from the report and sends again
			return m, r.report(h, notInTimeWindows, key), false
		}
		m.Detail = fmt.Sprintf("its idea of our SNMPv3 engine is %d starts and %d s, it has %d starts and %d s", h.boots, h.seconds, r.o.Boots, r.seconds())
		return m.refused(appliance.TrapWindow, m.Detail), r.report(h, notInTimeWindows, key), true
	}
	if !ours {
		if why := r.engines.timely(string(h.engineID), h.boots, h.seconds, now, m.At); why != "" {
			known := r.engines.known[string(h.engineID)]
			return m.refused(why, fmt.Sprintf("the message says %d starts and %d s, the engine told %d starts and %d s before",
				h.boots, h.seconds, known.Boots, known.notion(now))), nil, true
		}
		m.heard = r.engines.known[string(h.engineID)].Engine
	}
	p, err := decode(key.decoder(), datagram)
	if err != nil && h.flags&flagPriv != 0 {
		return refuse(appliance.TrapPrivacy, err.Error(), decryptionErrors)
	}
	if err == nil {
		err = m.fill(p)
	}
	if err != nil {
		return m.refused(appliance.TrapGarbled, err.Error()), nil, true
	}
	if m.Inform {
		delete(r.late, m.From.Addr())
		m.answer, m.request = r.answerSecure(h, key, p), fmt.Sprint(m.From, "/", p.RequestID)
	}
	return m, nil, true
}

// signer finds the key that a message is signed with, and notes all credentials that have it.
func (r *Receiver) signer(m *Message, keys []*localised, datagram, digest []byte) (first *localised) {
	for _, k := range keys {
		if !k.signed(datagram, digest) {
			continue
		}
		m.Credentials = append(m.Credentials, k.credential.ID)
		// Two credentials may share user and authentication, and differ in privacy: the one that can decrypt is wanted.
		if first == nil || first.level&gosnmp.AuthPriv != gosnmp.AuthPriv {
			first = k
		}
	}
	return first
}

// decoder is the library's reader with this key.
func (l *localised) decoder() *gosnmp.GoSNMP {
	return &gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: l.level, SecurityParameters: l.usm}
}

// readable decodes a message that nobody has signed, so that it can be read; nothing follows from it.
func (m *Message) readable(datagram []byte, h *header) {
	usm := &gosnmp.UsmSecurityParameters{UserName: m.User, AuthoritativeEngineID: string(h.engineID), AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	if p, err := decode((&localised{usm: usm}).decoder(), datagram); err == nil {
		_ = m.fill(p)
	}
}

// timely judges a message for which we are authoritative.
func (r *Receiver) timely(h *header) bool {
	off := h.seconds - int64(r.seconds())
	return h.boots == int64(r.o.Boots) && off >= -timeWindow && off <= timeWindow
}

func (m Message) refused(why appliance.TrapRefusal, detail string) Message {
	m.Why, m.Detail = why, detail
	return m
}
