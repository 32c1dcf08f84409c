package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
)

// A search is tested in a network of its own: a bridge, and 60 hosts behind it that each have a network card and an address. 36 answer
// pings, 24 only with their hardware address, 12 of all answer SNMP.
const discoverMarker = "SITEWARD_TEST_DISCOVER"

const (
	pinged = 36
	mute   = 24
)

func TestDiscoveryFindsEverybodyOnce(t *testing.T) {
	peer.Need(t, "ip")
	if os.Getenv(discoverMarker) == "" {
		inOwnNetwork(t)
		return
	}
	network(t)
	s := start(t, func(o *daemon.Options) { o.Workers = 2 })
	ctx := t.Context()
	must(t, s.SaveCredential(ctx, byTest, &appliance.Credential{Name: "readers", SNMPVersion: "2c", Community: appliance.Secret{Value: "reader"}}))

	began := time.Now()
	run := s.search(100, "10.99.0.0/24")
	t.Logf("%d addresses, %d packets, %d answers in %s: %d devices, %d new", run.Addresses, run.Packets, run.Answers, time.Since(began).Round(time.Second), run.Found, run.New)
	if rate := float64(run.Packets) / time.Since(began).Seconds(); rate > 105 {
		t.Errorf("%.0f packets a second, at most 100 were allowed", rate)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	if run.Addresses != 253 || run.Stopped != "" || len(run.Notes) != 0 {
		t.Errorf("it did %+v", run)
	}
	s.wantProposals()
	s.wantMoved()
}

// wantProposals compares with what there is: 60 addresses, of which two are one router, and two are copies of one machine.
func (s *site) wantProposals() {
	s.t.Helper()
	all, err := s.Proposals(s.t.Context())
	must(s.t, err)
	seen := map[string]int{}
	for _, p := range all {
		if p.Kind == appliance.ProposeDevice {
			seen[p.Device.Address]++
		}
	}
	for i := range pinged + mute {
		a := host(i)
		want := 1
		if i == 1 {
			want = 0 // the second address of the router
		}
		if seen[a] != want {
			s.t.Errorf("%s is proposed %d times, want %d", a, seen[a], want)
		}
	}
	if len(all) != pinged+mute-1 {
		s.t.Errorf("%d proposals, want %d", len(all), pinged+mute-1)
	}
	router := s.proposed(host(0))
	if router.Device.Kind != appliance.KindSwitch || router.Identity.Serial != "SERIAL-ROUTER" || len(router.Checks) != 2 || router.Checks[1].SNMP == nil || router.Checks[1].SNMP.Credential == 0 {
		s.t.Errorf("the router is %+v with %+v", router.Identity, router.Checks)
	}
	if !slices.Contains(router.Marks.Addresses, host(1)) {
		s.t.Errorf("the router does not know its second address: %v", router.Marks.Addresses)
	}
	for _, i := range []int{2, 3} {
		if p := s.proposed(host(i)); len(p.Others) != 1 {
			s.t.Errorf("%s is a copy, and it is not told: %+v", host(i), p.Evidence)
		}
	}
	if p := s.proposed(host(pinged)); len(p.Marks.MACs) != 1 || len(p.Evidence) != 1 || p.Evidence[0].Key != "proposal.why_arp" {
		s.t.Errorf("who answers with his hardware address only is %+v", p.Evidence)
	}
}

func (s *site) proposed(address string) appliance.Proposal {
	s.t.Helper()
	all, err := s.Proposals(s.t.Context())
	must(s.t, err)
	for _, p := range all {
		if p.Kind == appliance.ProposeDevice && p.Device.Address == address {
			return p
		}
	}
	s.t.Errorf("%s is not proposed", address)
	return appliance.Proposal{}
}

// wantMoved accepts a device, lets it change its address, and searches again.
func (s *site) wantMoved() {
	s.t.Helper()
	ctx := s.t.Context()
	p := s.proposed(host(4))
	d, err := s.AcceptProposal(ctx, byTest, p.ID, appliance.AcceptProposal{Name: "wanderer"})
	must(s.t, err)
	must(s.t, s.IgnoreProposal(ctx, byTest, s.proposed(host(5)).ID))
	d.Address = "10.99.0.200" // it was there when the site was set up
	must(s.t, s.SaveDevice(ctx, byTest, &d))
	run := s.search(400, "10.99.0.0/24")
	if run.New != 1 || run.Known != 1 {
		s.t.Errorf("the second search found %d known and proposes %d, want 1 and 1", run.Known, run.New)
	}
	all, err := s.Proposals(ctx)
	must(s.t, err)
	i := slices.IndexFunc(all, func(p appliance.Proposal) bool { return p.Kind == appliance.ProposeMove })
	if i < 0 || all[i].Target != d.ID || all[i].Device.Address != host(4) || all[i].From != "10.99.0.200" {
		s.t.Fatalf("the move is not proposed: %+v", all)
	}
	moved, err := s.AcceptProposal(ctx, byTest, all[i].ID, appliance.AcceptProposal{})
	must(s.t, err)
	if moved.Address != host(4) || moved.ID != d.ID {
		s.t.Errorf("it is at %s", moved.Address)
	}
	if got := s.proposedStatus(host(5)); got != appliance.ProposalIgnored {
		s.t.Errorf("who was ignored is %s", got)
	}
}

func (s *site) proposedStatus(address string) appliance.ProposalStatus {
	return s.proposed(address).Status
}

// search looks through a range and waits for the end.
func (s *site) search(rate int, ranges ...string) appliance.DiscoveryRun {
	s.t.Helper()
	must(s.t, s.Discover(s.t.Context(), byTest, appliance.DiscoveryRequest{Ranges: ranges, Rate: rate}))
	var run appliance.DiscoveryRun
	peer.Until(s.t, 90*time.Second, "the search has ended", func() bool {
		var err error
		run, err = s.LastDiscovery(context.Background())
		return err == nil && !run.Running()
	})
	return run
}

func host(i int) string { return netip.AddrFrom4([4]byte{10, 99, 0, byte(10 + i)}).String() }

// inOwnNetwork runs the test again in a network namespace of its own.
func inOwnNetwork(t *testing.T) {
	t.Helper()
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1")
	cmd.Env = append(os.Environ(), discoverMarker+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	runtime.LockOSThread() // Pdeathsig belongs to the thread
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil && strings.Contains(string(out), "--- SKIP"):
		t.Skipf("%s", out)
	case err == nil:
		t.Logf("%s", out)
	case len(out) == 0 && os.Getenv("CI") != "true":
		t.Skipf("no network namespace to be had: %v", err)
	default:
		t.Errorf("in the namespace: %v\n%s", err, out)
	}
}

// network makes the bridge and the hosts: two further namespaces, each held by a thread, with a card for each host.
func network(t *testing.T) {
	t.Helper()
	must(t, os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("0 2147483647"), 0o644))
	ip(t, "link set lo up\nlink add br0 type bridge\naddr add 10.99.0.1/24 dev br0\nlink set br0 up")
	answering, deaf := hold(t), hold(t)
	var batch strings.Builder
	for i := range pinged + mute {
		tid := answering.tid
		if i >= pinged {
			tid = deaf.tid
		}
		fmt.Fprintf(&batch, "link add p%d type veth peer name h%d netns %d\nlink set p%d master br0 up\n", i, i, tid, i)
	}
	ip(t, batch.String())
	answering.do(t, func() { cards(t, 0, pinged, "0") })
	deaf.do(t, func() { cards(t, pinged, pinged+mute, "1") })
	answering.do(t, func() { agents(t) })
}

