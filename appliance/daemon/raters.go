package daemon

import (
	"sync"

	"siteward/appliance"
	"siteward/appliance/series"
)

// raters keep what each check's counters stood at.
type raters struct {
	mu sync.Mutex
	by map[appliance.ID]*series.Rater
}

func (r *raters) of(check appliance.ID) *series.Rater {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[appliance.ID]*series.Rater{}
	}
	if r.by[check] == nil {
		r.by[check] = &series.Rater{}
	}
	return r.by[check]
}

func (r *raters) forget(check appliance.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.by, check)
}
