package central

import (
	"slices"
	"strings"

	"siteward/appliance"
)

// Row is one site with what is known of it.
type Row struct {
	Site   Site   `json:"site"`
	Status Status `json:"status"`
}

// FleetFilter chooses sites, the worst first, those of one rank by name. Zero fields choose all.
type FleetFilter struct {
	Groups []appliance.ID // of these; nil = all, empty = none: what somebody may see
	Text   string         // in the name, any case
	Silent []Silence
	States []appliance.State
	Ring   string
	Offset int
	Limit  int // 100 when 0, at most 10,000
	// Total counts what the filter chooses beyond the limit, and by state; it costs a walk over all.
	Total bool
}

// Most gives the limit that is meant.
func (f *FleetFilter) Most() int { return most(f.Limit) }

// Chooses says whether a row is wanted.
func (f *FleetFilter) Chooses(r *Row) bool {
	return f.Sees(r.Site.Group) &&
		(len(f.Silent) == 0 || slices.Contains(f.Silent, r.Status.Silent)) &&
		(len(f.States) == 0 || slices.Contains(f.States, r.Status.Facts.State)) &&
		(f.Ring == "" || f.Ring == r.Site.Ring) &&
		(f.Text == "" || strings.Contains(strings.ToLower(r.Site.Name), strings.ToLower(f.Text)))
}

// Sees says whether a group is among those of the filter.
func (f *FleetFilter) Sees(group appliance.ID) bool {
	return f.Groups == nil || slices.Contains(f.Groups, group)
}

// Fleet is a page of rows.
type Fleet struct {
	Rows []Row `json:"rows"`
	// Total and what follows count everything that the filter chooses, when it asked for that.
	Total  int                     `json:"total"`
	States map[appliance.State]int `json:"states,omitempty"`
	Silent map[Silence]int         `json:"silent,omitempty"`
}
