package appliance

// ServiceHours say when somebody works for this site, by a clock on the wall there. They also serve hours of people and
// quiet hours: package sla counts with them.
type ServiceHours struct {
	Preset   string      `json:"preset"`             // one of ServicePresets; "" is no hours at all, which is an error where they are needed
	Week     ServiceWeek `json:"week,omitzero"`      // of HoursOwn, else not used
	Holidays bool        `json:"holidays,omitempty"` // also on public holidays; always so for Hours7x24
	Region   string      `json:"region,omitempty"`   // whose public holidays, ISO 3166-2; the site's when empty
	TimeZone string      `json:"time_zone,omitempty"`
}

// The presets of service hours.
const (
	Hours5x8  = "5x8"  // Monday to Friday, 09:00 to 17:00
	Hours5x10 = "5x10" // Monday to Friday, 08:00 to 18:00
	Hours6x12 = "6x12" // Monday to Saturday, 07:00 to 19:00
	Hours7x24 = "7x24" // always
	HoursOwn  = "own"
)

// ServicePresets lists all presets.
var ServicePresets = []string{Hours5x8, Hours5x10, Hours6x12, Hours7x24, HoursOwn}

// ServiceWeek holds the times of each day, by time.Weekday: Sunday is 0.
type ServiceWeek [7][]ServiceSpan

// IsZero says whether nobody works on any day.
func (w ServiceWeek) IsZero() bool {
	for _, day := range w {
		if len(day) > 0 {
			return false
		}
	}
	return true
}

// ServiceSpan is a part of a day in minutes since midnight, To exclusive: 480 to 1020 is 08:00 to 17:00, and 1440 the end of the
// day. A span whose To is not after its From ends on the next day: 22:00 to 06:00.
type ServiceSpan struct {
	From int `json:"from"`
	To   int `json:"to"`
}
