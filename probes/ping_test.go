package probes

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

const (
	anyGroup = "0 2147483647"
	noGroup  = "1 0"
)

func pingTarget(address string, set *appliance.PingSettings) Target {
	return Target{Device: appliance.Device{Address: address}, Check: appliance.Check{ID: 1, Probe: appliance.ProbePing, Ping: set}}
}

func within(tb testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	tb.Cleanup(cancel)
	return ctx
}

func number(r appliance.Reading, metric string) (float64, bool) {
	for _, v := range r.Values {
		if v.Metric == metric {
			return v.Number, true
		}
	}
	return 0, false
}

func logText(r appliance.Reading) string {
	var b strings.Builder
	for _, l := range r.Log {
		fmt.Fprintln(&b, l.Text)
	}
	return b.String()
}

func TestPingDatagram(t *testing.T) {
	if !inNamespace(t, anyGroup, false) {
		return
	}
	if mode, msg := PingMode(t.Context()); mode != ModeDatagram || msg.English == "" {
		t.Errorf("mode = %s, %+v", mode, msg)
	}
	pingLoopback(t)
}

func TestPingRaw(t *testing.T) {
	if !inNamespace(t, noGroup, true) {
		return
	}
	if mode, _ := PingMode(t.Context()); mode != ModeRaw {
		t.Errorf("mode = %s, want raw", mode)
	}
	pingLoopback(t)
}

func pingLoopback(t *testing.T) {
	ask := Guard(NewPing(0), slog.Default())
	for _, address := range []string{"127.1.2.3", "::1", "localhost"} {
		t.Run(address, func(t *testing.T) {
			r := ask(within(t, 5*time.Second), pingTarget(address, &appliance.PingSettings{Count: 4, Size: 1400}), nil)
			if r.Failure != nil {
				t.Fatalf("failure %+v\n%s", r.Failure, logText(r))
			}
			rtt, _ := number(r, "ping.rtt")
			most, _ := number(r, "ping.rtt_max")
			loss, ok := number(r, "ping.loss")
			jitter, okJitter := number(r, "ping.jitter")
			if rtt <= 0 || most < rtt || !ok || loss != 0 || !okJitter || jitter > most {
				t.Errorf("values = %+v", r.Values)
			}
			if r.Took >= pingGrace {
				t.Errorf("took %s though all echoes were answered", r.Took)
			}
		})
	}
}

func TestPingNotAllowed(t *testing.T) {
	if !inNamespace(t, noGroup, false) {
		return
	}
	mode, msg := PingMode(t.Context())
	if mode != ModeNone {
		t.Errorf("mode = %s, want off", mode)
	}
	for _, remedy := range []string{"net.ipv4.ping_group_range", "CAP_NET_RAW"} {
		if !strings.Contains(msg.English, remedy) {
			t.Errorf("%q does not name %s", msg.English, remedy)
		}
	}
	r := Guard(NewPing(0), slog.Default())(within(t, 2*time.Second), pingTarget("127.0.0.1", nil), nil)
	if r.Failure == nil || !r.Failure.Ours || r.Failure.Detail != msg.English {
		t.Errorf("failure = %+v, want our own with the remedy", r.Failure)
	}
}

// In the namespace there is no route but loopback: an answer cannot come, and that is our own trouble.
func TestPingNoRoute(t *testing.T) {
	if !inNamespace(t, anyGroup, true) {
		return
	}
	for _, address := range []string{"192.0.2.1", "2001:db8::1"} {
		r := Guard(NewPing(0), slog.Default())(within(t, 2*time.Second), pingTarget(address, nil), nil)
		if r.Failure == nil || !r.Failure.Ours || r.Failure.Reason != appliance.ReasonSetup {
			t.Errorf("%s: failure = %+v, want our own", address, r.Failure)
		}
	}
	t.Run("the next address has one", func(t *testing.T) {
		a := asker{lookup: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("127.0.0.1")}, nil
		}}
		r := Guard(a.ping, slog.Default())(within(t, 2*time.Second), pingTarget("both.example", nil), nil)
		if r.Failure != nil {
			t.Errorf("failure = %+v\n%s", r.Failure, logText(r))
		}
	})
}

