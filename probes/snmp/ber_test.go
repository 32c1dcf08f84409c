package snmp

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
	"pgregory.net/rapid"

	"siteward/probes/snmp/mib"
)

// TestRequestsAreEncodedAsGosnmpDoes holds our encoder against the library's for any request.
func TestRequestsAreEncodedAsGosnmpDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := request{
			op: operation(rapid.IntRange(0, 2).Draw(t, "op")), id: rapid.Uint32Range(1, 1<<31-1).Draw(t, "id"),
			reps: rapid.IntRange(0, 60000).Draw(t, "reps"),
		}
		var pdus []gosnmp.SnmpPDU
		for range rapid.IntRange(1, 90).Draw(t, "objects") {
			o := fmt.Sprintf("%d.%d", rapid.IntRange(0, 1).Draw(t, "first"), rapid.IntRange(0, 39).Draw(t, "second"))
			for range rapid.IntRange(0, 30).Draw(t, "arcs") {
				o += fmt.Sprintf(".%d", rapid.Uint32().Draw(t, "arc"))
			}
			q.oids = append(q.oids, mib.OID(o))
			pdus = append(pdus, gosnmp.SnmpPDU{Name: o, Type: gosnmp.Null})
			if b, ok := appendOID(nil, mib.OID(o)); !ok || len(b) != encodedLen(mib.OID(o)) {
				t.Fatalf("%s: %d octets, said %d", o, len(b), encodedLen(mib.OID(o)))
			}
		}
		s := newSession()
		s.community = rapid.StringN(1, 40, 127).Draw(t, "community")
		s.version = gosnmp.Version2c
		got, err := s.encode(&q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := (&gosnmp.SnmpPacket{
			Version: s.version, Community: s.community, PDUType: gosnmp.PDUType(pduTypes[q.op]), RequestID: q.id,
			MaxRepetitions: uint32(q.reps), Variables: pdus,
		}).MarshalMsg()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%v\n got %x\nwant %x", q, got, want)
		}
	})
}

func TestWhatIsNoOIDIsNotAskedFor(t *testing.T) {
	for _, o := range []mib.OID{"", "1", ".1.3", "1.3.", "1..3", "1.3.x", "3.1", "1.40.1", "1.3.4294967296", mib.OID("1.3" + strings.Repeat(".1", 127))} {
		if _, ok := appendOID(nil, o); ok {
			t.Errorf("%q was taken", o)
		}
	}
}

// datagrams is a connection on which prepared answers come in.
type datagrams struct {
	net.Conn
	in [][]byte
}

func (d *datagrams) Write(b []byte) (int, error) { return len(b), nil }
func (d *datagrams) SetDeadline(time.Time) error { return nil }
func (d *datagrams) Close() error                { return nil }
func (d *datagrams) Read(b []byte) (n int, _ error) {
	if len(d.in) == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	n = copy(b, d.in[0])
	d.in = d.in[1:]
	return n, nil
}

// FuzzAnswer lets any octets be an agent's answer to a GET and to a walk, in v2c and v3.
func FuzzAnswer(f *testing.F) {
	ok, _ := (&gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "c", PDUType: gosnmp.GetResponse, RequestID: 4, Variables: []gosnmp.SnmpPDU{
		{Name: "1.3.6.1.2.1.1.1.0", Type: gosnmp.OctetString, Value: "text"}, {Name: "1.3.6.1.2.1.1.3.0", Type: gosnmp.TimeTicks, Value: uint32(7)},
		{Name: "1.3.6.1.2.1.1.2.0", Type: gosnmp.ObjectIdentifier, Value: "1.3.6"}, {Name: "1.3.6.1.2.1.4.20.1.1.1", Type: gosnmp.IPAddress, Value: "192.0.2.1"},
		{Name: "1.3.6.1.2.1.31.1.1.1.6.1", Type: gosnmp.Counter64, Value: uint64(1 << 63)}, {Name: "1.3.6.1.4.1.1", Type: gosnmp.OpaqueFloat, Value: float32(1.5)},
	}}).MarshalMsg()
	f.Add(ok)
	f.Add(ok[:len(ok)/2])
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte("\x30\x3a\x02\x01\x03\x30\x0f\x02\x02\x6a\x09\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03\x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00\x30\x12\x04\x00\x04\x00\xa0\x0c\x02\x02\x37\xf0\x02\x01\x00\x02\x01\x00\x30\x00"))
	plain, _ := secure(new(community("2c", "c")), "")
	signed, _ := secure(new(v3("SHA-256", "AES-128")), "")
	s := newSession()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, sec := range []security{plain, signed} {
			w := &wire{Conn: &datagrams{in: [][]byte{b, b}}}
			if err := s.aim(t.Context(), w, &sec, newEngineFor(&sec)); err != nil {
				t.Fatal(err)
			}
			s.id = 0
			r, err := s.exchange(&request{op: opGet, id: 4, oids: []mib.OID{sysDescr}}, time.Second)
			c := &column{base: "1.3.6.1.2.1", cursor: "1.3.6.1.2.1"}
			for i := range r.vars {
				v := &r.vars[i]
				if v.Numeric() && v.Type != mib.Integer && v.Type != mib.Counter64 && v.Num>>32 != 0 {
					t.Errorf("%#x holds %d", v.Type, v.Num)
				}
				_ = valueLen(v)
				c.take(v)
			}
			if err == nil && sec.version == gosnmp.Version3 {
				t.Error("an answer that nobody signed was taken")
			}
			s.release()
		}
	})
}

func TestFitMeetsTheLimit(t *testing.T) {
	for _, limit := range []int{1, 3, 10, 19, 20, 21, 50, 200} {
		var f fit
		failures := 0
		for range 12 {
			if n := f.next(); n <= limit {
				f.worked(n)
			} else {
				f.failed(n)
				failures++
			}
		}
		if got := f.next(); got > limit || got < limit*8/10 || failures > 7 {
			t.Errorf("limit %d: settled at %d after %d failures", limit, got, failures)
		}
	}
}
