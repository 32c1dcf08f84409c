package api

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/metric"
)

// Bounds of one scrape. 5,000 devices with 20 numbers each fit; what is beyond is counted, not sent.
const (
	maxLines      = 200_000
	scrapeTimeout = 10 * time.Second
	scrapes       = 2 // at the same time
)

// Metrics answers /metrics in Prometheus' format, from a registry of its own: the default one has others' numbers in it.
func Metrics(app appliance.App, gate *access.Gate, log *slog.Logger) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&siteCollector{app: app, log: log, limit: maxLines},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	answer := promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: scrapes, Timeout: scrapeTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := gate.Admit(w, r, "/metrics")
		if err != nil {
			WriteProblem(w, err)
			return
		}
		answer.ServeHTTP(w, r)
	})
}

// siteCollector asks the appliance at each scrape. It keeps nothing, so that what is deleted is gone at once.
type siteCollector struct {
	app   appliance.App
	log   *slog.Logger
	limit int
}

// Describe says nothing: which metrics there are depends on the devices. Prometheus calls that unchecked.
func (c *siteCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *siteCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	out := &scrape{ch: ch, left: c.limit, descs: map[string]*prometheus.Desc{}}
	c.appliance(ctx, out)
	site, err := c.app.Site(ctx)
	if err != nil {
		return // not set up yet, or the store does not answer: /readyz says that
	}
	devices, err := c.app.Devices(ctx)
	if err != nil {
		c.log.Warn("devices not in the metrics", "err", err)
		return
	}
	for _, d := range devices {
		c.device(ctx, out, site.Name, d)
	}
	c.expected(ctx, out, site.Name)
	c.backups(ctx, out, site.Name)
	out.gauge("siteward_metrics_dropped", "Lines left out because there are too many.", float64(out.dropped))
}

// stateNumbers are as monitoring plugins' exit codes where those have a word: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
var stateNumbers = map[appliance.State]float64{
	appliance.StateOK: 0, appliance.StateWarning: 1, appliance.StateCritical: 2, appliance.StateNoData: 3,
	appliance.StateMaintenance: 4, appliance.StatePaused: 5,
}

const stateHelp = "State of an item: 0 ok, 1 warning, 2 critical, 3 no data, 4 maintenance, 5 paused."

func (c *siteCollector) device(ctx context.Context, out *scrape, site string, d appliance.DeviceView) {
	names := map[appliance.ID]string{}
	for _, check := range d.Checks {
		names[check.ID] = check.Name
	}
	for _, s := range d.States {
		out.line("siteward_state", stateHelp, itemLabels, stateNumbers[s.State], site, d.Name, names[s.Check], s.Item, s.Label)
	}
	for _, check := range d.Checks {
		r, err := c.app.LastReading(ctx, check.ID)
		if err != nil {
			continue // never run yet
		}
		out.line("siteward_poll_duration_seconds", "How long the last run of a check took.", checkLabels, r.Took.Seconds(), site, d.Name, check.Name)
		out.line("siteward_poll_timestamp_seconds", "When the last run of a check began.", checkLabels, seconds(r.At), site, d.Name, check.Name)
		up := 1.0
		if r.Failure != nil {
			up = 0
		}
		out.line("siteward_poll_answered", "Whether the device answered the last run of a check.", checkLabels, up, site, d.Name, check.Name)
		values(out, r, site, d.Name, check.Name)
	}
}

// expected are the states that belong to no device.
func (c *siteCollector) expected(ctx context.Context, out *scrape, site string) {
	states, err := c.app.States(ctx)
	if err != nil {
		c.log.Warn("expectations not in the metrics", "err", err)
		return
	}
	for _, s := range states {
		if s.Check == 0 && s.Device == 0 {
			out.line("siteward_state", stateHelp, itemLabels, stateNumbers[s.State], site, "", "", s.Item, s.Label)
		}
	}
}

// values are the numbers of a reading. Two that would have the same name and labels would spoil the whole scrape,
// so the first one wins.
func values(out *scrape, r appliance.Reading, site, device, check string) {
	seen := map[[2]string]bool{}
	for _, v := range r.Values {
		name, factor := metric.Name(v.Metric, v.Unit)
		key := [2]string{name, valid(v.Instance)}
		if math.IsNaN(v.Number) || seen[key] {
			continue
		}
		seen[key] = true
		out.line(name, "Last value of "+v.Metric+".", valueLabels, v.Number*factor, site, device, check, v.Instance, v.Label)
	}
}

func (c *siteCollector) appliance(ctx context.Context, out *scrape) {
	about, h := c.app.About(), c.app.Health(ctx)
	out.line("siteward_build_info", "What is running; always 1.", []string{"version", "commit"}, 1, about.Version, about.Commit)
	for _, g := range []struct {
		name, help string
		value      float64
	}{
		{"siteward_start_timestamp_seconds", "When the appliance started.", seconds(about.Started)},
		{"siteward_checks", "Checks that are scheduled.", float64(h.Checks)},
		{"siteward_checks_running", "Runs under way.", float64(h.Running)},
		{"siteward_last_run_timestamp_seconds", "When the last run of any check ended.", seconds(h.LastRun)},
		{"siteward_store_size_bytes", "Size of the store's folder.", float64(h.Store.Bytes)},
		{"siteward_store_free_bytes", "Free space on its file system.", float64(h.Store.FreeBytes)},
		{"siteward_store_read_only", "1 while the store takes no writes.", flag(h.Store.ReadOnly)},
		{"siteward_store_damaged_records", "What the last verification found.", float64(len(h.Store.Damage))},
		{"siteward_store_verified_timestamp_seconds", "Last verification of the store.", seconds(h.Store.Verified)},
		{"siteward_store_backup_timestamp_seconds", "Last verified backup of the store.", seconds(h.Store.BackedUp)},
	} {
		out.gauge(g.name, g.help, g.value)
	}
	out.counter("siteward_checks_late_total", "Runs that began too late.", float64(h.Late))
	out.counter("siteward_checks_missed_total", "Runs that did not take place.", float64(h.Missed))
}

var (
	itemLabels  = []string{"site", "device", "check", "item", "label"}
	checkLabels = []string{"site", "device", "check"}
	valueLabels = []string{"site", "device", "check", "instance", "label"}
)

// scrape is one answer in the making.
type scrape struct {
	ch      chan<- prometheus.Metric
	descs   map[string]*prometheus.Desc
	left    int
	dropped int
}

func (s *scrape) line(name, help string, labels []string, value float64, texts ...string) {
	s.send(prometheus.GaugeValue, name, help, labels, value, texts...)
}

func (s *scrape) gauge(name, help string, value float64) {
	s.left++ // these few are never left out
	s.send(prometheus.GaugeValue, name, help, nil, value)
}

func (s *scrape) counter(name, help string, value float64) {
	s.left++
	s.send(prometheus.CounterValue, name, help, nil, value)
}

func (s *scrape) send(kind prometheus.ValueType, name, help string, labels []string, value float64, texts ...string) {
	if s.left <= 0 {
		s.dropped++
		return
	}
	s.left--
	desc := s.descs[name]
	if desc == nil {
		desc = prometheus.NewDesc(name, help, labels, nil)
		s.descs[name] = desc
	}
	for i := range texts {
		texts[i] = valid(texts[i])
	}
	if m, err := prometheus.NewConstMetric(desc, kind, value, texts...); err == nil {
		s.ch <- m
	}
}

// valid makes text from devices good for a label, which must be UTF-8; the format escapes the rest.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// seconds since 1970, or NaN for a time that is not known.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return math.NaN()
	}
	return float64(t.UnixMilli()) / 1000
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
