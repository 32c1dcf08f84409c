// Package certfile serves TLS with a certificate from a file, which is read again when it changes.
package certfile

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// Certificate is one that needs no restart when it is renewed.
type Certificate struct {
	file, key string
	mu        sync.Mutex
	changed   time.Time
	looked    time.Time
	loaded    *tls.Certificate
}

// Open reads a certificate and its key.
func Open(file, key string) (*Certificate, error) {
	c := &Certificate{file: file, key: key}
	if _, err := c.get(nil); err != nil {
		return nil, fmt.Errorf("the certificate of the pages: %w", err)
	}
	return c, nil
}

// Listener puts TLS around a listener.
func (c *Certificate) Listener(l net.Listener) net.Listener {
	config := c.Config()
	config.NextProtos = []string{"h2", "http/1.1"}
	return tls.NewListener(l, config)
}

// Config is for those who begin TLS later.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// lookEvery is how often the file is looked at.
const lookEvery = time.Minute

func (c *Certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded != nil && time.Since(c.looked) < lookEvery {
		return c.loaded, nil
	}
	c.looked = time.Now()
	st, err := os.Stat(c.file)
	if err != nil {
		return c.keep(err)
	}
	if c.loaded != nil && st.ModTime().Equal(c.changed) {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.file, c.key)
	if err != nil {
		return c.keep(err)
	}
	c.loaded, c.changed = &pair, st.ModTime()
	return c.loaded, nil
}

// keep goes on with the certificate there was: half a renewal must not take the pages down.
func (c *Certificate) keep(err error) (*tls.Certificate, error) {
	if c.loaded == nil {
		return nil, err
	}
	return c.loaded, nil
}
