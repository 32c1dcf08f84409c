package certfile

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siteward/internal/peer"
)

func TestARenewedCertificateNeedsNoRestart(t *testing.T) {
	dir := t.TempDir()
	file, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := Open(file, key); err == nil {
		t.Error("it starts without a certificate")
	}
	peer.Certificate(t, file, key, 1)
	c, err := Open(file, key)
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		t.Helper()
		c.looked = time.Time{}
		got, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(got.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Errorf("serial %d", n)
	}
	peer.Certificate(t, file, key, 2)
	if n := serial(); n != 2 {
		t.Errorf("serial %d after the renewal", n)
	}
	if err := os.WriteFile(file, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := serial(); n != 2 {
		t.Errorf("half a renewal: serial %d", n)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tl := c.Listener(l)
	defer tl.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := tl.Accept(); err == nil {
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	}()
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // its serial number is looked at
	if err != nil {
		t.Fatal(err)
	}
	if n := conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(); n != 2 {
		t.Errorf("served serial %d", n)
	}
	_ = conn.Close()
	<-done
}
