package probes

import (
	"context"

	"golang.org/x/net/icmp"

	"siteward/appliance"
)

// Mode is how the appliance may send ICMP echoes.
type Mode string

// The modes. Datagram needs no right but a group within net.ipv4.ping_group_range (it rules IPv6 too); raw sockets
// need CAP_NET_RAW and cost the kernel more the more there are.
const (
	ModeDatagram Mode = "datagram"
	ModeRaw      Mode = "raw"
	ModeNone     Mode = "off"
)

var (
	pingDatagram = appliance.Message{Key: "probes.ping.datagram", English: "Ping works without special rights (datagram ICMP sockets)."}
	pingRaw      = appliance.Message{Key: "probes.ping.raw",
		English: "Ping works with raw sockets (CAP_NET_RAW). Datagram sockets need less: sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"."}
	pingForbidden = appliance.Message{Key: "probes.ping.off",
		English: "Ping is not allowed to the appliance. Let its group in with sysctl -w net.ipv4.ping_group_range=\"0 2147483647\" (the package's file in sysctl.d does), or give it the capability CAP_NET_RAW."}
)

// PingMode tries which ICMP sockets the system gives us and says it in a sentence for the status page. It sends
// nothing. The ping probe itself tries anew in each run, so a changed setting works at once.
func PingMode(ctx context.Context) (Mode, appliance.Message) {
	for _, m := range []struct {
		mode     Mode
		networks []string
		message  appliance.Message
	}{
		{ModeDatagram, []string{"udp4", "udp6"}, pingDatagram},
		{ModeRaw, []string{"ip4:icmp", "ip6:ipv6-icmp"}, pingRaw},
	} {
		for _, network := range m.networks {
			if ctx.Err() == nil && canListen(network) {
				return m.mode, m.message
			}
		}
	}
	return ModeNone, pingForbidden
}

func canListen(network string) bool {
	conn, err := icmp.ListenPacket(network, "")
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
