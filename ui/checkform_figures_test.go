package ui

import (
	"math"
	"testing"
	"time"

	"siteward/appliance"
	files "siteward/embed"
)

func figureWords(tb testing.TB) *Words {
	tb.Helper()
	return OpenWords(files.Locales, func() *time.Location { return time.UTC }, time.Now)
}

// FuzzMeasure: what a form shows of a limit is read again as the same limit, in each language; other text is refused or a number.
func FuzzMeasure(f *testing.F) {
	w := figureWords(f)
	f.Add("82,5 %", 82.5)
	f.Add("1.500 MB", 1.5e9)
	f.Add("1,500.5 kB", 300.0)
	f.Add("5 min", 0.3)
	f.Add("-1e400", 1e-9)
	f.Fuzz(func(t *testing.T, text string, v float64) {
		for _, tag := range Languages {
			l := w.In(tag)
			for _, metric := range []string{"storage.used_percent", "ping.rtt", "ups.runtime", "storage.free", "if.in", "load.1min", "if.in_errors"} {
				if got, err := l.readMeasure(text, metric, false); err == nil && (math.IsNaN(got) || math.IsInf(got, 0)) {
					t.Errorf("%s %q of %s: %v", tag, text, metric, got)
				}
				if math.IsNaN(v) || math.Abs(v) > 1e15 || math.Abs(v) < 1e-6 && v != 0 {
					continue
				}
				shown := l.measureText(v, limitUnit(appliance.Limit{Metric: metric}))
				got, err := l.readMeasure(shown, metric, false)
				if err != nil || math.Abs(got-v) > 1e-9*math.Abs(v) {
					t.Errorf("%s: %v of %s is shown as %q and read as %v, %v", tag, v, metric, shown, got, err)
				}
			}
		}
	})
}

// FuzzSpan does the same for times.
func FuzzSpan(f *testing.F) {
	w := figureWords(f)
	f.Add("1,5 min", int64(time.Minute))
	f.Add("24 u", int64(24*time.Hour))
	f.Add("1070000d", int64(time.Hour))
	f.Add("9e99 d", int64(1500*time.Millisecond))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		for _, tag := range Languages {
			l := w.In(tag)
			if d, ok := l.readSpan(text); ok && d < 0 && text[0] != '-' {
				t.Errorf("%s %q: %v", tag, text, d)
			}
			d := appliance.Duration(n)
			if d <= 0 || d > appliance.Duration(48*time.Hour) {
				continue
			}
			if got, ok := l.readSpan(l.spanText(d)); !ok || got != d {
				t.Errorf("%s: %v is shown as %q and read as %v, %v", tag, d, l.spanText(d), got, ok)
			}
		}
	})
}

// FuzzEscape: text for the wire goes through one line of a form unharmed.
func FuzzEscape(f *testing.F) {
	f.Add("QUIT\r\n")
	f.Add(`a\nb\\`)
	f.Fuzz(func(t *testing.T, s string) {
		if got := unescape(escape(s)); got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}