// cards sets up the hosts of the namespace that the thread is in.
func cards(t *testing.T, from, to int, ignorePings string) {
	for file, value := range map[string]string{"conf/all/arp_ignore": "1", "conf/all/arp_announce": "2", "conf/all/rp_filter": "0", "conf/default/rp_filter": "0", "icmp_echo_ignore_all": ignorePings} {
		note(t, os.WriteFile("/proc/sys/net/ipv4/"+file, []byte(value), 0o644))
	}
	var batch strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&batch, "addr add %s/24 dev h%d\nlink set h%d up\n", host(i), i, i)
	}
	ip(t, batch.String())
}

// agents answer SNMP at the first twelve hosts: two of them are one router, two are copies of one machine, the others are themselves.
func agents(t *testing.T) {
	for i := range 12 {
		serial, mac := fmt.Sprintf("SERIAL-%d", i), fmt.Sprintf("3c2af40000%02x", i)
		switch i {
		case 0, 1:
			serial, mac = "SERIAL-ROUTER", "3c2af40000a0"
		case 2, 3:
			serial = "SERIAL-COPY"
		}
		text := strings.Join([]string{
			"1.3.6.1.2.1.1.1.0|4|Example Switch 24G", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1.1", "1.3.6.1.2.1.1.3.0|67|36000000", fmt.Sprintf("1.3.6.1.2.1.1.5.0|4|sw-%s", strings.ToLower(serial)),
			"1.3.6.1.2.1.2.1.0|2|1", "1.3.6.1.2.1.2.2.1.1.1|2|1", "1.3.6.1.2.1.2.2.1.2.1|4|port 1", "1.3.6.1.2.1.2.2.1.3.1|2|6", "1.3.6.1.2.1.2.2.1.6.1|4x|" + mac, "1.3.6.1.2.1.2.2.1.7.1|2|1", "1.3.6.1.2.1.2.2.1.8.1|2|1",
			"1.3.6.1.2.1.17.1.1.0|4x|" + mac, "1.3.6.1.2.1.17.1.2.0|2|24",
			"1.3.6.1.2.1.47.1.1.1.1.2.1|4|Example Switch 24G", "1.3.6.1.2.1.47.1.1.1.1.4.1|2|0", "1.3.6.1.2.1.47.1.1.1.1.5.1|2|3", "1.3.6.1.2.1.47.1.1.1.1.7.1|4|chassis", "1.3.6.1.2.1.47.1.1.1.1.11.1|4|" + serial, "1.3.6.1.2.1.47.1.1.1.1.13.1|4|Example 24G",
		}, "\n")
		r, err := agent.Parse(fmt.Sprintf("host-%d", i), bytes.NewReader([]byte(text)))
		note(t, err)
		fleet, err := agent.Listen(agent.Layout{Listen: net.JoinHostPort(host(i), "161"), PerAddress: true, Community: "reader"}, agent.Options{}, r)
		note(t, err)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- fleet.Run(ctx) }()
		t.Cleanup(func() { stop(); <-done })
	}
}

// note reports what went wrong in a thread that is not the test's.
func note(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// held is a thread in a network namespace of its own.
type held struct {
	tid  int
	work chan func()
}

func hold(t *testing.T) *held {
	t.Helper()
	h := &held{work: make(chan func())}
	ready, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with its namespace
		h.tid = unix.Gettid()
		err := unix.Unshare(unix.CLONE_NEWNET)
		ready <- err
		for f := range h.work {
			f()
		}
	}()
	must(t, <-ready)
	t.Cleanup(func() { close(h.work); <-done })
	h.do(t, func() { ip(t, "link set lo up") })
	return h
}

func (h *held) do(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	h.work <- func() { defer close(done); f() }
	<-done
}

// ip runs commands of iproute2 in the namespace of the calling thread.
func ip(t *testing.T, batch string) {
	t.Helper()
	cmd := exec.Command("ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(batch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("ip: %v\n%s", err, out)
	}
}
