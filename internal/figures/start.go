package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	words "siteward/appliance"
	"siteward/appliance/store"
)

// measureStart gives figure 15: from starting the program to its first page, with a store of 1 GB and in turn
// Prometheus with an empty one.
func measureStart(ctx context.Context, e *env) (map[int]outcome, error) {
	data, size, err := e.fill(ctx, choose[int64](e, 1e9, 1e8))
	if err != nil {
		return nil, err
	}
	prometheus, ok := find("prometheus")
	if !ok {
		return nil, fmt.Errorf("prometheus is not installed, and no time of it was recorded")
	}
	var ours, theirs []float64
	for range choose(e, 7, 3) {
		v, err := e.timeToPage(ctx, "/signin", func(listen string) (*process, error) {
			return e.start("siteward", nil, e.siteward, "serve", "--data", data, "--listen", listen, "--log-level", "warn")
		})
		if err != nil {
			return nil, err
		}
		ours = append(ours, v)
		if v, err = e.startOfPrometheus(ctx, prometheus); err != nil {
			return nil, err
		}
		theirs = append(theirs, v)
	}
	a, b := median(ours), median(theirs)
	return map[int]outcome{15: {values: []float64{a / b}, detail: fmt.Sprintf("siteward %.0f ms with %.2f GB, prometheus %.0f ms; medians of %d starts",
		a*1e3, float64(size)/1e9, b*1e3, len(ours))}}, nil
}

func (e *env) startOfPrometheus(ctx context.Context, path string) (float64, error) {
	empty, err := e.folder("prometheus")
	if err != nil {
		return 0, err
	}
	return e.timeToPage(ctx, "/-/ready", func(listen string) (*process, error) {
		return e.start("prometheus", nil, path, "--config.file=/dev/null", "--storage.tsdb.path="+empty, "--web.listen-address="+listen)
	})
}

// timeToPage is the time from the start of a program to its first answer with 200, in seconds.
func (e *env) timeToPage(ctx context.Context, path string, start func(listen string) (*process, error)) (float64, error) {
	listen, err := freePort()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	p, err := start(listen)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	for answers(ctx, http.DefaultClient, "http://"+listen+path) != nil {
		if err := p.alive(); err != nil {
			return 0, err
		}
		if err := wait(ctx, time.Millisecond); err != nil {
			return 0, err
		}
	}
	return time.Since(began).Seconds(), nil
}

// fill makes a store of so many bytes: a year of one sample a minute for one series after the other, of numbers that
// cannot be compressed. Its size is known when its tables have been put together, which closing and opening shows.
func (e *env) fill(ctx context.Context, want int64) (data string, size int64, err error) {
	if data, err = e.newStore(ctx, site{}); err != nil {
		return "", 0, err
	}
	r := rand.New(rand.NewPCG(1, 2))
	for first := 0; size < want; first += seriesAtOnce {
		if err := importYears(ctx, data, first, r); err != nil {
			return "", 0, err
		}
		size = tableSize(data)
	}
	return data, size, nil
}

const seriesAtOnce = 100

func importYears(ctx context.Context, data string, first int, r *rand.Rand) (err error) {
	s, err := store.Open(ctx, data, store.Options{SkipVerify: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c := words.Column{Step: time.Minute, Start: time.Now().UTC().Truncate(24*time.Hour).AddDate(-1, 0, 0), Number: make([]float64, 365*1440)}
	for n := first; n < first+seriesAtOnce; n++ {
		for i := range c.Number {
			c.Number[i] = float64(r.Uint32())
		}
		info := words.SeriesInfo{SeriesKey: words.SeriesKey{Check: words.ID(n/50 + 1), Metric: "if.in", Instance: strconv.Itoa(n)}, Step: time.Minute}
		if err := errors.Join(s.Import(info, c), ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// tableSize is what a store's tables take: what is in its log besides comes on top.
func tableSize(data string) (n int64) {
	tables, _ := filepath.Glob(filepath.Join(data, "db", "*.sst")) // the pattern is right
	for _, t := range tables {
		if st, err := os.Stat(t); err == nil {
			n += st.Size()
		}
	}
	return n
}
