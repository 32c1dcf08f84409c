package probes

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"siteward/appliance"
)

// maxAnswer bytes of a TCP answer are read.
const maxAnswer = 4 << 10

// asker holds what tests replace: names and trusted roots.
type asker struct {
	lookup lookupFunc
	roots  *x509.CertPool // nil = the system's
}

// TCP connects to a port, speaks TLS when the check says so, sends and expects a text. Values: tcp.connect and
// tcp.tls (s), tcp.answer (s, until the expected text was there), certificate.days (d).
func TCP(ctx context.Context, t Target, log *Log) appliance.Reading {
	return asker{lookup: systemLookup}.tcp(ctx, t, log)
}

func (a asker) tcp(ctx context.Context, t Target, log *Log) appliance.Reading {
	set := t.Check.TCP
	if set == nil {
		return Failed(OurFault("the check says no port"))
	}
	conn, took, err := connect(ctx, a.lookup, t.Device.Address, set.Port, log)
	if err != nil {
		return Failed(Classify(err))
	}
	r := appliance.Reading{
		Values: []appliance.Value{seconds("tcp.connect", took)},
		Texts:  []appliance.Text{text("tcp.address", conn.RemoteAddr().String())},
	}
	defer endWith(ctx, conn)()
	if set.TLS {
		certs := &certificates{roots: a.roots, skip: set.SkipVerify, now: time.Now(), log: log}
		began := time.Now()
		client := tls.Client(conn, certs.config(t.Device.Address))
		err = client.HandshakeContext(ctx)
		r.Values, r.Texts = append(r.Values, certs.values()...), append(r.Texts, certs.texts()...)
		if err != nil {
			return fail(r, err, log)
		}
		r.Values = append(r.Values, seconds("tcp.tls", time.Since(began)))
		conn = client
	}
	return talk(r, conn, *set, log)
}

// endWith closes conn when the returned function is called, and makes it fail at once when ctx ends before.
func endWith(ctx context.Context, conn net.Conn) func() {
	if d, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(d)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return func() { stop(); _ = conn.Close() }
}

func talk(r appliance.Reading, conn net.Conn, set appliance.TCPSettings, log *Log) appliance.Reading {
	began := time.Now()
	if set.Send != "" {
		if _, err := io.WriteString(conn, set.Send); err != nil {
			return fail(r, err, log)
		}
		log.Printf("sent %d bytes", len(set.Send))
	}
	if set.Expect == "" {
		return r
	}
	got, err := readUntil(conn, []byte(set.Expect))
	if len(got) > 0 {
		log.Printf("answer of %d bytes: %q", len(got), clean(string(got), 200))
		r.Texts = append(r.Texts, text("tcp.answer", string(got[:min(len(got), 200)])))
	}
	if bytes.Contains(got, []byte(set.Expect)) {
		r.Values = append(r.Values, seconds("tcp.answer", time.Since(began)))
		return r
	}
	if len(got) == 0 && !errors.Is(err, io.EOF) {
		return fail(r, err, log)
	}
	r.Failure = &appliance.Failure{Reason: appliance.ReasonUnexpected,
		Detail: fmt.Sprintf("%q is not in the answer of %d bytes: %q", set.Expect, len(got), clean(string(got), 100))}
	log.Printf("%s", r.Failure.Detail)
	return r
}

// readUntil reads until want has come, the peer ends, or 4 KiB are full.
func readUntil(conn io.Reader, want []byte) ([]byte, error) {
	buf := make([]byte, 0, maxAnswer)
	for len(buf) < maxAnswer {
		n, err := conn.Read(buf[len(buf):maxAnswer])
		buf = buf[:len(buf)+n]
		if err != nil || bytes.Contains(buf, want) {
			return buf, err
		}
	}
	return buf, nil
}

func fail(r appliance.Reading, err error, log *Log) appliance.Reading {
	r.Failure = Classify(err)
	log.Printf("%s (%v)", r.Failure.Detail, err)
	return r
}

func seconds(metric string, d time.Duration) appliance.Value {
	return appliance.Value{Metric: metric, Unit: "s", Number: d.Seconds()}
}
