package daemon

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// addressOf says where requests come from. nil leaves it at the peer's address.
func (d *Daemon) addressOf() func(*http.Request) string {
	if !d.BehindProxy {
		return nil
	}
	return forwardedFor
}

// forwardedFor is the address that the proxy before us saw: the last element of X-Forwarded-For, for all others may be the
// client's invention. It is believed only when the proxy stands on this machine or in a private network.
func forwardedFor(r *http.Request) string {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		peer = r.RemoteAddr
	}
	lines := r.Header.Values("X-Forwarded-For")
	if len(lines) == 0 || !near(peer) {
		return peer
	}
	list := strings.Split(lines[len(lines)-1], ",")
	seen, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(list[len(list)-1]), "[]"))
	if err != nil {
		return peer
	}
	return seen.Unmap().WithZone("").String()
}

func near(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}
