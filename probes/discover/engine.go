package discover

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"

	"siteward/appliance"
)

// engines asks for SNMPv3 engines (RFC 3414 4): a question that names no user and holds no secret, and that every SNMPv3 agent
// answers with its engine id.
type engines struct {
	s    *search
	conn *net.UDPConn
	id   uint32
	done sync.WaitGroup
}

func newEngines(s *search) (*engines, error) {
	if s.reader == nil {
		return nil, nil
	}
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return nil, err
	}
	e := &engines{s: s, conn: conn, id: rand.Uint32() & 0x7fffffff} //nolint:gosec // a number to know an answer by, no secret
	e.done.Go(e.receive)
	return e, nil
}

func (e *engines) close() {
	if e == nil {
		return
	}
	_ = e.conn.Close()
	e.done.Wait()
}

func (e *engines) send(to netip.Addr) {
	if e == nil {
		return
	}
	_, _ = e.conn.WriteToUDPAddrPort(engineQuestion(e.id), netip.AddrPortFrom(to, e.s.port())) // silence is what most answer anyway
}

func (s *search) port() uint16 {
	if s.SNMPPort > 0 && s.SNMPPort < 1<<16 {
		return uint16(s.SNMPPort)
	}
	return 161
}

func (e *engines) receive() {
	b := make([]byte, 2048)
	for {
		n, from, err := e.conn.ReadFromUDPAddrPort(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		id, ok := engineOf(b[:n], e.id)
		if !ok || from.Port() != e.s.port() {
			continue
		}
		e.s.pace.answered()
		e.s.at(from.Addr(), func(one *appliance.Sighting) {
			one.EngineID = id
			if m := (appliance.Message{Key: "proposal.why_engine", English: "speaks SNMPv3"}); !one.Said(m.Key) {
				one.Why = append(one.Why, m)
			}
		})
	}
}

// engineQuestion is an SNMPv3 message without user, engine and variables, which asks for a report.
func engineQuestion(id uint32) []byte {
	number := binary.BigEndian.AppendUint32(nil, id)
	usm := tlv(0x30, tlv(4), tlv(2, []byte{0}), tlv(2, []byte{0}), tlv(4), tlv(4), tlv(4))
	return tlv(0x30,
		tlv(2, []byte{3}),
		tlv(0x30, tlv(2, number), tlv(2, []byte{0x00, 0xff, 0xe3}), tlv(4, []byte{4}), tlv(2, []byte{3})),
		tlv(4, usm),
		tlv(0x30, tlv(4), tlv(4), tlv(0xa0, tlv(2, number), tlv(2, []byte{0}), tlv(2, []byte{0}), tlv(0x30))))
}

func tlv(tag byte, parts ...[]byte) []byte {
	out := []byte{tag, 0}
	for _, p := range parts {
		out = append(out, p...)
	}
	out[1] = byte(len(out) - 2) // all of ours are shorter than 128
	return out
}

// engineOf reads the engine id of an answer to the question with this number, as hexadecimal.
func engineOf(b []byte, id uint32) (string, bool) {
	message, _, ok := open(b, 0x30)
	if !ok {
		return "", false
	}
	_, rest, ok := open(message, 2)
	if !ok {
		return "", false
	}
	header, rest, ok := open(rest, 0x30)
	if !ok {
		return "", false
	}
	number, _, ok := open(header, 2)
	if !ok || len(number) == 0 || len(number) > 5 || value(number) != uint64(id) {
		return "", false
	}
	security, _, ok := open(rest, 4)
	if !ok {
		return "", false
	}
	usm, _, ok := open(security, 0x30)
	if !ok {
		return "", false
	}
	engine, _, ok := open(usm, 4)
	if !ok || len(engine) < 5 || len(engine) > 32 { // RFC 3411 SnmpEngineID
		return "", false
	}
	return hex.EncodeToString(engine), true
}

func value(b []byte) (n uint64) {
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// open takes one BER element with this tag off b.
func open(b []byte, tag byte) (inside, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	size, b := int(b[1]), b[2:]
	if size&0x80 != 0 {
		n := size & 0x7f
		if n == 0 || n > 3 || n > len(b) {
			return nil, nil, false
		}
		size, b = int(value(b[:n])), b[n:]
	}
	if size > len(b) {
		return nil, nil, false
	}
	return b[:size], b[size:], true
}
