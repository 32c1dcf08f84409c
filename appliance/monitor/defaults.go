package monitor

import "siteward/appliance"

// defaultRow is a limit that holds where the check says nothing else, and why it stands where it stands.
type defaultRow struct {
	metric            string
	kind              appliance.Kind // "" = every kind of device
	below             bool
	warning, critical float64 // none = no such level
	hysteresis        float64
	of                string // percent of this metric
	marked            bool   // only for ports that are marked as important or as an uplink
	yields            bool   // the device knows better where it gives the same item a word of its own
	sentence          string
	why               string
}

// none is a level that a default does not have.
const none = -1

// defaults in the order of the documentation; the first row that fits metric and kind holds. Units: % and base units.
var defaults = []defaultRow{
	{metric: "storage.used_percent", warning: 85, critical: 95, hysteresis: 2, sentence: "monitor.storage_used",
		why: "the last 5 % are reserved for root on ext4, and databases stop well before 100 %"},
	{metric: "memory.used_percent", warning: 90, critical: 97, hysteresis: 2, sentence: "monitor.memory_used",
		why: "caches are not counted as used; above 97 % the kernel begins to end programs"},
	{metric: "swap.used_percent", warning: 80, critical: 95, hysteresis: 5, sentence: "monitor.swap_used",
		why: "a machine that swaps this much is short of memory; when it is full, programs end"},
	{metric: "cpu.load_percent", warning: 95, critical: none, hysteresis: 5, sentence: "monitor.cpu_load",
		why: "a busy processor is slow, not down; backups may keep it busy all night"},
	{metric: "temperature.celsius", kind: appliance.KindSensor, warning: 30, critical: 38, hysteresis: 1, sentence: "monitor.temperature",
		why: "air of a server room: ASHRAE A1 recommends up to 27 °C and allows 32 °C"},
	{metric: "temperature.celsius", kind: appliance.KindUPS, warning: 35, critical: 45, hysteresis: 1, sentence: "monitor.temperature",
		why: "a probe that hangs on a UPS measures the air of a rack, which is warmer than the room"},
	{metric: "temperature.celsius", kind: appliance.KindPDU, warning: 35, critical: 45, hysteresis: 1, sentence: "monitor.temperature",
		why: "as for a UPS"},
	{metric: "temperature.celsius", warning: 65, critical: 80, hysteresis: 3, yields: true, sentence: "monitor.temperature",
		why: "inside of a case; does not hold for sensors that tell their own state, for processors stand more"},
	{metric: "ups.temperature", warning: 40, critical: 50, hysteresis: 2, sentence: "monitor.temperature",
		why: "lead batteries lose half their life for each 10 K above 25 °C; makers name 40 °C as the end of operation"},
	{metric: "ups.charge_percent", below: true, warning: 50, critical: 20, hysteresis: 5, sentence: "monitor.ups_charge",
		why: "half the battery is gone: look; at 20 % servers should be shutting down"},
	{metric: "ups.runtime", below: true, warning: 300, critical: 120, hysteresis: 30, sentence: "monitor.ups_runtime",
		why: "s; an orderly shutdown of a few virtual machines takes two to five minutes"},
	{metric: "ups.load_percent", warning: 80, critical: 95, hysteresis: 5, sentence: "monitor.ups_load",
		why: "the start of one more device must fit; above 100 % the load is dropped"},
	{metric: "ups.phase_load_percent", warning: 80, critical: 95, hysteresis: 5, sentence: "monitor.ups_load",
		why: "as load_percent, for each phase"},
	{metric: "supply.level_percent", below: true, warning: 10, critical: 2, hysteresis: 2, sentence: "monitor.supply_level",
		why: "time to order toner; at 2 % pages fade"},
	{metric: "if.in", of: "if.speed", warning: 80, critical: 95, hysteresis: 5, marked: true, sentence: "monitor.port_in",
		why: "queues grow from about 80 % on"},
	{metric: "if.out", of: "if.speed", warning: 80, critical: 95, hysteresis: 5, marked: true, sentence: "monitor.port_out",
		why: "queues grow from about 80 % on"},
	{metric: "if.in_errors", warning: 1, critical: 20, hysteresis: 0.5, marked: true, sentence: "monitor.port_errors",
		why: "frames a second; a good cable has none, one a second is a cable, a plug or a duplex mismatch"},
	{metric: "if.out_errors", warning: 1, critical: 20, hysteresis: 0.5, marked: true, sentence: "monitor.port_errors",
		why: "as in_errors"},
	{metric: "if.in_discards", warning: 10, critical: 200, hysteresis: 5, marked: true, sentence: "monitor.port_discards",
		why: "packets a second; a few are unknown VLANs and protocols, many are an overload"},
	{metric: "if.out_discards", warning: 10, critical: 200, hysteresis: 5, marked: true, sentence: "monitor.port_discards",
		why: "packets a second; short bursts are normal where a fast port feeds a slow one"},
	{metric: "certificate.days", below: true, warning: 21, critical: 7, sentence: "monitor.certificate_days",
		why: "automatic renewal happens 30 days before the end; 21 days say that it failed more than once"},
	{metric: "ping.loss", warning: 30, critical: 60, sentence: "monitor.ping_loss",
		why: "of three echoes one or two are lost, in two runs in a row"},
	{metric: "ping.rtt", warning: 0.3, critical: 1, hysteresis: 0.05, sentence: "monitor.ping_rtt",
		why: "s; speech and remote desktops suffer from 300 ms on"},
	{metric: "http.duration", warning: 5, critical: none, hysteresis: 1, sentence: "monitor.http_duration",
		why: "s; people give up; a page that does not come at all is a missing answer"},
}

// Default is a default limit for people: in the documentation and in the form that overrides it.
type Default struct {
	appliance.Limit
	Kind   appliance.Kind // "" = all
	Marked bool           // only for marked ports
	Why    string         // English
}

// Defaults lists all default limits.
func Defaults() []Default {
	list := make([]Default, len(defaults))
	for i, d := range defaults {
		list[i] = Default{Limit: d.limit(), Kind: d.kind, Marked: d.marked, Why: d.why}
	}
	return list
}

func (d *defaultRow) limit() appliance.Limit {
	return appliance.Limit{Metric: d.metric, Below: d.below, Of: d.of, Hysteresis: d.hysteresis,
		Warning: levelOf(d.warning), Critical: levelOf(d.critical)}
}

func levelOf(x float64) *float64 {
	if x == none {
		return nil
	}
	return &x
}

// ruled is a default as a rule, for the devices of a kind. Rules are looked up for every number that is read, and are never changed.
type ruled struct {
	kind appliance.Kind
	rule rule
}

var rules = func() map[string][]ruled {
	m := map[string][]ruled{}
	for i := range defaults {
		d := &defaults[i]
		m[d.metric] = append(m[d.metric], ruled{d.kind, rule{Limit: d.limit(), sentence: d.sentence, marked: d.marked, yields: d.yields}})
	}
	return m
}()

func defaultFor(kind appliance.Kind, metric string) (rule, bool) {
	for _, r := range rules[metric] {
		if r.kind == "" || r.kind == kind {
			return r.rule, true
		}
	}
	return rule{}, false
}
