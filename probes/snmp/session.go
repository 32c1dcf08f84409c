package snmp

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// session exchanges messages with one agent at a time. SNMPv3 is gosnmp's, bent to one exchange at a time: its own
// retries and walks are not used, because it repeats without telling and walks for ever. SNMPv1 and v2c are in plain.
type session struct {
	wire *wire
	eng  *engine // nil below SNMPv3
	user string
	stop func() bool // takes the watch on ctx away
	id   uint32
	vars []mib.Varbind

	version   gosnmp.SnmpVersion // of plain
	community string
	decoder   gosnmp.GoSNMP
	in        []byte
	out, list []byte

	g     *gosnmp.GoSNMP // of SNMPv3
	names []string
}

// newSession makes one whose request ids cannot be guessed by who does not see the requests; its receive buffers are made when they are first needed.
func newSession() *session {
	var id [4]byte
	_, _ = rand.Read(id[:]) // never fails: the runtime ends the program instead
	return &session{id: binary.BigEndian.Uint32(id[:]), decoder: gosnmp.GoSNMP{Version: gosnmp.Version2c}}
}

// connectV3 makes the part for SNMPv3. Its receive buffer of 64 kB only comes with gosnmp's Connect; the address it
// connects to is never sent to.
func (s *session) connectV3() error {
	g := &gosnmp.GoSNMP{
		Target: "127.0.0.1", Port: 161, Transport: "udp", Version: gosnmp.Version2c,
		Context: context.Background(), Timeout: time.Second, MaxOids: 1 << 20,
	}
	if err := g.Connect(); err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	_ = g.Close()
	s.g = g
	return nil
}

// aim points the session at an agent until release. It owns w from then on.
func (s *session) aim(ctx context.Context, w *wire, sec *security, eng *engine) error {
	switch {
	case eng != nil && s.g == nil:
		if err := s.connectV3(); err != nil {
			return err
		}
	case eng == nil && s.in == nil:
		s.in = make([]byte, 1<<16)
	}
	s.wire, s.eng, s.user, s.version, s.community = w, eng, sec.user, sec.version, sec.community
	s.stop = context.AfterFunc(ctx, w.interrupt)
	if eng != nil {
		g := s.g
		g.Conn, g.Version, g.SecurityModel = w, gosnmp.Version3, gosnmp.UserSecurityModel
		g.MsgFlags, g.SecurityParameters = sec.level|gosnmp.Reportable, eng.usm
		g.ContextName, g.ContextEngineID = sec.context, eng.usm.AuthoritativeEngineID
	}
	return nil
}

// release closes the socket and forgets the agent and its secrets.
func (s *session) release() {
	if s.wire == nil {
		return
	}
	s.stop()
	_ = s.wire.Close()
	s.aimNowhere()
}

func (s *session) aimNowhere() {
	s.wire, s.eng, s.user, s.stop, s.community = nil, nil, "", nil, ""
	if s.g != nil {
		s.g.Conn, s.g.SecurityParameters = nil, nil
	}
}

// nextID is the id for a new request. They lie four apart, because gosnmp numbers the discovery and the resent
// messages of SNMPv3 itself.
func (s *session) nextID() uint32 {
	s.id = (s.id + 4) & 0x7fffffff
	return max(s.id, 4)
}

// exchange implements exchanger.
func (s *session) exchange(q *request, patience time.Duration) (reply, error) {
	if s.eng == nil {
		return s.plain(q, patience)
	}
	s.eng.advance(time.Now())
	s.g.Timeout = patience
	s.g.SetRequestID(q.id - 1)
	s.wire.last, s.wire.err = nil, nil
	p, err := s.send(q)
	if err != nil {
		return reply{}, s.explain(err)
	}
	// gosnmp takes id 0 and empty answers without looking at the id.
	if p.RequestID < q.id || p.RequestID >= q.id+4 {
		if cause := s.byReport(p); cause != nil {
			return reply{}, cause
		}
		return reply{}, fmt.Errorf("%w: answer to request %d instead of %d", errMalformed, p.RequestID, q.id)
	}
	r, err := s.reply(p, len(s.wire.last))
	if err == nil {
		s.eng.seen, s.eng.proven = time.Now(), true
	}
	return r, err
}

func (s *session) send(q *request) (*gosnmp.SnmpPacket, error) {
	s.names = s.names[:0]
	for _, o := range q.oids {
		s.names = append(s.names, string(o))
	}
	switch q.op {
	case opNext:
		return s.g.GetNext(s.names)
	case opBulk:
		return s.g.GetBulk(s.names, 0, uint32(q.reps))
	}
	return s.g.Get(s.names)
}

// byReport reads a report that gosnmp hands on as if it were the answer: it does so when a second discovery did not help.
func (s *session) byReport(p *gosnmp.SnmpPacket) error {
	if p.PDUType != gosnmp.Report || len(p.Variables) == 0 {
		return nil
	}
	name, ok := strings.CutPrefix(strings.TrimPrefix(p.Variables[0].Name, "."), "1.3.6.1.6.3.15.1.1.")
	if stat, _, _ := strings.Cut(name, "."); ok && len(stat) == 1 {
		return s.forgetOld(reported(append(append([]byte(nil), usmStats...), stat[0]-'0', 0), s.user))
	}
	return nil
}

// forgetOld lets the next try discover an engine that is another one now.
func (s *session) forgetOld(cause error) error {
	if errors.Is(cause, errEngine) {
		s.eng.forget()
		s.g.ContextEngineID = ""
	}
	return cause
}

// explain turns gosnmp's error into one of ours, looking at what the socket said rather than at texts.
func (s *session) explain(err error) error {
	if cause := s.forgetOld(s.explainV3(err)); cause != nil {
		return cause
	}
	if s.wire.err != nil {
		return networkError(s.wire.err)
	}
	return malformed(err)
}

// v3Sentences are the reports gosnmp knows by name.
var v3Sentences = []struct {
	err  error
	stat byte
}{
	{gosnmp.ErrUnknownSecurityLevel, 1}, {gosnmp.ErrNotInTimeWindow, 2}, {gosnmp.ErrUnknownUsername, 3},
	{gosnmp.ErrUnknownEngineID, 4}, {gosnmp.ErrWrongDigest, 5}, {gosnmp.ErrDecryption, 6},
}

func (s *session) explainV3(err error) error {
	for _, r := range v3Sentences {
		if errors.Is(err, r.err) {
			return reported(append(append([]byte(nil), usmStats...), r.stat, 0), s.user)
		}
	}
	if s.wire.err == nil {
		return reported(s.wire.last, s.user)
	}
	return nil
}
