package ui

import (
	"siteward/ui/view"
)

// regions of public holidays that can be chosen: ISO 3166-2 codes of the German states, the Netherlands, Austria, Switzerland
// (cantons of the German-speaking part and the whole), Belgium; "" is none. The words are region.<code>.
var regions = []string{
	"DE", "DE-BW", "DE-BY", "DE-BE", "DE-BB", "DE-HB", "DE-HH", "DE-HE", "DE-MV", "DE-NI", "DE-NW", "DE-RP", "DE-SL", "DE-SN", "DE-ST", "DE-SH", "DE-TH",
	"NL", "AT", "CH", "BE", "",
}

func (l *Lang) regions() []view.Option {
	var out []view.Option
	for _, code := range regions {
		label := l.T("setup.regionnone")
		if code != "" {
			label = l.T("region." + code)
		}
		out = append(out, view.Option{Value: code, Label: label})
	}
	return out
}

// zones offered first; any other IANA name can be typed.
func zones() []view.Option {
	var out []view.Option
	for _, z := range []string{"Europe/Berlin", "Europe/Amsterdam", "Europe/Vienna", "Europe/Zurich", "Europe/Brussels",
		"Europe/Luxembourg", "Europe/London", "Europe/Dublin", "Europe/Paris", "Europe/Copenhagen", "Europe/Warsaw", "Europe/Prague", "UTC"} {
		out = append(out, view.Option{Value: z, Label: z})
	}
	return out
}
