package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/central"
)

// counts are what the chips say, kept for a moment: they need a walk over all sites, and one walk serves everybody who sees the same.
type counts struct {
	mu sync.Mutex
	by map[string]counted
}

type counted struct {
	at    time.Time
	fleet central.Fleet
	// calm are the sites that speak and are well; they need a walk of their own, which is never made for the same page as the other.
	calmAt time.Time
	calm   int
}

const countFor = 10 * time.Second

func (s *Server) count(ctx context.Context, groups []appliance.ID) (all central.Fleet, calm int, err error) {
	k := "all"
	if groups != nil {
		slices.Sort(groups)
		k = ""
		for _, g := range groups {
			k += g.String() + ","
		}
	}
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	c, known := s.counts.by[k]
	stale, now := !known || s.Now().Sub(c.at) >= countFor, s.Now()
	if stale {
		if c.fleet, err = s.Store.Fleet(ctx, central.FleetFilter{Groups: groups, Limit: 1, Total: true}); err != nil {
			return c.fleet, 0, err
		}
		c.at = now
	}
	if !known || !stale && now.Sub(c.calmAt) >= countFor {
		well := asks["ok"]
		well.Groups, well.Limit, well.Total = groups, 1, true
		good, err := s.Store.Fleet(ctx, well)
		if err != nil {
			return c.fleet, 0, err
		}
		c.calm, c.calmAt = good.Total, now
	}
	if s.counts.by == nil || len(s.counts.by) > 200 {
		s.counts.by = map[string]counted{}
	}
	s.counts.by[k] = c
	return c.fleet, c.calm, nil
}
