package store

import (
	"encoding/json"
	"fmt"
	"time"

	"siteward/appliance"
)

// clockState is what retention remembers of the clock.
type clockState struct {
	Last    time.Time `json:"last"`              // highest time that is believed
	Ahead   time.Time `json:"ahead,omitzero"`    // where it jumped to, not believed yet
	Pending int       `json:"pending,omitempty"` // runs that still have to agree with Ahead
}

const (
	metaClock = "clock"
	// releaseYear is when this program was written: a clock that shows less has lost its battery.
	releaseYear = 2026
	// clockStep is how far apart two runs may be without being a jump, and agreeRuns how many runs have to follow
	// a jump before anything is removed: three nights in which a person can see the wrong date.
	clockStep = 8 * 24 * time.Hour
	agreeRuns = 3
)

// trustClock refuses a clock that shows the distant past, went back, or jumped ahead of everything that is stored.
func (s *Store) trustClock(now time.Time) error {
	if now.Year() < releaseYear {
		return distrust("the clock shows %s; set it", now.UTC().Format(time.DateOnly))
	}
	c, err := s.clock(now)
	if err != nil {
		return err
	}
	if now.Before(c.Last.Add(-time.Hour)) {
		return distrust("the clock shows %s, but %s was reached before; set it", now.UTC().Format(time.DateTime), c.Last.UTC().Format(time.DateTime))
	}
	before := c.Last
	c.see(now)
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	if _, err := s.commit(func(tx *Tx) error { return tx.putMeta(metaClock, b) }); err != nil {
		return err
	}
	if c.Pending > 0 {
		return distrust("the clock went from %s to %s at once; %d more runs have to agree", before.UTC().Format(time.DateOnly), now.UTC().Format(time.DateOnly), c.Pending)
	}
	return nil
}

// see takes a time that is not before Last into account.
func (c *clockState) see(now time.Time) {
	switch {
	case now.Sub(c.Last) <= clockStep:
		*c = clockState{Last: now}
	case c.Pending == 0 || now.Before(c.Ahead) || now.Sub(c.Ahead) > clockStep:
		c.Ahead, c.Pending = now, agreeRuns
	default:
		c.Ahead = now
		if c.Pending--; c.Pending == 0 {
			*c = clockState{Last: now}
		}
	}
}

// clock is what earlier runs saw. Before the first run it is the newest sample.
func (s *Store) clock(now time.Time) (c clockState, err error) {
	b, err := view(s, func(tx *Tx) ([]byte, error) { return tx.meta(metaClock) })
	if err != nil {
		return c, err
	}
	if b != nil {
		if err := json.Unmarshal(b, &c); err != nil {
			return c, fmt.Errorf("clock: %w", err)
		}
		return c, nil
	}
	s.samples.mu.RLock()
	newest := time.Unix(s.samples.newest, 0)
	s.samples.mu.RUnlock()
	if c.Last = now; newest.Year() >= releaseYear && newest.Before(now) {
		c.Last = newest
	}
	return c, nil
}

func distrust(format string, args ...any) error {
	return appliance.Errorf(appliance.CodeUnavailable, "nothing old is removed: "+format, args...)
}
