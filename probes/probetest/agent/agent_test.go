package agent

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustStart(tb testing.TB, o Options, recs ...*Recording) *Running {
	tb.Helper()
	r, err := Start("127.0.0.1:0", o, recs...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(r.Close)
	return r
}

func client(tb testing.TB, r *Running, version gosnmp.SnmpVersion, name string) *gosnmp.GoSNMP {
	tb.Helper()
	return &gosnmp.GoSNMP{
		Target: r.Addr.Addr().String(), Port: r.Addr.Port(), Version: version, Community: name,
		Timeout: 3 * time.Second, Retries: 0, MaxOids: 200, MaxRepetitions: 10,
	}
}

func mustConnect(tb testing.TB, c *gosnmp.GoSNMP) *gosnmp.GoSNMP {
	tb.Helper()
	if err := c.Connect(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Conn.Close() })
	return c
}

func walkAll(tb testing.TB, c *gosnmp.GoSNMP, bulk bool) (out []string) {
	tb.Helper()
	walk := c.Walk
	if bulk {
		walk = c.BulkWalk
	}
	err := walk(".1.3.6.1", func(p gosnmp.SnmpPDU) error {
		out = append(out, p.Name[1:])
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestV1AndV2c(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	r := mustStart(t, Options{}, rec)
	if n := len(walkAll(t, mustConnect(t, client(t, r, gosnmp.Version2c, "switch")), true)); n != rec.Len() {
		t.Errorf("GETBULK found %d objects of %d", n, rec.Len())
	}
	if n := len(walkAll(t, mustConnect(t, client(t, r, gosnmp.Version2c, "switch")), false)); n != rec.Len() {
		t.Errorf("GETNEXT found %d objects of %d", n, rec.Len())
	}
	if n := len(walkAll(t, mustConnect(t, client(t, r, gosnmp.Version1, "switch")), false)); n != rec.Len()-2 {
		t.Errorf("v1 found %d objects of %d without two Counter64", n, rec.Len())
	}
}

func TestAnswersToWhatIsMissing(t *testing.T) {
	r := mustStart(t, Options{}, mustOpen(t, "testdata/switch.snmprec"))
	const name, missing, last, big = ".1.3.6.1.2.1.1.5.0", ".1.3.6.1.2.1.1.9.0", ".1.3.6.1.4.1.32473.1.5", ".1.3.6.1.2.1.31.1.1.1.6.1"
	v1, v2 := mustConnect(t, client(t, r, gosnmp.Version1, "switch")), mustConnect(t, client(t, r, gosnmp.Version2c, "switch"))
	for what, c := range map[string]struct {
		ask    func([]string) (*gosnmp.SnmpPacket, error)
		oids   []string
		status gosnmp.SNMPError
		index  uint8
		types  []gosnmp.Asn1BER
	}{
		"v2c get":            {v2.Get, []string{name, missing}, gosnmp.NoError, 0, []gosnmp.Asn1BER{gosnmp.OctetString, gosnmp.NoSuchInstance}},
		"v1 get":             {v1.Get, []string{name, missing, missing}, gosnmp.NoSuchName, 2, nil},
		"v1 get Counter64":   {v1.Get, []string{big}, gosnmp.NoSuchName, 1, nil},
		"v1 next Counter64":  {v1.GetNext, []string{".1.3.6.1.2.1.31.1.1.1.6"}, gosnmp.NoError, 0, []gosnmp.Asn1BER{gosnmp.Gauge32}},
		"v2c next at end":    {v2.GetNext, []string{last, name}, gosnmp.NoError, 0, []gosnmp.Asn1BER{gosnmp.EndOfMibView, gosnmp.OctetString}},
		"v1 next at end":     {v1.GetNext, []string{name, last}, gosnmp.NoSuchName, 2, nil},
		"v2c get of nothing": {v2.Get, []string{}, gosnmp.NoError, 0, []gosnmp.Asn1BER{}},
	} {
		t.Run(what, func(t *testing.T) {
			p, err := c.ask(c.oids)
			if err != nil {
				t.Fatal(err)
			}
			if p.Error != c.status || p.ErrorIndex != c.index {
				t.Errorf("error-status %s, error-index %d", p.Error, p.ErrorIndex)
			}
			for i, want := range c.types {
				if p.Variables[i].Type != want {
					t.Errorf("varbind %d is %s, want %s", i+1, p.Variables[i].Type, want)
				}
			}
		})
	}
}

func TestBulk(t *testing.T) {
	r := mustStart(t, Options{}, mustOpen(t, "testdata/switch.snmprec"))
	c := mustConnect(t, client(t, r, gosnmp.Version2c, "switch"))
	p, err := c.GetBulk([]string{".1.3.6.1.2.1.1.4", ".1.3.6.1.2.1.2.2.1.1", ".1.3.6.1.4.1.32473.1.4.0"}, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range p.Variables {
		got = append(got, fmt.Sprintf("%s %s", v.Name, v.Type))
	}
	want := []string{
		".1.3.6.1.2.1.1.4.0 OctetString",
		".1.3.6.1.2.1.2.2.1.1.1 Integer", ".1.3.6.1.4.1.32473.1.5 OctetString",
		".1.3.6.1.2.1.2.2.1.1.2 Integer", ".1.3.6.1.4.1.32473.1.5 EndOfMibView",
		".1.3.6.1.2.1.2.2.1.2.1 OctetString", ".1.3.6.1.4.1.32473.1.5 EndOfMibView",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, none := range []uint32{0} {
		if p, err := c.GetBulk([]string{".1.3.6.1.2.1.1.4"}, 0, none); err != nil || len(p.Variables) != 0 || p.Error != 0 {
			t.Errorf("no repetition: %v, %v", p, err)
		}
	}
}

func TestWrongCommunityGetsNoAnswer(t *testing.T) {
	r := mustStart(t, Options{}, mustOpen(t, "testdata/switch.snmprec"))
	c := client(t, r, gosnmp.Version2c, "public")
	c.Timeout = 50 * time.Millisecond
	if _, err := mustConnect(t, c).Get([]string{".1.3.6.1.2.1.1.5.0"}); err == nil {
		t.Error("answered")
	}
	if n := r.Counters(); n.Unknown != 1 || n.Answers != 0 {
		t.Errorf("%+v", n)
	}
}

func TestReplyIsKeptBelowTheLimit(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	names := make([]string, 0, rec.Len())
	for o := range rec.All() {
		names = append(names, "."+o.String())
	}
	for limit := 60; limit < 1500; limit += 7 {
		a, err := New(Options{MaxReply: limit}, NewDevice("", rec))
		if err != nil {
			t.Fatal(err)
		}
		bulk := exchange(t, a, gosnmp.GetBulkRequest, []string{".1.3.6.1.2.1.1"}, 200)
		get := exchange(t, a, gosnmp.GetRequest, names, 0)
		if n := a.Counters(); n.BytesOut == 0 && limit > 80 {
			t.Errorf("limit %d: no answers: %+v", limit, n)
		}
		if bulk != nil && (bulk.size > limit || (bulk.Error == gosnmp.NoError && bulk.size < limit-45 && bulk.size < 1000)) {
			t.Errorf("limit %d: GETBULK of %d octets, %d varbinds, %s", limit, bulk.size, len(bulk.Variables), bulk.Error)
		}
		if get != nil && (get.size > limit || (get.Error == gosnmp.TooBig) != (len(get.Variables) == 0)) {
			t.Errorf("limit %d: GET of %d octets, %d varbinds, %s", limit, get.size, len(get.Variables), get.Error)
		}
	}
}

type answered struct {
	*gosnmp.SnmpPacket
	size int
}

// exchange asks without a socket; nil is no answer.
func exchange(tb testing.TB, a *Agent, pdu gosnmp.PDUType, oids []string, repetitions uint32) *answered {
	tb.Helper()
	out := (&responder{agent: a}).respond(mustEncode(tb, gosnmp.Version2c, pdu, oids, repetitions), time.Unix(0, 0))
	if out == nil {
		return nil
	}
	p, err := (&gosnmp.GoSNMP{Version: gosnmp.Version2c}).SnmpDecodePacket(out)
	if err != nil {
		tb.Fatalf("gosnmp cannot read %x: %v", out, err)
	}
	return &answered{p, len(out)}
}

func mustEncode(tb testing.TB, version gosnmp.SnmpVersion, pdu gosnmp.PDUType, oids []string, repetitions uint32) []byte {
	tb.Helper()
	p := gosnmp.SnmpPacket{Version: version, Community: "switch", PDUType: pdu, RequestID: 1234567, MaxRepetitions: repetitions}
	for _, o := range oids {
		p.Variables = append(p.Variables, gosnmp.SnmpPDU{Name: o, Type: gosnmp.Null})
	}
	b, err := p.MarshalMsg()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestMaxVarbinds(t *testing.T) {
	a, err := New(Options{MaxVarbinds: 5}, NewDevice("", mustOpen(t, "testdata/switch.snmprec")))
	if err != nil {
		t.Fatal(err)
	}
	if p := exchange(t, a, gosnmp.GetBulkRequest, []string{".1.3.6.1"}, 50); len(p.Variables) != 5 {
		t.Errorf("GETBULK: %d varbinds", len(p.Variables))
	}
	name := ".1.3.6.1.2.1.1.5.0"
	if p := exchange(t, a, gosnmp.GetRequest, []string{name, name, name, name, name, name}, 0); p.Error != gosnmp.TooBig {
		t.Errorf("GET of six: %s", p.Error)
	}
}

func TestCountersCount(t *testing.T) {
	r := mustStart(t, Options{}, mustOpen(t, "testdata/switch.snmprec"))
	c := mustConnect(t, client(t, r, gosnmp.Version2c, "switch"))
	for _, err := range []error{
		second(c.Get([]string{".1.3.6.1.2.1.1.5.0", ".1.3.6.1.2.1.1.3.0"})),
		second(c.GetNext([]string{".1.3.6.1.2.1.1.5.0"})),
		second(c.GetBulk([]string{".1.3.6.1.2.1.1"}, 0, 4)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	n := r.Counters()
	if n.Requests != 3 || n.Get != 1 || n.GetNext != 1 || n.GetBulk != 1 || n.Answers != 3 || n.Varbinds != 7 || n.Datagrams != 3 {
		t.Errorf("%+v", n)
	}
	if n.BytesIn < 100 || n.BytesOut < 200 {
		t.Errorf("%d octets in, %d out", n.BytesIn, n.BytesOut)
	}
}

func second[T any](_ T, err error) error { return err }

func TestServeEndsWithItsContext(t *testing.T) {
	a, err := New(Options{}, NewDevice("", MustParse("x", "1.3.6.1|2|1")))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- a.Serve(ctx, conn) }()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestDelayAndLoss(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	slow := mustConnect(t, client(t, mustStart(t, Options{Delay: 30 * time.Millisecond}, rec), gosnmp.Version2c, "switch"))
	began := time.Now()
	if _, err := slow.Get([]string{".1.3.6.1.2.1.1.5.0"}); err != nil || time.Since(began) < 30*time.Millisecond {
		t.Errorf("answered after %s, %v", time.Since(began), err)
	}
	lossy := mustStart(t, Options{Loss: 0.5, Seed: 7}, rec)
	c := client(t, lossy, gosnmp.Version2c, "switch")
	c.Timeout, c.Retries = 20*time.Millisecond, 12
	mustConnect(t, c)
	for range 10 {
		if _, err := c.Get([]string{".1.3.6.1.2.1.1.5.0"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := lossy.Counters(); n.Lost == 0 || n.Answers < 10 {
		t.Errorf("%+v", n)
	}
}

func TestNewRefuses(t *testing.T) {
	d := func() *Device { return NewDevice("a", MustParse("x", "1.3.6.1|2|1")) }
	for name, c := range map[string]struct {
		o       Options
		devices []*Device
	}{
		"two of one name":   {Options{}, []*Device{d(), d()}},
		"unknown fault":     {Options{Fault: "rude"}, nil},
		"short engine":      {Options{EngineID: "abc"}, nil},
		"no user name":      {Options{User: &User{}}, nil},
		"privacy alone":     {Options{User: &User{Name: "u", Priv: "AES"}}, nil},
		"unknown auth":      {Options{User: &User{Name: "u", Auth: "MD4", AuthPhrase: "12345678"}}, nil},
		"unknown privacy":   {Options{User: &User{Name: "u", Auth: "SHA", AuthPhrase: "12345678", Priv: "ROT", PrivPhrase: "12345678"}}, nil},
		"short auth phrase": {Options{User: &User{Name: "u", Auth: "SHA", AuthPhrase: "1234567"}}, nil},
		"short priv phrase": {Options{User: &User{Name: "u", Auth: "SHA", AuthPhrase: "12345678", Priv: "AES", PrivPhrase: "x"}}, nil},
	} {
		if _, err := New(c.o, c.devices...); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
