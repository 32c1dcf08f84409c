package web

import (
	"io/fs"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/ui"
)

// Speaker says what other systems are told, in their language or in central's own. A notice may be read days later, so no time in it stands
// without its date.
func Speaker(locales fs.FS, own string, zone *time.Location, now func() time.Time) func(string, appliance.Message) (string, string) {
	words := ui.OpenWords(locales, func() *time.Location { return zone }, func() time.Time { return now().AddDate(0, 0, 2) })
	return func(asked string, m appliance.Message) (text, language string) {
		if !slices.Contains(appliance.Languages, asked) {
			asked = own
		}
		return tame(words.In(asked).Say(m), 1000), asked
	}
}
