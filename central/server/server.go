package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance/channel"
	"siteward/central"
	"siteward/central/ingest"
	"siteward/central/silence"
	"siteward/central/tell"
	"siteward/internal/httpserver"
	"siteward/systemd"
)

// Config is what a central is made of.
type Config struct {
	Store    central.Store
	Log      *slog.Logger
	Now      func() time.Time
	Listen   string
	Listener net.Listener // instead of Listen, for tests
	// Certificate and Key serve TLS; without them a proxy in front has to.
	Certificate, Key string
	Relay            channel.Relay // for mails; none when its host is empty
	Say              tell.Say      // what is told in a language; English when nil
	Keep             time.Duration // events are removed after this; 0: 400 days
	// Rooms are what stands behind the same address beside ingest: patterns of http.ServeMux.
	Rooms map[string]http.Handler
	// Offers gives what a site may fetch; may be nil.
	Offers func(ctx context.Context, row central.Row) []json.RawMessage
	// Ready is told the address once it is served.
	Ready func(address string)
	// PerSecond and Burst bound the requests of one site; 0: the defaults of ingest.
	PerSecond float64
	Burst     int
}

const (
	keepEvents = 400 * 24 * time.Hour
	pruneEvery = time.Hour
	pruneTerm  = 2 * time.Hour
)

// Run serves until ctx ends.
func Run(ctx context.Context, c Config) error {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Keep <= 0 {
		c.Keep = keepEvents
	}
	l, err := httpserver.Listen(c.Listener, c.Listen, c.Certificate, c.Key)
	if err != nil {
		return err
	}
	teller := tell.New(c.Store, c.Log, c.Now, c.Relay, c.Say)
	h, err := handler(ctx, c, teller)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return silence.New(c.Store, c.Log, c.Now).Run(ctx) })
	g.Go(func() error { return teller.Run(ctx) })
	g.Go(func() error { return prune(ctx, c) })
	g.Go(func() error { return systemd.Watch(ctx, c.Log, c.Store.Healthy) })
	g.Go(func() error { return httpserver.Serve(ctx, c.Log, l, h, bounds) })
	c.Log.Info("central runs", "address", l.Addr().String())
	systemd.Ready(c.Log)
	if c.Ready != nil {
		c.Ready(l.Addr().String())
	}
	<-ctx.Done()
	systemd.Stopping(c.Log)
	return g.Wait()
}

// Handler is everything behind the address of a central, without what runs beside it.
func handler(ctx context.Context, c Config, teller *tell.Teller) (http.Handler, error) {
	cosign, _, err := ingest.Cosigner(ctx, c.Store)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(ingest.Path, ingest.New(ingest.Config{Store: c.Store, Log: c.Log, Now: c.Now, Offers: c.Offers, Wanted: teller.Wanted, Cosign: cosign,
		PerSecond: c.PerSecond, Burst: c.Burst}))
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := c.Store.Healthy(ctx); err != nil {
			c.Log.Error("the store does not answer", "err", err)
			http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	for pattern, room := range c.Rooms {
		mux.Handle(pattern, room)
	}
	return mux, nil
}

// bounds of the server: a batch that is open may end.
var bounds = httpserver.Bounds{Request: 90 * time.Second, Header: 32 << 10, Stop: 10 * time.Second}

// prune removes what is old, in one process at a time.
func prune(ctx context.Context, c Config) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	name := central.NewNotice("", c.Now(), "").ID
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := c.Now()
		mine, err := central.Hold(ctx, c.Store, "prune", name, now, pruneTerm)
		if err == nil && mine {
			_, err = c.Store.Prune(ctx, now.Add(-c.Keep), now)
		}
		if err != nil && ctx.Err() == nil {
			c.Log.Error("what is old could not be removed", "err", err)
		}
	}
}
