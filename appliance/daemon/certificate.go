package daemon

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// certificate is the pages' own, read again when its file changes, so that a renewed one needs no restart.
type certificate struct {
	file, key string
	mu        sync.Mutex
	changed   time.Time
	looked    time.Time
	loaded    *tls.Certificate
}

func newCertificate(file, key string) (*certificate, error) {
	c := &certificate{file: file, key: key}
	if _, err := c.get(nil); err != nil {
		return nil, fmt.Errorf("the certificate of the pages: %w", err)
	}
	return c, nil
}

func (c *certificate) listener(l net.Listener) net.Listener {
	config := c.config()
	config.NextProtos = []string{"h2", "http/1.1"}
	return tls.NewListener(l, config)
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// lookEvery is how often the file is looked at.
const lookEvery = time.Minute

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
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
func (c *certificate) keep(err error) (*tls.Certificate, error) {
	if c.loaded == nil {
		return nil, err
	}
	return c.loaded, nil
}
