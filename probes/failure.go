package probes

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"siteward/appliance"
)

// errnos says what the operating system's words mean: the device's answer, or our own trouble in asking.
var errnos = []struct {
	errno  syscall.Errno
	reason appliance.Reason
	ours   bool
	detail string
}{
	{syscall.ECONNREFUSED, appliance.ReasonRefused, false, "connection refused: the device is there, nothing listens on the port"},
	{syscall.EHOSTUNREACH, appliance.ReasonRefused, false, "host unreachable: the network says that there is no way to the device"},
	{syscall.EHOSTDOWN, appliance.ReasonRefused, false, "host down: nobody answers to the address in the local network"},
	{syscall.ETIMEDOUT, appliance.ReasonTimeout, false, "no answer to the connection attempt"},
	{syscall.ECONNRESET, appliance.ReasonProtocol, false, "the device broke off the connection (reset)"},
	{syscall.ECONNABORTED, appliance.ReasonProtocol, false, "the connection was broken off"},
	{syscall.EPIPE, appliance.ReasonProtocol, false, "the device closed the connection while we were sending"},
	{syscall.EMSGSIZE, appliance.ReasonSetup, true, "the packet is too large for the network; make it smaller"},
	{syscall.ENETUNREACH, appliance.ReasonSetup, true, "the appliance has no route to this address; check its network settings"},
	{syscall.ENETDOWN, appliance.ReasonSetup, true, "the appliance's network is down"},
	{syscall.EADDRNOTAVAIL, appliance.ReasonSetup, true, "the appliance has no address or no free port to ask from"},
	{syscall.EAFNOSUPPORT, appliance.ReasonSetup, true, "the appliance has no support for this kind of address (IPv6 off?)"},
	{syscall.EINVAL, appliance.ReasonSetup, true, "the appliance's system refuses this address"},
	{syscall.EPERM, appliance.ReasonSetup, true, "the appliance's own firewall or sandbox forbids asking"},
	{syscall.EACCES, appliance.ReasonSetup, true, "the appliance's own firewall, route or sandbox forbids asking"},
	{syscall.EMFILE, appliance.ReasonSetup, true, "the appliance is out of file handles"},
	{syscall.ENFILE, appliance.ReasonSetup, true, "the system is out of file handles"},
	{syscall.ENOBUFS, appliance.ReasonSetup, true, "the appliance is out of network buffers"},
	{syscall.ENOMEM, appliance.ReasonSetup, true, "the appliance is out of memory"},
}

// Classify sorts an error of asking: what it says about the device, or that we could not ask (Ours). The detail is
// English and technical.
func Classify(err error) *appliance.Failure {
	if f, ok := errors.AsType[*failureError](err); ok {
		return &f.Failure
	}
	if errors.Is(err, context.Canceled) {
		return OurFault("the run was called off because the appliance is stopping")
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return classifyDNS(dns)
	}
	for _, e := range errnos {
		if errors.Is(err, e.errno) {
			return &appliance.Failure{Reason: e.reason, Detail: e.detail, Ours: e.ours}
		}
	}
	if isTimeout(err) {
		return &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: "no answer in time"}
	}
	if f := classifyTLS(err); f != nil {
		return f
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &appliance.Failure{Reason: appliance.ReasonProtocol, Detail: "the device closed the connection before its answer was complete"}
	}
	return &appliance.Failure{Reason: appliance.ReasonProtocol, Detail: clean(err.Error(), maxLogText)}
}

func classifyDNS(err *net.DNSError) *appliance.Failure {
	if err.IsNotFound {
		return &appliance.Failure{Reason: appliance.ReasonUnresolved, Detail: fmt.Sprintf("the name %s has no address", clean(err.Name, 100))}
	}
	// A name server that does not answer says nothing about the device.
	return &appliance.Failure{Reason: appliance.ReasonUnresolved, Ours: true,
		Detail: fmt.Sprintf("the name server did not say the address of %s: %s", clean(err.Name, 100), clean(err.Err, 200))}
}

func classifyTLS(err error) *appliance.Failure {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return &appliance.Failure{Reason: appliance.ReasonProtocol, Detail: "the device does not speak TLS on this port"}
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return &appliance.Failure{Reason: appliance.ReasonProtocol, Detail: "the device refused the TLS handshake: " + alert.Error()}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &appliance.Failure{Reason: appliance.ReasonCertificate, Detail: clean(err.Error(), maxLogText)}
	}
	return nil
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout()
}

// failureError carries a failure that is understood already through layers that speak of errors.
type failureError struct{ appliance.Failure }

func (e *failureError) Error() string { return e.Detail }

func failf(reason appliance.Reason, format string, args ...any) error {
	return &failureError{appliance.Failure{Reason: reason, Detail: clean(fmt.Sprintf(format, args...), maxLogText)}}
}
