package agent

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// FuzzRespond feeds whole datagrams to an agent that knows v1, v2c and v3: it answers or drops them, within the
// size it was given, and what it answers has the form of a message.
func FuzzRespond(f *testing.F) {
	text, err := os.ReadFile("testdata/switch.snmprec")
	if err != nil {
		f.Fatal(err)
	}
	rec, err := Parse("switch", bytes.NewReader(text))
	if err != nil {
		f.Fatal(err)
	}
	u := &User{"caretaker", "MD5", authPhrase, "DES", privPhrase}
	a, err := New(Options{User: u, Moving: true, MaxReply: 1400, EngineID: "engine", Now: func() time.Time { return time.Unix(0, 0) }}, NewDevice("", rec))
	if err != nil {
		f.Fatal(err)
	}
	for _, pdu := range []gosnmp.PDUType{gosnmp.GetRequest, gosnmp.GetNextRequest, gosnmp.GetBulkRequest, gosnmp.SetRequest} {
		f.Add(mustEncode(f, gosnmp.Version2c, pdu, []string{".1.3.6.1.2.1.1.5.0", ".1.3.6.1.2.1.2"}, 9), byte(0))
		f.Add(mustEncode(f, gosnmp.Version1, pdu, []string{".1.3.6.1.2.1.31.1.1.1"}, 9), byte(0))
	}
	for _, flags := range []byte{flagReportable, flagReportable | flagAuth, flagReportable | flagAuth | flagPriv} {
		f.Add(secureRequest(a, flags, appendVarbind(nil, MustOID("1.3.6.1.2.1.1.5.0"), byte(TagNull), "")), byte(0))
	}
	names := append(FaultNames(), "")
	f.Fuzz(func(t *testing.T, in []byte, fault byte) {
		d := a.Device("switch")
		d.Misbehave(Fault(names[int(fault)%len(names)]))
		out := (&responder{agent: a}).respond(bytes.Clone(in), time.Unix(3600, 0))
		if len(out) > 1400 {
			t.Fatalf("%d octets", len(out))
		}
		if d.fault.spoil != nil || out == nil {
			return
		}
		if _, rest, ok := expect(out, berSequence); !ok || len(rest) != 0 {
			t.Fatalf("the answer is no message: %x", out)
		}
	})
}

// secureRequest makes a GET for this agent, signed and hidden as the flags say, in the window at 3600 s.
func secureRequest(a *Agent, flags byte, list []byte) []byte {
	r := &responder{agent: a}
	r.secure = secureEnvelope{responder: r, id: []byte{9}, user: []byte(a.usm.name), flags: flags, seconds: 3600}
	r.out.reset()
	r.out.buf = append(r.out.buf, list...)
	r.seal(&request{id: []byte{5}}, &r.secure, pduGet, 0, 0, false)
	return bytes.Clone(r.out.bytes())
}

// TestSecureRequest shows that the seeds of the fuzz target reach the end of the road.
func TestSecureRequest(t *testing.T) {
	list := appendVarbind(nil, MustOID("1.3.6.1.2.1.1.5.0"), byte(TagNull), "")
	for _, u := range []User{{Name: "u"}, {"u", "SHA384", authPhrase, "", ""}, {"u", "MD5", authPhrase, "DES", privPhrase}} {
		a, err := New(Options{User: &u, Now: func() time.Time { return time.Unix(0, 0) }}, NewDevice("", mustOpen(t, "testdata/switch.snmprec")))
		if err != nil {
			t.Fatal(err)
		}
		in := secureRequest(a, flagReportable|a.usm.level, list)
		if out := (&responder{agent: a}).respond(bytes.Clone(in), time.Unix(3600, 0)); out == nil || a.Counters().Answers != 1 {
			t.Errorf("%s: %x, %+v", u.Priv, out, a.Counters())
		}
		if a.usm.level == 0 {
			continue
		}
		in[len(in)-1] ^= 1
		if (&responder{agent: a}).respond(in, time.Unix(3600, 0)); a.Counters().Answers != 1 || a.reports[wrongDigests].Load() != 1 {
			t.Errorf("%s: a changed octet passes", u.Priv)
		}
	}
}
