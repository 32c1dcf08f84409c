package notify

import "time"

// Retrying: soon at first, because most failures are short, and then at most once an hour for days.
const (
	firstWait = 20 * time.Second
	maxWait   = time.Hour
	// Lifetime is how long it is tried to tell something. After that it stands as failed.
	Lifetime = 7 * 24 * time.Hour
)

// Wait is how long to wait after a number of failed tries in a row. dice is a number from 0 to 1: a quarter of the time is left to
// chance, so that not everybody comes back at the same moment.
func Wait(tried int, dice float64) time.Duration {
	wait := maxWait
	if tried < 10 {
		wait = min(maxWait, firstWait<<max(0, tried-1))
	}
	return wait - time.Duration(dice*float64(wait)/4)
}
