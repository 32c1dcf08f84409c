package uplink_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/internal/peer"
)

// squid runs a proxy that lets only those through who know the password, when there is one.
func squid(t *testing.T, password bool) (address, log string) {
	t.Helper()
	program, dir, address := peer.Need(t, "squid"), t.TempDir(), peer.FreeTCP(t)
	log = filepath.Join(dir, "access.log")
	who := "http_access allow all\n"
	if password { // siteward: kastanie
		users := filepath.Join(dir, "users")
		if err := os.WriteFile(users, []byte("siteward:$apr1$siteward$uYZ3qwewDdIIeilHm6E3e/\n"), 0o644); err != nil { //nolint:gosec // squid's helper runs as a user of its own
			t.Fatal(err)
		}
		who = "auth_param basic program /usr/lib/squid/basic_ncsa_auth " + users + "\nacl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"
	}
	conf := fmt.Sprintf("http_port %s\n%saccess_log stdio:%s\ncache_log %s\npid_filename none\ncache deny all\ncoredump_dir %s\nshutdown_lifetime 1 second\nmax_filedescriptors 1024\n", address, who, log, filepath.Join(dir, "cache.log"), dir)
	path := filepath.Join(dir, "squid.conf")
	if err := os.WriteFile(path, []byte(conf), 0o644); err != nil { //nolint:gosec // the same
		t.Fatal(err)
	}
	for ; dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) { // for squid's own user
		if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // a folder of the test
			t.Fatal(err)
		}
	}
	peer.Start(t, program, "-N", "-f", path)
	peer.Until(t, time.Minute, "squid listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return address, log
}

// TestThroughAProxy: reports go through squid, with and without a password, and a wrong password is a failure that says so.
func TestThroughAProxy(t *testing.T) {
	for name, password := range map[string]bool{"open": false, "with a password": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			central := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.in.ServeHTTP(rw, r) }))
			defer central.Close()
			address, log := squid(t, password)
			proxy := &url.URL{Scheme: "http", Host: address}
			if password {
				proxy.User = url.UserPassword("siteward", "wrong")
			}
			transport := central.Client().Transport.(*http.Transport).Clone()
			transport.Proxy = http.ProxyURL(proxy)
			defer transport.CloseIdleConnections()
			w.send.HTTP = &http.Client{Transport: transport, Timeout: time.Minute}
			target, _ := w.send.Target() //nolint:errcheck // it never fails
			target.URL = central.URL
			w.send.Target = targetOf(target)
			for i := range 50 {
				w.add(i+1, w.clock.Now())
			}
			if password {
				if _, failed := w.send.Deliver(t.Context()); !failed || w.mem.st.Code != "unreachable" || !strings.Contains(w.mem.st.Why, "Proxy Authentication Required") {
					t.Errorf("a wrong password: %q %q", w.mem.st.Code, w.mem.st.Why)
				}
				proxy.User = url.UserPassword("siteward", "kastanie")
			}
			w.all()
			if ids := w.arrived(); len(ids) != 50 {
				t.Errorf("%d of 50 arrived", len(ids))
			}
			for _, v := range w.mem.sent {
				if strings.Contains(strings.Join(v.Headers, "\n"), "kastanie") || strings.Contains(v.Why, "kastanie") {
					t.Error("the proxy's password stands in what was sent")
				}
			}
			transport.CloseIdleConnections() // squid notes a tunnel when it ends
			peer.Until(t, time.Minute, "the proxy has noted a tunnel", func() bool {
				b, err := os.ReadFile(log)
				return err == nil && strings.Contains(string(b), "CONNECT")
			})
			t.Logf("50 events in %d deliveries through squid", len(w.mem.sent))
		})
	}
}
