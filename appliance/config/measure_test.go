package config

import "testing"

func TestParseMeasure(t *testing.T) {
	for _, c := range []struct {
		text, metric string
		of           bool
		want         float64
		key          string
	}{
		{"90", "storage.used_percent", false, 90, ""},
		{"90 %", "storage.used_percent", false, 90, ""},
		{"300ms", "ping.rtt", false, 0.3, ""},
		{"5 min", "ups.runtime", false, 300, ""},
		{"80", "if.in", true, 80, ""},
		{"10 V", "storage.used_percent", false, 0, "validate.unit"},
		{"much", "ping.rtt", false, 0, "validate.unit_malformed"},
	} {
		v, err := ParseMeasure(c.text, c.metric, c.of)
		if err != nil {
			if key := err.Message.Key; key != c.key {
				t.Errorf("%s of %s: %s, want %q", c.text, c.metric, key, c.key)
			}
		} else if c.key != "" || v != c.want {
			t.Errorf("%s of %s: %v, want %v", c.text, c.metric, v, c.want)
		}
	}
	if !BadWhenLow("ups.runtime") || BadWhenLow("storage.used_percent") {
		t.Error("runtime is bad when low, used space when high")
	}
}
