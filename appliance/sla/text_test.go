package sla

import "testing"

func TestSpans(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"08:00-12:00 13:00-17:00":  "08:00-12:00 13:00-17:00",
		"08:00–12:00, 13:00-24:00": "08:00-12:00 13:00-24:00",
		"22:00-06:00":              "22:00-06:00",
		"8-17":                     "!",
		"08:00":                    "!",
		"08:00-25:00":              "!",
		"24:00-08:00":              "!",
	} {
		list, err := ParseSpans(in)
		got := FormatSpans(list)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
}

func FuzzParseSpans(f *testing.F) {
	f.Add("08:00-12:00 13:00-17:00")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseSpans(s)
		if err != nil {
			return
		}
		again, err := ParseSpans(FormatSpans(list))
		if err != nil || FormatSpans(again) != FormatSpans(list) {
			t.Errorf("%q: %v %v", s, list, err)
		}
	})
}
