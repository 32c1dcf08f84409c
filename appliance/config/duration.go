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
