package probes

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
)

// certificates remembers what a TLS peer showed, whether it was trusted or not. Go's own verification would end the
// handshake before the certificate could be read, so it is switched off and done here.
type certificates struct {
	roots *x509.CertPool // nil = the system's
	skip  bool           // accept any
	now   time.Time
	log   *Log

	mu      sync.Mutex
	leaf    *x509.Certificate // the one that expires first, where several connections were made
	version uint16
}

// config is the TLS setup for one server name.
func (c *certificates) config(host string) *tls.Config {
	return &tls.Config{
		ServerName:         host,
		MinVersion:         tls.VersionTLS10, // old devices: to see them is our work, what they speak is told in the log
		InsecureSkipVerify: true,             //nolint:gosec // verified in VerifyConnection
		VerifyConnection:   func(s tls.ConnectionState) error { return c.look(s, host) },
	}
}

func (c *certificates) look(s tls.ConnectionState, host string) error {
	if len(s.PeerCertificates) == 0 {
		return failf(appliance.ReasonCertificate, "the device showed no certificate")
	}
	leaf := s.PeerCertificates[0]
	c.mu.Lock()
	if c.leaf == nil || leaf.NotAfter.Before(c.leaf.NotAfter) {
		c.leaf, c.version = leaf, s.Version
	}
	c.mu.Unlock()
	c.log.Printf("%s, certificate of %s from %s, good until %s", tls.VersionName(s.Version), name(leaf.Subject.CommonName, leaf.DNSNames), leaf.Issuer.CommonName, leaf.NotAfter.UTC().Format(time.DateOnly))
	err := c.verify(s.PeerCertificates, host)
	if err == nil || c.skip {
		if err != nil {
			c.log.Printf("accepted all the same, as the check says: %v", err)
		}
		return nil
	}
	c.log.Printf("%v", err)
	return err
}

func (c *certificates) verify(chain []*x509.Certificate, host string) error {
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: c.roots, Intermediates: between, CurrentTime: c.now})
	if err == nil {
		return nil
	}
	return failf(appliance.ReasonCertificate, "%s", c.why(err, chain[0], host))
}

func (c *certificates) why(err error, leaf *x509.Certificate, host string) string {
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("the certificate is for %s and not for %s", names(leaf), host)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		bad := invalid.Cert
		if c.now.Before(bad.NotBefore) {
			return fmt.Sprintf("the certificate of %s is good only from %s on; is the appliance's clock right?", name(bad.Subject.CommonName, bad.DNSNames), bad.NotBefore.UTC().Format(time.DateOnly))
		}
		return fmt.Sprintf("the certificate of %s expired on %s", name(bad.Subject.CommonName, bad.DNSNames), bad.NotAfter.UTC().Format(time.DateOnly))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return fmt.Sprintf("the certificate was issued by %q, which the appliance does not trust", clean(leaf.Issuer.String(), 150))
	}
	return "the certificate cannot be verified: " + err.Error()
}

// Values are the days left, negative when expired; none when no certificate was seen.
func (c *certificates) values() []appliance.Value {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaf == nil {
		return nil
	}
	return []appliance.Value{{Metric: "certificate.days", Unit: "d", Number: c.leaf.NotAfter.Sub(c.now).Hours() / 24}}
}

func (c *certificates) texts() []appliance.Text {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaf == nil {
		return nil
	}
	return []appliance.Text{
		text("certificate.subject", name(c.leaf.Subject.CommonName, c.leaf.DNSNames)),
		text("certificate.issuer", c.leaf.Issuer.String()),
		text("certificate.names", names(c.leaf)),
		text("certificate.until", c.leaf.NotAfter.UTC().Format(time.RFC3339)),
		text("tls.version", tls.VersionName(c.version)),
	}
}

func text(name, value string) appliance.Text {
	return appliance.Text{Name: name, Value: clean(value, maxLogText)}
}

func name(common string, dns []string) string {
	if common != "" || len(dns) == 0 {
		return common
	}
	return dns[0]
}

// names are what the certificate is good for, ten at most.
func names(cert *x509.Certificate) string {
	list := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		list = append(list, ip.String())
	}
	if len(list) == 0 {
		return "no name at all"
	}
	if len(list) > 10 {
		list = append(list[:10], fmt.Sprintf("%d more", len(list)-10))
	}
	return strings.Join(list, ", ")
}
