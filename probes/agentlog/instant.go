package agentlog

import (
	"strconv"
	"strings"
	"time"
)

// instantLayouts are how agents write times; those without a zone are of the writer's.
var instantLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999 -0700", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999-0700", "01/02/2006 15:04:05"}

// instant reads a time, zero when it is none.
func instant(s string, loc *time.Location) time.Time {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "/Date("); ok { // PowerShell 5
		s, _, _ = strings.Cut(inner, ")")
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return counted(s, n)
	}
	for _, layout := range instantLayouts {
		if at, err := time.ParseInLocation(layout, s, loc); err == nil {
			return at
		}
	}
	return time.Time{}
}

// counted reads the time since 1970 in seconds, milliseconds, microseconds or nanoseconds: which of them tells the size.
func counted(s string, n float64) time.Time {
	whole, err := strconv.ParseInt(s, 10, 64)
	switch {
	case n < 1e8 || n >= 1e19:
		return time.Time{}
	case n < 1e11 && err != nil:
		return time.UnixMicro(int64(n * 1e6))
	case err != nil:
		return time.Time{}
	case n < 1e11:
		return time.Unix(whole, 0)
	case n < 1e14:
		return time.UnixMilli(whole)
	case n < 1e17:
		return time.UnixMicro(whole)
	}
	return time.Unix(0, whole)
}
