package store

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
)

// The data of the benchmarks: series of the kinds a small site has, one sample a minute, the same each time. It is
// what bench/storebench writes into the stores Siteward is compared with.
const (
	busyCounter = iota // octets of a port in use
	idleCounter        // octets of a port not in use
	errCounter         // errors, discards: now and then one
	status             // ifOperStatus and the like
	smallInt           // temperature, percent
	floatGauge         // round-trip time in ms, load
)

type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	x := uint64(*r)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *rng) f() float64 { return float64(r.next()>>11) / (1 << 53) }

type siteLine struct {
	kind    int
	r       rng
	v, base float64
}

// siteLines makes n series: 30 of 100 busy counters, 20 idle, 20 errors, 10 status, 12 small integers, 8 floats.
func siteLines(n int) []*siteLine {
	out := make([]*siteLine, n)
	for i := range out {
		s := &siteLine{r: rng(i*7919 + 13)}
		switch p := i % 100; {
		case p < 30:
			s.kind, s.base, s.v = busyCounter, math.Exp(8+8*s.r.f()), math.Floor(1e12*s.r.f())
		case p < 50:
			s.kind, s.v = idleCounter, math.Floor(1e9*s.r.f())
		case p < 70:
			s.kind, s.v = errCounter, math.Floor(100*s.r.f())
		case p < 80:
			s.kind, s.v = status, 1
		case p < 92:
			s.kind, s.base = smallInt, 20+40*s.r.f()
		default:
			s.kind, s.base = floatGauge, 0.3+5*s.r.f()
		}
		out[i] = s
	}
	return out
}

func (s *siteLine) next(t int) float64 {
	day := math.Sin(2 * math.Pi * float64(t) / 1440)
	switch s.kind {
	case busyCounter:
		s.v += math.Floor(60 * s.base * (1 + 0.8*day) * math.Exp(1.2*(s.r.f()-0.5)))
	case errCounter:
		if s.r.f() < 0.002 {
			s.v += 1 + math.Floor(3*s.r.f())
		}
	case status:
		if s.r.f() < 0.0005 {
			s.v = 3 - s.v
		}
	case smallInt:
		s.v = math.Round(s.base + 6*day + 1.5*(s.r.f()-0.5))
	case floatGauge:
		s.v = math.Round(1000*s.base*(1+0.1*day+0.3*math.Pow(s.r.f(), 4))) / 1000
	}
	return s.v
}

// siteWriter writes cycles of such series into a store, the clock running along.
type siteWriter struct {
	s     *Store
	now   *clock
	lines []*siteLine
	batch []appliance.Sample
	t     int
}

func newSiteWriter(tb testing.TB, n int, start time.Time) *siteWriter {
	tb.Helper()
	w := &siteWriter{now: newClock(start), lines: siteLines(n)}
	w.s = mustOpen(tb, tb.TempDir(), Options{Now: w.now.now})
	infos := make([]appliance.SeriesInfo, n)
	for i := range infos {
		infos[i] = appliance.SeriesInfo{SeriesKey: appliance.SeriesKey{Check: appliance.ID(i/50 + 1), Metric: "if.in", Instance: appliance.ID(i).String()}, Step: time.Minute}
	}
	must(tb, w.s.SeriesFor(infos))
	for _, info := range infos {
		w.batch = append(w.batch, appliance.Sample{Series: info.ID})
	}
	return w
}

// cycle writes one minute; housekeeping is done as the keeper would, in step with the clock of the data.
func (w *siteWriter) cycle(tb testing.TB) {
	for i, l := range w.lines {
		w.batch[i].Number = l.next(w.t)
	}
	must(tb, w.s.Record(Batch{At: w.now.now(), Samples: w.batch}))
	w.t++
	w.now.add(time.Minute)
	if w.t%120 == 5 {
		w.tend(tb)
	}
}

func (w *siteWriter) tend(tb testing.TB) {
	must(tb, w.s.cutDue())
	must(tb, w.s.mergeDays())
	must(tb, w.s.compact())
}

func cpu() time.Duration {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// written is how many bytes this process had written to disks so far.
func written() float64 {
	b, _ := os.ReadFile("/proc/self/io")
	for l := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(l, "write_bytes: "); ok {
			var n float64
			for _, c := range strings.TrimSpace(v) {
				n = n*10 + float64(c-'0')
			}
			return n
		}
	}
	return math.NaN()
}

