// Program tsdb writes the samples of appliance/store's benchmarks into the library of the Prometheus TSDB, as
// Prometheus would, and prints what it cost: the other side of figures 7 to 10.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// report is one line of JSON, each a sample or the median of a read in microseconds.
type report struct {
	CPU     float64 `json:"cpu-ns/sample"`
	Written float64 `json:"written-B/sample"`
	Disk    float64 `json:"disk-B/sample"`
	All     float64 `json:"read-all-us"`
	Day     float64 `json:"read-day-us"`
}

func main() {
	n := flag.Int("series", 500, "series")
	first := flag.Int("first", 0, "leave so many of the kinds out before them")
	days := flag.Int("days", 30, "days of samples, one a minute")
	coarse := flag.Bool("coarse", false, "commit and make blocks by the day, when only reading is to be measured: a year is written sooner")
	dir := flag.String("dir", "", "an empty folder for the store")
	flag.Parse()
	r, err := measure(*dir, *first, *n, *days, steps(*coarse))
	if err != nil {
		fmt.Fprintln(os.Stderr, "tsdb:", err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(r)
}

// step says after how many cycles of a minute there is a commit and a block.
type step struct{ commit, block int }

func steps(coarse bool) step {
	if coarse {
		return step{120, 1440}
	}
	return step{1, 120} // as Prometheus does
}

func measure(dir string, first, n, days int, by step) (report, error) {
	generator := generate(first, n, days)
	db, err := open(dir, by)
	if err != nil {
		return report{}, err
	}
	samples := float64(n * days * 1440)
	w0, c0 := written(), cpu()
	start := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -days)
	if err := write(db, first, n, days, by, start); err != nil {
		return report{}, err
	}
	r := report{CPU: float64(cpu()-c0-generator) / samples}
	if err := db.Compact(context.Background()); err != nil {
		return r, err
	}
	r.Written = (written() - w0) / samples
	if err := db.Close(); err != nil {
		return r, err
	}
	r.Disk = float64(used(dir)) / samples
	if db, err = open(dir, by); err != nil {
		return r, err
	}
	end := start.AddDate(0, 0, days)
	if r.All, err = readTime(db, n, start, end); err != nil {
		return r, err
	}
	if r.Day, err = readTime(db, n, end.AddDate(0, 0, -1), end); err != nil {
		return r, err
	}
	return r, db.Close()
}

// generate is the cost of the samples themselves.
func generate(first, n, days int) time.Duration {
	c0 := cpu()
	lines := siteLines(first + n)[first:]
	for t := range days * 1440 {
		for _, l := range lines {
			l.next(t)
		}
	}
	return cpu() - c0
}

func open(dir string, by step) (*tsdb.DB, error) {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = 0
	o.MinBlockDuration = int64(time.Duration(by.block) * time.Minute / time.Millisecond)
	o.MaxBlockDuration = int64(31 * 24 * time.Hour / 10 / time.Millisecond) // a tenth of the retention, as Prometheus sets it
	return tsdb.Open(dir, slog.New(slog.NewTextHandler(io.Discard, nil)), nil, o, nil)
}

// write appends a cycle a minute, commits it, and lets the head become a block each two hours.
func write(db *tsdb.DB, first, n, days int, by step, start time.Time) error {
	lines, names := siteLines(first + n)[first:], make([]labels.Labels, n)
	for i := range names {
		names[i] = labels.FromStrings("__name__", "v", "device", "d"+strconv.Itoa(i/50), "series", strconv.Itoa(i))
	}
	a := db.Appender(context.Background())
	for t := range days * 1440 {
		at := start.Add(time.Duration(t) * time.Minute).UnixMilli()
		for i, l := range lines {
			if _, err := a.Append(0, names[i], at, l.next(t)); err != nil {
				return err
			}
		}
		if t%by.commit == by.commit-1 {
			if err := a.Commit(); err != nil {
				return err
			}
			a = db.Appender(context.Background())
		}
		if t%by.block == by.block-1 {
			if err := db.Compact(context.Background()); err != nil {
				return err
			}
		}
	}
	return a.Commit()
}

// readTime is the median time to read one series, in microseconds.
func readTime(db *tsdb.DB, n int, from, to time.Time) (float64, error) {
	var took []float64
	for k := range 41 {
		began := time.Now()
		got, err := read(db, k*37%n, from, to)
		took = append(took, float64(time.Since(began).Nanoseconds())/1e3)
		if err != nil {
			return 0, err
		}
		if want := int(to.Sub(from) / time.Minute); got != want {
			return 0, fmt.Errorf("read %d samples of %d", got, want)
		}
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

func read(db *tsdb.DB, id int, from, to time.Time) (int, error) {
	q, err := db.Querier(from.UnixMilli(), to.UnixMilli()-1)
	if err != nil {
		return 0, err
	}
	defer q.Close()
	set := q.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchEqual, "series", strconv.Itoa(id)))
	values := make([]float64, 0, int(to.Sub(from)/time.Minute))
	for set.Next() {
		for it := set.At().Iterator(nil); it.Next() != chunkenc.ValNone; {
			_, v := it.At()
			values = append(values, v)
		}
	}
	return len(values), set.Err()
}

func cpu() time.Duration {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// written is how many bytes this process had written to disks so far.
func written() float64 {
	b, _ := os.ReadFile("/proc/self/io")
	_, rest, _ := strings.Cut(string(b), "\nwrite_bytes: ")
	line, _, _ := strings.Cut(rest, "\n")
	v, _ := strconv.ParseFloat(line, 64)
	return v
}

// used is what the files take on the disk, not their apparent size.
func used(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if fi, err := e.Info(); err == nil {
			n += fi.Sys().(*syscall.Stat_t).Blocks * 512
		}
		return nil
	})
	return n
}
