package snmp

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// relay stands between reader and agent and decides about each request.
type relay struct {
	port int
	pass func(request []byte) bool
	// answer, when set, decides what goes back to the reader: nothing, one or several datagrams.
	answer func(reply []byte) [][]byte
}

// mustRelay passes requests on for which pass says so. A nil answer lets answers through.
func mustRelay(tb testing.TB, to netip.AddrPort, pass func([]byte) bool, answer func([]byte) [][]byte) *relay {
	tb.Helper()
	in, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		tb.Fatal(err)
	}
	out, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		tb.Fatal(err)
	}
	r := &relay{port: in.LocalAddr().(*net.UDPAddr).Port, pass: pass, answer: answer}
	var mu sync.Mutex
	var from netip.AddrPort
	var wg sync.WaitGroup
	wg.Go(func() {
		b := make([]byte, 1<<16)
		for {
			n, a, err := in.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			mu.Lock()
			from = a
			mu.Unlock()
			if r.pass(b[:n]) {
				_, _ = out.Write(b[:n])
			}
		}
	})
	wg.Go(func() {
		b := make([]byte, 1<<16)
		for {
			n, err := out.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			a := from
			mu.Unlock()
			replies := [][]byte{b[:n]}
			if r.answer != nil {
				replies = r.answer(b[:n])
			}
			for _, reply := range replies {
				_, _ = in.WriteToUDPAddrPort(reply, a)
			}
		}
	})
	tb.Cleanup(func() { in.Close(); out.Close(); wg.Wait() })
	return r
}

// mustSwitchboard passes datagrams between many askers and one agent, with a line of its own for each request.
func mustSwitchboard(tb testing.TB, to netip.AddrPort, begin func() bool, end func()) (port int) {
	tb.Helper()
	in, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	answer := func(request []byte, from netip.AddrPort) {
		out, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
		if err != nil {
			return
		}
		defer out.Close()
		_, _ = out.Write(request)
		_ = out.SetReadDeadline(time.Now().Add(time.Second))
		b := make([]byte, 1<<16)
		n, err := out.Read(b)
		end()
		if err == nil {
			_, _ = in.WriteToUDPAddrPort(b[:n], from)
		}
	}
	wg.Go(func() {
		b := make([]byte, 1<<16)
		for {
			n, from, err := in.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			if begin() {
				request := append([]byte(nil), b[:n]...)
				wg.Go(func() { answer(request, from) })
			}
		}
	})
	tb.Cleanup(func() { in.Close(); wg.Wait() })
	return in.LocalAddr().(*net.UDPAddr).Port
}
