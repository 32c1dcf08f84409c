package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/ingest"
	"siteward/central/store/badger"
	"siteward/central/store/postgres"
)

const workers = 32

// fleet speaks for many sites.
type fleet struct {
	address string
	token   string
	client  *http.Client
	sites   []*site
}

type site struct {
	mu  sync.Mutex
	id  central.SiteID
	key ed25519.PrivateKey
	seq uint64
}

// newFleet adds sites to an empty store, each with a key.
func newFleet(ctx context.Context, dir, database string, n int) (*fleet, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &fleet{address: l.Addr().String(), client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: workers + 2}}}
	if err := l.Close(); err != nil {
		return nil, err
	}
	var s central.Store
	if database == "" {
		s, err = badger.Open(dir, badger.Options{NoSync: true})
	} else {
		s, err = postgres.Open(ctx, database, postgres.Options{})
	}
	if err != nil {
		return nil, err
	}
	g, adding := errgroup.WithContext(ctx)
	g.SetLimit(16)
	f.sites = make([]*site, n)
	for i := range n {
		g.Go(func() error {
			public, private, err := ed25519.GenerateKey(nil)
			if err != nil {
				return err
			}
			v := central.Site{ID: central.NewSiteID(), Name: fmt.Sprintf("Praxis Nummer %05d", i), Group: appliance.ID(i%200 + 1), Added: time.Now(),
				Keys: []central.SiteKey{{Public: public, From: time.Now()}}}
			f.sites[i] = &site{id: v.ID, key: private}
			return s.PutSite(adding, &v)
		})
	}
	secret, id := central.NewToken()
	f.token = secret
	return f, errors.Join(g.Wait(), central.Tokens.Put(ctx, s, id, central.Token{ID: id, Name: "load"}, 0), s.Close())
}

// ready waits until central answers.
func (f *fleet) ready(ctx context.Context) error {
	for range 600 {
		res, err := f.client.Get("http://" + f.address + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("central does not answer")
}

// round lets each site report once.
func (f *fleet) round(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for i, s := range f.sites {
		g.Go(func() error { return f.send(ctx, s, func() []message.Event { return []message.Event{s.summary(i)} }) })
	}
	return g.Wait()
}

// flood sends reports and events in turn for a while, as fast as central takes them.
func (f *fleet) flood(ctx context.Context, took time.Duration) (n int64, lapse time.Duration, err error) {
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	var next, sent atomic.Int64
	for range workers {
		g.Go(func() error {
			for time.Since(began) < took {
				i := int(next.Add(1))
				s := f.sites[i%len(f.sites)]
				if err := f.send(ctx, s, func() []message.Event {
					if i/len(f.sites)%2 == 1 {
						return s.changed(i)
					}
					return []message.Event{s.summary(i)}
				}); err != nil {
					return err
				}
				sent.Add(1)
			}
			return nil
		})
	}
	err = g.Wait()
	return sent.Load(), time.Since(began), err
}

// pages asks for the list of the fleet, while sites report at the pace of every day.
func (f *fleet) pages(ctx context.Context, n int) (times []time.Duration, err error) {
	reporting, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		tick := time.NewTicker(time.Duration(float64(time.Hour) / requestsPerHour / float64(len(f.sites))))
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-reporting.Done():
				return
			case <-tick.C:
				s := f.sites[i%len(f.sites)]
				_ = f.send(reporting, s, func() []message.Event { return []message.Event{s.summary(i)} })
			}
		}
	})
	for i := range n {
		began := time.Now()
		if err := f.page(ctx, fmt.Sprintf("/api/v1/sites?limit=100&offset=%d", i%10*100)); err != nil {
			return nil, err
		}
		times = append(times, time.Since(began))
	}
	return times, nil
}

func (f *fleet) page(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.address+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	return nil
}

// send sends the next events of a site, which are made when it is its turn.
func (f *fleet) send(ctx context.Context, s *site, what func() []message.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := what()
	body, err := message.Encode(events, message.Gzip)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+f.address+ingest.Path+string(s.id), bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", message.ContentType)
	req.Header.Set("Content-Encoding", message.Gzip)
	message.Sign(req.Header, s.key, events[0].ID, time.Now(), body)
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", s.id, res.Status, said)
	}
	return err
}

// check says whether everything that was acknowledged is there.
func (f *fleet) check(ctx context.Context) error {
	return f.page(ctx, "/api/v1/sites/"+string(f.sites[0].id)+"/report")
}
