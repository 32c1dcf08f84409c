package probes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	probing "github.com/prometheus-community/pro-bing"

	"siteward/appliance"
)

// Bounds and defaults of a ping run.
const (
	pingsAtOnce = 50
	pingCount   = 3
	pingSize    = 56
	minPingSize = 24 // pro-bing's time stamp and tracker
	// Echoes of one run follow each other closely: pro-bing polls its socket, so that a run costs CPU by its length.
	pingInterval = 20 * time.Millisecond
	// pingGrace is waited for the other echoes when one was answered; a run without any answer waits to its deadline.
	pingGrace = time.Second
)

// NewPing makes the ping probe. It asks at most atOnce devices at the same time (0 = 50) and waits for its turn within
// the deadline. Values: ping.rtt, ping.rtt_max, ping.jitter (s; mean difference of one echo to the next), ping.loss (%).
// A device that answers no echo is a failure without values.
func NewPing(atOnce int) Func {
	if atOnce <= 0 {
		atOnce = pingsAtOnce
	}
	return inTurn(atOnce, asker{lookup: systemLookup}.ping)
}

// inTurn lets at most atOnce runs of f be under way.
func inTurn(atOnce int, f Func) Func {
	turns := make(chan struct{}, atOnce)
	return func(ctx context.Context, t Target, log *Log) appliance.Reading {
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
			return f(ctx, t, log)
		case <-ctx.Done():
			return Failed(OurFault(fmt.Sprintf("no turn came in time, %d other devices were being asked", atOnce)))
		}
	}
}

func (a asker) ping(ctx context.Context, t Target, log *Log) appliance.Reading {
	addrs, err := resolve(ctx, a.lookup, t.Device.Address, log)
	if err != nil {
		return Failed(Classify(err))
	}
	var set appliance.PingSettings
	if t.Check.Ping != nil {
		set = *t.Check.Ping
	}
	var failure error
	for _, to := range addrs { // the next only when the appliance has no way to this one
		from, err := way(ctx, to)
		if err == nil {
			log.Printf("%s is asked from %s", to, from)
			return echo(ctx, to, set, log)
		}
		log.Printf("%s: %v", to, err)
		failure = telling(failure, err)
	}
	return Failed(Classify(failure))
}

// way asks the kernel's routing table, by connecting a UDP socket, which sends nothing. pro-bing must never be started
// on a forbidden route: it takes EACCES for a broadcast address and tries again without end.
func way(ctx context.Context, to netip.Addr) (netip.Addr, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "udp", netip.AddrPortFrom(to, 9).String())
	if err != nil {
		return netip.Addr{}, err
	}
	defer conn.Close()
	local, _ := netip.ParseAddrPort(conn.LocalAddr().String())
	return local.Addr(), nil
}

func echo(ctx context.Context, to netip.Addr, set appliance.PingSettings, log *Log) appliance.Reading {
	e := newEchoes(set, log)
	err := e.run(ctx, to, false)
	if e.noSocket(err) {
		log.Printf("no datagram ICMP socket (%v), trying a raw one", err)
		err = e.run(ctx, to, true)
		if e.noSocket(err) {
			log.Printf("no raw ICMP socket: %v", err)
			return Failed(OurFault(pingForbidden.English))
		}
	}
	e.tellMissing()
	if len(e.rtts) > 0 {
		return e.reading(to)
	}
	if e.sendErr != nil {
		return Failed(Classify(e.sendErr))
	}
	if err != nil && !isTimeout(err) {
		return Failed(Classify(err))
	}
	if e.sent == 0 {
		return Failed(OurFault("no echo could be sent in time"))
	}
	return Failed(&appliance.Failure{Reason: appliance.ReasonTimeout,
		Detail: fmt.Sprintf("no answer to %d ICMP echoes of %d bytes to %s", e.sent, e.size, to)})
}

// echoes are one run's. Times are taken here by the monotonic clock: pro-bing reads them from the echoed payload by
// the wall clock, which may be set meanwhile and which the device could forge.
type echoes struct {
	log         *Log
	count, size int
	sent        int
	at          map[int]time.Time
	rtts        []time.Duration // in the order of arrival
	last        time.Duration   // when the last answer came, since the run began
	sendErr     error
}

func newEchoes(set appliance.PingSettings, log *Log) *echoes {
	e := &echoes{log: log, count: set.Count, size: set.Size, at: map[int]time.Time{}}
	if e.count <= 0 {
		e.count = pingCount
	}
	if e.size <= 0 {
		e.size = pingSize
	}
	e.count, e.size = min(e.count, 20), max(min(e.size, 1400), minPingSize)
	return e
}

// run sends and waits. All callbacks but the timer's come from pro-bing's one loop, which has ended when it returns.
func (e *echoes) run(ctx context.Context, to netip.Addr, raw bool) error {
	p := probing.New("")
	p.SetIPAddr(&net.IPAddr{IP: to.AsSlice(), Zone: to.Zone()})
	p.SetLogger(probing.NoopLogger{})
	p.SetPrivileged(raw)
	p.Count, p.Size, p.Interval = e.count, e.size, pingInterval
	p.RecordRtts, p.RecordTTLs = false, false
	// Until the first answer only ctx ends the run; from then on the rest has pingGrace.
	grace := time.AfterFunc(time.Hour, p.Stop)
	defer grace.Stop()
	p.OnSend = func(pkt *probing.Packet) { e.sent++; e.at[pkt.Seq] = time.Now() }
	p.OnSendError = func(_ *probing.Packet, err error) { e.sendErr = err }
	p.OnRecv = func(pkt *probing.Packet) {
		rtt := max(time.Since(e.at[pkt.Seq]), time.Microsecond)
		if len(e.rtts) == 0 {
			grace.Reset(pingGrace + time.Duration(e.count)*pingInterval)
		}
		e.rtts, e.last = append(e.rtts, rtt), e.log.Elapsed()
		e.log.Printf("echo %d answered by %s after %s, TTL %d", pkt.Seq+1, pkt.Addr, shown(rtt), pkt.TTL)
	}
	return p.RunWithContext(ctx)
}

// noSocket says whether err means that the kind of socket is not allowed to us; a firewall that forbids sending is
// told by sendErr.
func (e *echoes) noSocket(err error) bool {
	return errors.Is(err, os.ErrPermission) && e.sent == 0 && e.sendErr == nil
}

func (e *echoes) tellMissing() {
	if e.sendErr != nil {
		e.log.Printf("sending failed: %v", e.sendErr)
	}
	if missing := e.sent - len(e.rtts); missing > 0 {
		e.log.Printf("%d of %d echoes not answered", missing, e.sent)
	}
}

func (e *echoes) reading(to netip.Addr) appliance.Reading {
	var sum, most, steps time.Duration
	for i, rtt := range e.rtts {
		sum, most = sum+rtt, max(most, rtt)
		if i > 0 {
			steps += (rtt - e.rtts[i-1]).Abs()
		}
	}
	n := time.Duration(len(e.rtts))
	values := []appliance.Value{
		seconds("ping.rtt", sum/n),
		seconds("ping.rtt_max", most),
		{Metric: "ping.loss", Unit: "%", Number: 100 * float64(e.sent-len(e.rtts)) / float64(e.sent)},
	}
	if n > 1 {
		values = append(values, seconds("ping.jitter", steps/(n-1)))
	}
	return appliance.Reading{Took: e.last, Values: values, Texts: []appliance.Text{text("ping.address", to.String())}}
}
