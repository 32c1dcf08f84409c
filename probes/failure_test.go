package probes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"siteward/appliance"
)

func TestClassify(t *testing.T) {
	op := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
	}
	for _, c := range []struct {
		name   string
		err    error
		reason appliance.Reason
		ours   bool
	}{
		{"refused", op(syscall.ECONNREFUSED), appliance.ReasonRefused, false},
		{"host unreachable", op(syscall.EHOSTUNREACH), appliance.ReasonRefused, false},
		{"no route", op(syscall.ENETUNREACH), appliance.ReasonSetup, true},
		{"own firewall", op(syscall.EPERM), appliance.ReasonSetup, true},
		{"out of handles", op(syscall.EMFILE), appliance.ReasonSetup, true},
		{"no free port", op(syscall.EADDRNOTAVAIL), appliance.ReasonSetup, true},
		{"kernel gave up", op(syscall.ETIMEDOUT), appliance.ReasonTimeout, false},
		{"deadline", fmt.Errorf("ask: %w", context.DeadlineExceeded), appliance.ReasonTimeout, false},
		{"read deadline", os.ErrDeadlineExceeded, appliance.ReasonTimeout, false},
		{"we are stopping", fmt.Errorf("ask: %w", context.Canceled), appliance.ReasonSetup, true},
		{"reset", op(syscall.ECONNRESET), appliance.ReasonProtocol, false},
		{"cut short", io.ErrUnexpectedEOF, appliance.ReasonProtocol, false},
		{"no such name", &net.DNSError{Name: "nas", IsNotFound: true}, appliance.ReasonUnresolved, false},
		{"name server silent", &net.DNSError{Name: "nas", Err: "i/o timeout", IsTimeout: true}, appliance.ReasonUnresolved, true},
		{"understood before", fmt.Errorf("tls: %w", failf(appliance.ReasonCertificate, "expired")), appliance.ReasonCertificate, false},
		{"unknown", errors.New("what\nis this"), appliance.ReasonProtocol, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Classify(c.err)
			if f.Reason != c.reason || f.Ours != c.ours || f.Detail == "" {
				t.Errorf("got %+v, want %s, ours %v", f, c.reason, c.ours)
			}
		})
	}
}
