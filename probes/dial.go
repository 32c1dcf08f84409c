package probes

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"siteward/appliance"
)

// stagger is the head start of one address before the next is tried beside it (RFC 8305, Connection Attempt Delay).
const stagger = 250 * time.Millisecond

// maxAddresses of one name are tried; a hostile name server may send hundreds.
const maxAddresses = 8

// lookupFunc finds the addresses of a name, best first.
type lookupFunc func(ctx context.Context, host string) ([]netip.Addr, error)

func systemLookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// resolve gives the addresses of a host, families taking turns in the order of the resolver (RFC 6724, 8305).
// An address is its own answer.
func resolve(ctx context.Context, lookup lookupFunc, host string, log *Log) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	if host == "" {
		return nil, &failureError{*OurFault("no address is entered for the device")}
	}
	found, err := lookup(ctx, host)
	if err == nil && len(found) == 0 {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if err != nil {
		log.Printf("%s: %v", host, err)
		if ctx.Err() != nil && isTimeout(ctx.Err()) {
			err = &net.DNSError{Err: "no answer in time", Name: host, IsTimeout: true}
		}
		return nil, err
	}
	addrs := interleave(found)
	log.Printf("%s is %v", host, addrs)
	return addrs, nil
}

func interleave(found []netip.Addr) []netip.Addr {
	var first, second []netip.Addr
	for _, a := range found {
		a = a.Unmap()
		if a.Is4() == found[0].Unmap().Is4() {
			first = append(first, a)
		} else {
			second = append(second, a)
		}
	}
	addrs := make([]netip.Addr, 0, len(found))
	for i := range max(len(first), len(second)) {
		if i < len(first) {
			addrs = append(addrs, first[i])
		}
		if i < len(second) {
			addrs = append(addrs, second[i])
		}
	}
	return addrs[:min(len(addrs), maxAddresses)]
}

type dialled struct {
	conn net.Conn
	took time.Duration
	err  error
	to   netip.Addr
}

// dialAny connects to the first of the addresses that lets us, each with a head start over the next. It returns when
// all attempts have ended, so that nothing of them is left behind.
func dialAny(ctx context.Context, addrs []netip.Addr, port uint16, log *Log) (net.Conn, time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan dialled)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var won dialled
	var failure error
	next, running := 0, 0
	for next < len(addrs) || running > 0 {
		select {
		case <-timer.C:
			if next < len(addrs) && won.conn == nil {
				go func(to netip.Addr) { results <- dialOne(ctx, to, port) }(addrs[next])
				next, running = next+1, running+1
				timer.Reset(stagger)
			}
		case r := <-results:
			running--
			switch {
			case r.err == nil && won.conn == nil:
				log.Printf("connected to %s after %s", r.conn.RemoteAddr(), shown(r.took))
				won, next = r, len(addrs)
				cancel()
			case r.err == nil:
				r.conn.Close()
			case won.conn == nil:
				log.Printf("%s: %v", r.to, r.err)
				failure = telling(failure, r.err)
				timer.Reset(0)
			}
		}
	}
	return won.conn, won.took, errUnless(won.conn != nil, failure)
}

func dialOne(ctx context.Context, to netip.Addr, port uint16) dialled {
	began := time.Now()
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", netip.AddrPortFrom(to, port).String())
	return dialled{conn: conn, took: time.Since(began), err: err, to: to}
}

// telling chooses the error that says more about the device: one of ours only when there is no other.
func telling(a, b error) error {
	if a == nil || Classify(a).Ours {
		return b
	}
	return a
}

func errUnless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

// connect resolves and dials.
func connect(ctx context.Context, lookup lookupFunc, host string, port int, log *Log) (net.Conn, time.Duration, error) {
	if port < 1 || port > 65535 {
		return nil, 0, &failureError{appliance.Failure{Reason: appliance.ReasonSetup, Ours: true, Detail: fmt.Sprintf("%d is no port; enter one from 1 to 65535", port)}}
	}
	addrs, err := resolve(ctx, lookup, host, log)
	if err != nil {
		return nil, 0, err
	}
	return dialAny(ctx, addrs, uint16(port), log)
}

// shown rounds a duration for the eye.
func shown(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}
