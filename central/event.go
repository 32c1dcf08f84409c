package central

import (
	"encoding/json"
	"time"
)

// Event is one thing that a site told, kept once and as it was sent.
type Event struct {
	Site     SiteID          `json:"site"`
	N        uint64          `json:"n"`   // counted up by central for each site: the order in which it took them
	Seq      uint64          `json:"seq"` // of the site's outbox
	ID       string          `json:"id"`
	Type     string          `json:"type"`              // "siteward.incident.v1"
	Subject  string          `json:"subject,omitempty"` // the record it is about: "incident/12"
	Time     time.Time       `json:"time"`              // by the site's clock
	Received time.Time       `json:"received"`          // by central's
	Data     json.RawMessage `json:"data"`
}

// EventFilter chooses events of one site, newest first. Zero fields choose all.
type EventFilter struct {
	Site    SiteID // must be given
	Types   []string
	Subject string
	Since   time.Time // by Received
	Before  uint64    // only lower N: the next page
	Limit   int       // 100 when 0, at most 10,000
}

// Most gives the limit that is meant.
func (f *EventFilter) Most() int { return most(f.Limit) }

func most(limit int) int {
	if limit <= 0 {
		return 100
	}
	return min(limit, 10_000)
}