// BenchmarkMonth writes 500 series x 30 days and reports figures 7 to 10 of our side: bytes a sample on the disk and
// written to it, CPU a sample, and the time to read one series.
func BenchmarkMonth(b *testing.B) {
	const n, days = 500, 30
	for b.Loop() {
		gen := siteLines(n)
		c0 := cpu()
		for t := range days * 1440 {
			for _, l := range gen {
				l.next(t)
			}
		}
		generator := cpu() - c0
		start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		w := newSiteWriter(b, n, start)
		w0, c0 := written(), cpu()
		for range days * 1440 {
			w.cycle(b)
		}
		samples := float64(n * days * 1440)
		b.ReportMetric(float64(cpu()-c0-generator)/samples, "cpu-ns/sample")
		must(b, w.s.cutAll())
		must(b, w.s.Sync())
		must(b, w.s.flatten())
		b.ReportMetric((written()-w0)/samples, "written-B/sample")
		dir := w.s.dir
		must(b, w.s.Close())
		b.ReportMetric(float64(diskUsage(filepath.Join(dir, "db")))/samples, "disk-B/sample")
		end := w.now.now()
		s := mustOpen(b, dir, at(end))
		b.ReportMetric(readTime(b, s, n, end.AddDate(0, 0, -days), end), "read-30days-us")
		b.ReportMetric(readTime(b, s, n, end.AddDate(0, 0, -1), end), "read-day-us")
	}
}

// BenchmarkWriteCycle is one poll of a large switch: 768 numbers of one check.
func BenchmarkWriteCycle(b *testing.B) {
	w := newSiteWriter(b, 768, noon)
	for b.Loop() {
		w.cycle(b)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/768, "ns/sample")
}

func BenchmarkReadDay(b *testing.B)    { benchmarkRead(b, 1) }
func BenchmarkRead30Days(b *testing.B) { benchmarkRead(b, 30) }
func BenchmarkReadYear(b *testing.B)   { benchmarkRead(b, 365) }

// BenchmarkReadYearThinned is what a chart of a year asks for.
func BenchmarkReadYearThinned(b *testing.B) {
	s, end := yearOf(b, 365)
	for i := 0; b.Loop(); i++ {
		c, err := s.ReadThinned(uint32(i%yearSeries+1), end.AddDate(-1, 0, 0), end, 800)
		must(b, err)
		if len(c.Number) < 400 {
			b.Fatal(len(c.Number))
		}
	}
}

const yearSeries = 20

// yearOf imports days of the series of a site, up to an end.
func yearOf(b *testing.B, days int) (*Store, time.Time) {
	end := noon.Truncate(24 * time.Hour)
	s := mustOpen(b, b.TempDir(), at(end))
	for i, l := range siteLines(100)[15 : 15+yearSeries] { // of all kinds
		c := appliance.Column{Start: end.AddDate(0, 0, -days), Step: time.Minute, Number: make([]float64, days*1440)}
		for t := range c.Number {
			c.Number[t] = l.next(t)
		}
		must(b, s.Import(appliance.SeriesInfo{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m", Instance: appliance.ID(i).String()}, Step: time.Minute}, c))
	}
	must(b, s.flatten())
	return s, end
}

func benchmarkRead(b *testing.B, days int) {
	s, end := yearOf(b, days)
	for i := 0; b.Loop(); i++ {
		c, err := s.Read(uint32(i%yearSeries+1), end.AddDate(0, 0, -days), end)
		must(b, err)
		if len(c.Number) != days*1440 || math.IsNaN(c.Number[0]) {
			b.Fatal(len(c.Number))
		}
	}
}

// readTime is the median time to read one series, in microseconds.
func readTime(tb testing.TB, s *Store, n int, from, to time.Time) float64 {
	var took []float64
	for k := range 41 {
		t := time.Now()
		c, err := s.Read(uint32(k*37%n+1), from, to)
		took = append(took, float64(time.Since(t).Nanoseconds())/1e3)
		must(tb, err)
		if len(c.Number) != int(to.Sub(from)/time.Minute) || math.IsNaN(c.Number[len(c.Number)/2]) {
			tb.Fatalf("%d numbers", len(c.Number))
		}
	}
	return median(took)
}

func median(v []float64) float64 {
	for i := range v { // insertion: few values
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
	return v[len(v)/2]
}