// A forbidden route answers EACCES, on which pro-bing alone would spin without end. A silent device is a neighbour
// with an address behind which nobody is, so that this needs no other machine.
func TestPingRoutes(t *testing.T) {
	if !inNamespace(t, anyGroup, true) {
		return
	}
	ip := peer.Need(t, "ip")
	for _, args := range []string{"link add d0 type veth peer name d1", "addr add 198.51.100.1/24 dev d0", "link set d0 up", "link set d1 up", "neigh add 198.51.100.9 lladdr 02:00:00:00:00:09 dev d0", "route add prohibit 192.0.2.7", "route add unreachable 192.0.2.8"} {
		if out, err := exec.Command(ip, strings.Fields(args)...).CombinedOutput(); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("ip %s: %v %s", args, err, out)
			}
			t.Skipf("no network of our own to be had: ip %s: %v %s", args, err, out)
		}
	}
	ask := Guard(NewPing(0), slog.Default())
	r := ask(within(t, time.Second), pingTarget("192.0.2.7", nil), nil)
	if r.Failure == nil || !r.Failure.Ours {
		t.Errorf("prohibited route: failure = %+v, want our own", r.Failure)
	}
	if r = ask(within(t, time.Second), pingTarget("192.0.2.8", nil), nil); r.Failure == nil || r.Failure.Reason != appliance.ReasonRefused {
		t.Errorf("unreachable route: failure = %+v", r.Failure)
	}
	r = ask(within(t, 400*time.Millisecond), pingTarget("198.51.100.9", nil), nil)
	if r.Failure == nil || r.Failure.Ours || r.Failure.Reason != appliance.ReasonTimeout || len(r.Values) != 0 {
		t.Errorf("silent device: failure = %+v, values %v", r.Failure, r.Values)
	}
	if r.Took > 700*time.Millisecond {
		t.Errorf("took %s with a deadline of 400ms", r.Took)
	}
}

func TestPingWaitsForItsTurnWithinTheDeadline(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	a := asker{lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
		close(inside)
		<-release
		return notFound(ctx, host)
	}}
	ask := inTurn(1, a.ping)
	var wg sync.WaitGroup
	wg.Go(func() { ask(t.Context(), pingTarget("slow.example", nil), nil) })
	<-inside
	r := ask(within(t, 20*time.Millisecond), pingTarget("127.0.0.1", nil), nil)
	close(release)
	wg.Wait()
	if r.Failure == nil || !r.Failure.Ours || !strings.Contains(r.Failure.Detail, "turn") {
		t.Errorf("failure = %+v, want our own", r.Failure)
	}
}

func notFound(_ context.Context, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestPingUnknownName(t *testing.T) {
	a := asker{lookup: notFound}
	r := Guard(a.ping, slog.Default())(within(t, time.Second), pingTarget("nas.example", nil), nil)
	if r.Failure == nil || r.Failure.Reason != appliance.ReasonUnresolved || r.Failure.Ours {
		t.Errorf("failure = %+v", r.Failure)
	}
}

// Figure 6: CPU of 1,000 echoes to 1,000 targets, ours and fping's.
func BenchmarkPing1000(b *testing.B) {
	if !inNamespace(b, anyGroup, true) {
		return
	}
	ask := Guard(NewPing(0), slog.Default())
	var addresses []string
	for i := range 1000 {
		addresses = append(addresses, fmt.Sprintf("127.1.%d.%d", 1+i/250, 1+i%250))
	}
	began := cpu(syscall.RUSAGE_SELF)
	for range b.N {
		var wg sync.WaitGroup
		work := make(chan string)
		for range 50 {
			wg.Go(func() {
				for a := range work {
					if r := ask(within(b, 5*time.Second), pingTarget(a, &appliance.PingSettings{Count: 1}), nil); r.Failure != nil {
						b.Errorf("%s: %+v", a, r.Failure)
					}
				}
			})
		}
		for _, a := range addresses {
			work <- a
		}
		close(work)
		wg.Wait()
	}
	own := (cpu(syscall.RUSAGE_SELF) - began) / time.Duration(b.N)
	b.ReportMetric(own.Seconds()*1000, "cpu-ms/1000echoes")

	list := filepath.Join(b.TempDir(), "targets")
	if err := os.WriteFile(list, []byte(strings.Join(addresses, "\n")+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	began = cpu(syscall.RUSAGE_CHILDREN)
	if out, err := exec.Command(peer.Need(b, "fping"), "-q", "-C", "1", "-i", "1", "-f", list).CombinedOutput(); err != nil {
		b.Fatalf("fping: %v %s", err, out)
	}
	theirs := cpu(syscall.RUSAGE_CHILDREN) - began
	b.ReportMetric(theirs.Seconds()*1000, "fping-ms/1000echoes")
	b.ReportMetric(own.Seconds()/theirs.Seconds(), "x-fping")
}

func cpu(who int) time.Duration {
	var ru syscall.Rusage
	_ = syscall.Getrusage(who, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
