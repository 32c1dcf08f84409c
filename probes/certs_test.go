package probes

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// authority issues the certificates of the tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	a := &authority{pool: x509.NewCertPool()}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		tb.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(5, 0, 0), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &a.key.PublicKey, a.key)
	if err != nil {
		tb.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		tb.Fatal(err)
	}
	a.pool.AddCert(a.cert)
	return a
}

// issue makes a certificate that ends after left (before now when negative), for host names or addresses.
func (a *authority) issue(tb testing.TB, left time.Duration, hosts ...string) tls.Certificate {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	end := time.Now().Add(left)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: hosts[0]}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		tb.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

const day = 24 * time.Hour

// certificateCases are the same for tcp and http: what is shown, and what the probe must say of it.
var certificateCases = []struct {
	name    string
	left    time.Duration
	hosts   []string
	trusted bool
	skip    bool
	detail  string // part of the failure, "" for none
	days    float64
}{
	{name: "good", left: 30*day + time.Hour, hosts: []string{"127.0.0.1"}, trusted: true, days: 30},
	{name: "expired", left: -3 * day, hosts: []string{"127.0.0.1"}, trusted: true, detail: "expired on", days: -3},
	{name: "not yet good", left: 400 * day, hosts: []string{"127.0.0.1"}, trusted: true, detail: "good only from", days: 400},
	{name: "for another name", left: 30 * day, hosts: []string{"nas.example", "192.0.2.4"}, trusted: true, detail: "for nas.example, 192.0.2.4 and not for 127.0.0.1", days: 30},
	{name: "unknown authority", left: 30 * day, hosts: []string{"127.0.0.1"}, detail: `"CN=Test authority", which the appliance does not trust`, days: 30},
	{name: "anything accepted", left: -3 * day, hosts: []string{"nas.example"}, skip: true, days: -3},
}
