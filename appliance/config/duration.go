package config

import (
	"strings"
	"time"

	"siteward/appliance"
)

// ParseDuration reads Go's form and whole days: 30s, 5m, 1h30m, 1d. At most ten years.
func ParseDuration(s string) (appliance.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if d, err := time.ParseDuration(days + "h"); err == nil && d.Abs() < 87600*time.Hour/24 {
			return appliance.Duration(d * 24), true
		}
		return 0, false
	}
	d, err := time.ParseDuration(s)
	return appliance.Duration(d), err == nil && d.Abs() <= 87600*time.Hour
}

// spoken writes a duration as people do: 5m instead of 5m0s.
func spoken(d appliance.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
