package central

import (
	"encoding/json"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Report is a summary of a site as it came. Kept are the newest one and the last of each day.
type Report struct {
	Site     SiteID          `json:"site"`
	Type     string          `json:"type"`
	Time     time.Time       `json:"time"` // by the site's clock
	Received time.Time       `json:"received"`
	Data     json.RawMessage `json:"data"`
}

// Reports keeps the newest report of each site under its id; DayReports the last of each day under "<site>/2026-11-29".
var (
	Reports    = Noun[Report]{"report"}
	DayReports = Noun[Report]{"day"}
)

// Current keeps the newest event about each record of a site, under "<site>/<type>/<subject>". Ended ones go after a while.
var Current = Noun[Event]{"current"}

// CurrentKey is where the newest event about a record is kept.
func CurrentKey(site SiteID, kind, subject string) string { return Key(string(site), kind, subject) }

// Turn is a change of a site's state, or of its silence, noted when central heard of it. Turns of all sites lie in the order of
// time, so that it can be seen who turned bad together.
type Turn struct {
	Site   SiteID          `json:"site"`
	Name   string          `json:"name"`
	Group  appliance.ID    `json:"group,omitempty"`
	At     time.Time       `json:"at"` // by central's clock
	From   appliance.State `json:"from"`
	To     appliance.State `json:"to"`
	Silent Silence         `json:"silent,omitempty"` // it fell silent, rather than told
	Back   bool            `json:"back,omitempty"`   // it was silent before
	Why    string          `json:"why,omitempty"`    // in English
	WhyIn  *message.Words  `json:"why_words,omitempty"`
	WhyOf  string          `json:"why_of,omitempty"` // the device that WhyIn is about; Why names it
	// Versions, when the turn came with an update of the appliance.
	Version string `json:"version,omitempty"`
}

// Turns keeps turns under TimeKey and site.
var Turns = Noun[Turn]{"turn"}

// TurnKey is where a turn is kept.
func TurnKey(t Turn) string { return Key(TimeKey(t.At), string(t.Site)) }
