package daemon

import (
	"net/http/httptest"
	"testing"
)

func TestForwardedFor(t *testing.T) {
	for _, c := range []struct {
		name, peer string
		header     []string
		want       string
	}{
		{"no proxy", "192.0.2.7:1234", nil, "192.0.2.7"},
		{"a proxy on this machine", "127.0.0.1:1234", []string{"192.0.2.7"}, "192.0.2.7"},
		{"what the client invents comes first", "127.0.0.1:1234", []string{"10.0.0.1, 192.0.2.7"}, "192.0.2.7"},
		{"or in a line of its own", "127.0.0.1:1234", []string{"10.0.0.1", "192.0.2.7"}, "192.0.2.7"},
		{"a proxy in this network, over IPv6", "[fd00::2]:1234", []string{"2001:db8::7"}, "2001:db8::7"},
		{"an IPv4 address in IPv6", "[::1]:1234", []string{"::ffff:192.0.2.7"}, "192.0.2.7"},
		{"somebody far away who claims to be a proxy", "198.51.100.9:1234", []string{"192.0.2.7"}, "198.51.100.9"},
		{"nonsense", "127.0.0.1:1234", []string{"unknown"}, "127.0.0.1"},
		{"nothing", "127.0.0.1:1234", []string{""}, "127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.peer
			r.Header["X-Forwarded-For"] = c.header
			if got := forwardedFor(r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("127.0.0.1:1", "192.0.2.7, 10.0.0.1")
	f.Add("[::1]:1", "fe80::1%eth0")
	f.Add("@", ",,,")
	f.Fuzz(func(t *testing.T, peer, header string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", header)
		forwardedFor(r)
	})
}
