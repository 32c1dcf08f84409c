package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
)

// What can go wrong with one exchange.
var (
	errTimeout   = errors.New("no answer in time")
	errRefused   = errors.New("the port is closed (ICMP unreachable)")
	errMalformed = errors.New("an answer that breaks the protocol")
	errSlow      = errors.New("it answers, but not all in time")
	errEngine    = errors.New("the device's SNMP engine is another one now")
)

// errOthers means that an answer is about objects that were not asked for.
var errOthers = fmt.Errorf("%w: none of the objects asked for is in the answer", errMalformed)

// statusError is an error-status of RFC 3416 3 where values were expected.
type statusError gosnmp.SNMPError

func (e statusError) Error() string { return fmt.Sprintf("the device answers %v", gosnmp.SNMPError(e)) }

func answeredWith(s gosnmp.SNMPError) error {
	if s == gosnmp.AuthorizationError || s == gosnmp.NoAccess {
		return deniedError{appliance.CauseV3Level, fmt.Sprintf("the device answers %v: it does not let this user or community read at this security level; "+
			"raise the credential's security level or widen the view on the device", s)}
	}
	return statusError(s)
}

// deniedError is a refusal with a sentence that says what to mend.
type deniedError struct {
	cause appliance.Cause
	text  string
}

func (e deniedError) Error() string { return e.text }

// malformed words what the library found wrong. Its texts hold whole datagrams, so they are cut.
func malformed(what any) error {
	text := fmt.Sprint(what)
	if len(text) > 160 {
		text = text[:160] + "…"
	}
	return fmt.Errorf("%w: %s", errMalformed, text)
}

// networkError sorts what the socket said.
func networkError(err error) error {
	var ne net.Error
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return errTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return errRefused
	}
	return err
}

// failureOf says in the words of a reading why there is no answer.
func failureOf(err error, address string) *appliance.Failure {
	var dns *net.DNSError
	var denied deniedError
	var status statusError
	var coded *appliance.Error
	f := func(r appliance.Reason, format string, args ...any) *appliance.Failure {
		return &appliance.Failure{Reason: r, Detail: fmt.Sprintf(format, args...)}
	}
	switch {
	case errors.As(err, &coded):
		return &appliance.Failure{Reason: appliance.ReasonSetup, Detail: coded.Error(), Ours: true}
	case errors.As(err, &denied):
		return &appliance.Failure{Reason: appliance.ReasonDenied, Detail: denied.text, Cause: denied.cause}
	case errors.Is(err, errRefused):
		return f(appliance.ReasonRefused, "%s answers that no SNMP agent listens there (ICMP port unreachable); switch SNMP on at the device or correct the port", address)
	case errors.Is(err, errBusy):
		return &appliance.Failure{Reason: appliance.ReasonSetup, Detail: err.Error(), Ours: true}
	case !errors.Is(err, errSlow) && (errors.Is(err, errTimeout) || errors.Is(err, context.DeadlineExceeded)):
		return f(appliance.ReasonTimeout, "no answer from %s; a wrong community, a firewall and a device that is off all look like this", address)
	case errors.Is(err, errSlow):
		return f(appliance.ReasonTimeout, "%s answers, but so slowly that the first look at it did not end in time; raise the check's time-out", address)
	case errors.Is(err, context.Canceled):
		return &appliance.Failure{Reason: appliance.ReasonSetup, Detail: "the run was broken off before it ended", Ours: true}
	case errors.As(err, &status):
		return f(appliance.ReasonProtocol, "%s answers every request with an error: %v", address, gosnmp.SNMPError(status))
	case errors.Is(err, errEngine):
		return &appliance.Failure{Reason: appliance.ReasonProtocol, Cause: appliance.CauseV3Clock,
			Detail: fmt.Sprintf("%s refuses each request as outside of its time window: its SNMPv3 engine, its clock or its count of restarts changes from one answer to the next", address)}
	case errors.Is(err, errMalformed):
		return f(appliance.ReasonProtocol, "%s answers, but not in valid SNMP: %v", address, err)
	case errors.As(err, &dns):
		if dns.IsTemporary || dns.IsTimeout {
			return &appliance.Failure{Reason: appliance.ReasonUnresolved, Detail: fmt.Sprintf("the name server did not tell the address of %s: %v", address, dns), Ours: true}
		}
		return f(appliance.ReasonUnresolved, "the name %s has no address: %v", dns.Name, dns)
	case errors.Is(err, syscall.EHOSTUNREACH):
		return f(appliance.ReasonTimeout, "%s cannot be reached: no host at that address answers on the network", address)
	}
	return &appliance.Failure{Reason: appliance.ReasonSetup, Detail: fmt.Sprintf("the appliance could not ask %s: %v", address, err), Ours: true}
}
