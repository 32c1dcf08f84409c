package ui_test

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestFormats is the table of the interface guide, section 6; a plain space in want stands for the narrow no-break space.
func TestFormats(t *testing.T) {
	w := words(t)
	at := time.Date(2026, 11, 20, 8, 41, 0, 0, present.Location())
	six := time.Date(2026, 11, 20, 6, 0, 0, 0, present.Location())
	for _, c := range []struct {
		name       string
		say        func(lang string) string
		en, de, nl string
	}{
		{"date", func(l string) string { return w.In(l).Date(at) }, "20 Nov 2026", "20.11.2026", "20-11-2026"},
		{"day", func(l string) string { return w.In(l).Day(at) }, "Fri 20 Nov", "Fr. 20.11.", "vr 20 nov"},
		{"time", func(l string) string { return w.In(l).Clock(at) }, "08:41", "08:41 Uhr", "08:41 uur"},
		{"range", func(l string) string { return w.In(l).Range(six, at) }, "06:00–08:41", "06:00 bis 08:41 Uhr", "06:00–08:41 uur"},
		{"duration", func(l string) string { return w.In(l).Duration(3*time.Hour + 23*time.Minute) }, "3 h 23 min", "3 h 23 min", "3 u 23 min"},
		{"seconds", func(l string) string { return w.In(l).Duration(20 * time.Second) }, "20 s", "20 s", "20 s"},
		{"days", func(l string) string { return w.In(l).Duration(61 * 24 * time.Hour) }, "61 days", "61 Tage", "61 dagen"},
		{"number", func(l string) string { return w.In(l).Num(1284.5, 1) }, "1,284.5", "1.284,5", "1.284,5"},
		{"negative", func(l string) string { return w.In(l).Num(-1284.5, 1) }, "−1,284.5", "−1.284,5", "−1.284,5"},
		{"percent", func(l string) string { return w.In(l).Percent(27) }, "27 %", "27 %", "27%"},
		{"small percent", func(l string) string { return w.In(l).Percent(0.02) }, "0.02 %", "0,02 %", "0,02%"},
		{"money", func(l string) string { return w.In(l).Money(189) }, "€189", "189 €", "€ 189"},
		{"bytes", func(l string) string { return w.In(l).Bytes(1.23e9) }, "1.2 GB", "1,2 GB", "1,2 GB"},
		{"rate", func(l string) string { return w.In(l).Bits(1e9) }, "1 Gbit/s", "1 Gbit/s", "1 Gbit/s"},
		{"no number", func(l string) string { return w.In(l).Value(math.NaN(), "%") }, "–", "–", "–"},
		{"milliseconds", func(l string) string { return w.In(l).Value(0.0031, "s") }, "3.1 ms", "3,1 ms", "3,1 ms"},
		{"hours", func(l string) string { return w.In(l).Value(7200, "s") }, "2 h", "2 h", "2 u"},
		{"degrees", func(l string) string { return w.In(l).Value(41.6, "°C") }, "42 °C", "42 °C", "42 °C"},
		{"ago", func(l string) string { return w.In(l).Ago(present.Add(-22 * time.Minute)) }, "22 min", "22 min", "22 min"},
		{"long ago", func(l string) string { return w.In(l).Ago(present.Add(-30 * time.Hour)) }, "Thu 19 Nov", "Do. 19.11.", "do 19 nov"},
		{"years ago", func(l string) string { return w.In(l).When(present.AddDate(-2, 0, 0)) }, "20 Nov 2024", "20.11.2024", "20-11-2024"},
		{"the future is now", func(l string) string { return w.In(l).Ago(present.Add(time.Hour)) }, "0 s", "0 s", "0 s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for lang, want := range map[string]string{"en": c.en, "de": c.de, "nl": c.nl} {
				got := strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(c.say(lang))
				if got != want {
					t.Errorf("%s: %q, want %q", lang, got, want)
				}
			}
		})
	}
}
