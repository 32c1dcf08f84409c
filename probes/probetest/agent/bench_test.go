package agent

import (
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// BenchmarkAnswer is what an answer costs without the socket: the 16-column GETBULK and the wide GET of a poll.
func BenchmarkAnswer(b *testing.B) {
	rec := mustOpen(b, "testdata/switch.snmprec")
	columns := make([]string, 16)
	for i := range columns {
		columns[i] = ".1.3.6.1.2.1.2.2.1.1"
	}
	for name, c := range map[string]struct {
		o           Options
		pdu         gosnmp.PDUType
		oids        []string
		repetitions uint32
	}{
		"bulk":        {Options{MaxReply: 1400}, gosnmp.GetBulkRequest, columns, 20},
		"bulk-moving": {Options{MaxReply: 1400, Moving: true}, gosnmp.GetBulkRequest, columns, 20},
		"get":         {Options{}, gosnmp.GetRequest, columns, 0},
	} {
		b.Run(name, func(b *testing.B) {
			a, err := New(c.o, NewDevice("", rec))
			if err != nil {
				b.Fatal(err)
			}
			in, r, now := mustEncode(b, gosnmp.Version2c, c.pdu, c.oids, c.repetitions), &responder{agent: a}, time.Unix(0, 0)
			b.ReportAllocs()
			for b.Loop() {
				if r.respond(in, now) == nil {
					b.Fatal("no answer")
				}
			}
			n := a.Counters()
			b.ReportMetric(float64(n.Varbinds)/float64(n.Answers), "varbinds/op")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n.Varbinds), "ns/varbind")
		})
	}
}

// BenchmarkSocket adds the kernel: requests on loopback, one at a time.
func BenchmarkSocket(b *testing.B) {
	r := mustStart(b, Options{}, mustOpen(b, "testdata/switch.snmprec"))
	c := mustConnect(b, client(b, r, gosnmp.Version2c, "switch"))
	in, out := mustEncode(b, gosnmp.Version2c, gosnmp.GetBulkRequest, []string{".1.3.6.1.2.1.2"}, 20), make([]byte, 65536)
	for b.Loop() {
		if _, err := c.Conn.Write(in); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Conn.Read(out); err != nil {
			b.Fatal(err)
		}
	}
}
