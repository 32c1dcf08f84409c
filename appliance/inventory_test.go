package appliance

import (
	"testing"
	"time"
)

func TestCoverageIsRemindedBeforeItEnds(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 28, 23, 30, 0, 0, berlin) // the clock goes forward the night after
	for _, c := range []struct {
		coverage Coverage
		days     int
		state    State
	}{
		{Coverage{Kind: CoverageWarranty, Until: "2026-03-01"}, -27, StateWarning},
		{Coverage{Until: "2026-05-28"}, 61, StateOK},
		{Coverage{Until: "2026-05-27"}, 60, StateWarning},
		{Coverage{Until: "2026-04-12"}, 15, StateWarning},
		{Coverage{Until: "2026-04-11"}, 14, StateCritical},
		{Coverage{Until: "2026-03-28"}, 0, StateCritical},
		{Coverage{Until: "2026-03-01"}, -27, StateCritical},
		{Coverage{Until: "2026-05-27", Warn: 30}, 60, StateOK},
		{Coverage{Until: "2026-04-02", Warn: 7}, 5, StateCritical},
		{Coverage{Until: "soon"}, 0, StateNoData},
	} {
		if c.coverage.Kind == "" {
			c.coverage.Kind = CoverageSubscription
		}
		if days, state := c.coverage.Standing(now); days != c.days || state != c.state {
			t.Errorf("%+v: %d days, %v; want %d, %v", c.coverage, days, state, c.days, c.state)
		}
	}
}
