package metric

import (
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestMetricName(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"if.in", "bit/s"}:              "siteward_if_in_bytes_per_second 0.125",
		{"if.in_packets", "1/s"}:        "siteward_if_in_packets_per_second 1",
		{"storage.used", "B"}:           "siteward_storage_used_bytes 1",
		{"storage.used_percent", "%"}:   "siteward_storage_used_ratio 0.01",
		{"humidity.percent", "%"}:       "siteward_humidity_ratio 0.01",
		{"temperature.celsius", "°C"}:   "siteward_temperature_celsius 1",
		{"ups.runtime", "s"}:            "siteward_ups_runtime_seconds 1",
		{"load.1min", ""}:               "siteward_load_1min 1",
		{"ups.input_voltage", "V"}:      "siteward_ups_input_voltage_volts 1",
		{"http.certificate_days", "d"}:  "siteward_http_certificate_seconds 86400",
		{"evil\nname{x=\"1\"}", "µ"}:    "siteward_evil_name_x__1__ 1",
		{"fan.rpm", "rpm"}:              "siteward_fan_rpm 1",
		{"radio.signal", "dBm"}:         "siteward_radio_signal_dbm 1",
		{"process.count", ""}:           "siteward_process_count 1",
		{"memory.used_percent_max", ""}: "siteward_memory_used_percent_max 1",
	} {
		name, factor := Name(in[0], in[1])
		if got := fmt.Sprint(name, " ", factor); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func FuzzMetricName(f *testing.F) {
	f.Add("if.in", "bit/s")
	f.Add("évil\x00", "%")
	f.Fuzz(func(t *testing.T, metric, unit string) {
		name, factor := Name(metric, unit)
		if _, err := prometheus.NewConstMetric(prometheus.NewDesc(name, "", nil, nil), prometheus.GaugeValue, factor); err != nil {
			t.Fatalf("%q %q gives %q: %v", metric, unit, name, err)
		}
	})
}
