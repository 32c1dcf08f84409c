package round

import (
	"time"

	"siteward/appliance"
)

// Days is what is asked of the site's calendar.
type Days interface {
	// Due is the first moment of a day's minute, ok is false for days on which nobody works.
	Due(day time.Time, minute int, everyDay bool) (at time.Time, ok bool)
}

// Last is when the newest round was due that is not after now; zero when there was none within two weeks.
func Last(s appliance.RoundSettings, days Days, now time.Time) time.Time {
	for back := range 15 {
		if at, ok := days.Due(now.AddDate(0, 0, -back), s.Minute, s.EveryDay); ok && !at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// Next is when the next round is due after now; zero when there is none within two weeks.
func Next(s appliance.RoundSettings, days Days, now time.Time) time.Time {
	for ahead := range 15 {
		if at, ok := days.Due(now.AddDate(0, 0, ahead), s.Minute, s.EveryDay); ok && at.After(now) {
			return at
		}
	}
	return time.Time{}
}
