package daemon_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
)

// TestRealNeighbours reads who is plugged in where from Debian's lldpd through Debian's snmpd: a switch (a bridge) with a server at its
// port p2, each in a network of its own. The server's way is proposed, and the page of the switch says who is behind the port.
func TestRealNeighbours(t *testing.T) {
	lldpd, snmpd, nsenter := peer.Need(t, "lldpd"), peer.Need(t, "snmpd"), peer.Need(t, "nsenter")
	peer.NeedRoot(t, "start lldpd")
	if os.Getenv(discoverMarker) == "" {
		inOwnNetwork(t)
		return
	}
	sw, server := hold(t), hold(t)
	ip(t, fmt.Sprintf("link set lo up\nlink add m0 type veth peer name p1 netns %d\naddr add 10.98.0.1/24 dev m0\nlink set m0 up", sw.tid))
	sw.do(t, func() {
		ip(t, fmt.Sprintf("link add p2 type veth peer name eth0 netns %d\nlink add br0 type bridge\nlink set p1 master br0 up\nlink set p2 master br0 up\naddr add 10.98.0.2/24 dev br0\nlink set br0 up", server.tid))
	})
	server.do(t, func() { ip(t, "addr add 10.98.0.3/24 dev eth0\nlink set eth0 up") })
	for name, in := range map[string]struct {
		*held
		address string
	}{"sw-keller": {sw, "10.98.0.2"}, "srv-keller": {server, "10.98.0.3"}} {
		dir, err := os.MkdirTemp("", "siteward-lldpd-") // that of the test may be entered by nobody else, and lldpcli runs as somebody else
		must(t, err)
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		must(t, os.Chmod(dir, 0o755)) //nolint:gosec // see above
		agentx := filepath.Join(dir, "agentx")
		inside := func(program string, args ...string) {
			peer.Start(t, nsenter, append([]string{fmt.Sprintf("--net=/proc/%d/task/%d/ns/net", os.Getpid(), in.tid), program}, args...)...)
		}
		must(t, os.WriteFile(filepath.Join(dir, "snmpd.conf"), []byte("agentaddress udp:"+in.address+":161\nrocommunity public\nsysName "+name+"\nmaster agentx\nagentXSocket "+agentx+"\n"), 0o600))
		must(t, os.WriteFile(filepath.Join(dir, "lldpd.conf"), []byte("configure system hostname "+name+"\nconfigure lldp tx-interval 1\n"), 0o644)) //nolint:gosec // as above
		inside(snmpd, "-f", "-Lf", "/dev/null", "-C", "-c", filepath.Join(dir, "snmpd.conf"), "-p", filepath.Join(dir, "pid"), "-I", "-smux")
		peer.Until(t, time.Minute, "snmpd's socket for subagents", func() bool { _, err := os.Stat(agentx); return err == nil })
		inside(lldpd, "-d", "-x", "-X", agentx, "-u", filepath.Join(dir, "lldpd.sock"), "-O", filepath.Join(dir, "lldpd.conf"))
	}
	s := settled(t)
	add := func(name, address string, kind appliance.Kind) appliance.ID {
		c := config.NewCheck(appliance.ProbeSNMP)
		c.SNMP = &appliance.SNMPSettings{Credential: s.community()}
		dev := appliance.Device{Name: name, Kind: kind, Address: address}
		must(t, s.AddDevice(t.Context(), byTest, &dev, []appliance.Check{c}))
		v, err := s.Device(t.Context(), dev.ID)
		must(t, err)
		if r := s.ask(v.Checks[0].ID, 1); r.Failure != nil {
			t.Fatalf("%s does not answer: %+v", name, r.Failure)
		}
		return dev.ID
	}
	bridge, host := add("sw-keller", "10.98.0.2", appliance.KindSwitch), add("srv-keller", "10.98.0.3", appliance.KindServer)
	var link appliance.Link
	peer.Until(t, time.Minute, "lldpd has heard of the neighbour", func() bool {
		must(t, daemon.LookAgain(s.Daemon, t.Context()))
		top, err := s.Topology(t.Context())
		must(t, err)
		for _, l := range top.Links {
			if l.Device == host && l.Parent == bridge {
				link = l
			}
		}
		return link.By == "lldp"
	})
	if link.PortThere != "p2" || link.Port != "eth0" {
		t.Errorf("the cable is %+v, want eth0 at p2", link)
	}
	all, err := s.Proposals(t.Context())
	must(t, err)
	for _, p := range all {
		if p.Kind == appliance.ProposeWay && p.Target == host {
			_, err := s.AcceptProposal(t.Context(), byTest, p.ID, appliance.AcceptProposal{})
			must(t, err)
		}
	}
	v, err := s.Device(t.Context(), host)
	must(t, err)
	if len(v.Parents) != 1 || v.Parents[0] != bridge {
		t.Errorf("the server is reached through %v, want %s; proposals %+v", v.Parents, bridge, all)
	}
	s.signIn(appliance.RoleTechnician)
	_, page := s.page("/devices/" + bridge.String())
	_, table, _ := strings.Cut(page, `id="ports"`)
	_, row, _ := strings.Cut(table, "p2<")
	if row, _, _ = strings.Cut(row, "</tr>"); !strings.Contains(row, "srv-keller") {
		t.Errorf("the page of the switch does not say who is behind p2: %s", row)
	}
}
