// Package httpserver listens and serves within bounds: what an appliance and a central system have in common.
package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"siteward/internal/certfile"
)

// Bounds of a server. IdleTimeout of connections and the time for headers are the same everywhere.
type Bounds struct {
	Request time.Duration // for reading a request, and for writing an answer
	Header  int           // bytes
	Stop    time.Duration // how long open requests may go on after the end was asked for
	Streams bool          // some answers never end: their contexts end with the server's
}

// Listen opens the address, unless given is open already, and puts TLS around it when there is a certificate.
func Listen(given net.Listener, address, certificate, key string) (net.Listener, error) {
	l := given
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", address); err != nil {
			return nil, fmt.Errorf("listen on %s: %w; another program may have the port, choose one with --listen", address, err)
		}
	}
	if certificate == "" {
		return l, nil
	}
	c, err := certfile.Open(certificate, key)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return c.Listener(l), nil
}

// Serve answers requests until ctx ends, and lets those that are open end.
func Serve(ctx context.Context, log *slog.Logger, l net.Listener, h http.Handler, b Bounds) error {
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: b.Request, WriteTimeout: b.Request,
		IdleTimeout: 120 * time.Second, MaxHeaderBytes: b.Header, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return base },
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if b.Streams {
		cancel()
	}
	stop, release := context.WithTimeout(context.WithoutCancel(ctx), b.Stop)
	defer release()
	if err := srv.Shutdown(stop); err != nil {
		_ = srv.Close()
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
