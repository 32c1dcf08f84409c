package notify

import (
	"time"

	"siteward/appliance"
)

// dailyLines bounds each part of a summary.
const dailyLines = 20

// DailyDue says whether a contact's summary is to be told now: once a day, from the contact's time of day on. last is the day of the
// one before, "2026-11-29".
func DailyDue(c appliance.Contact, last string, now time.Time) bool {
	at, err := time.Parse("15:04", c.Daily)
	if err != nil || c.Off {
		return false
	}
	due := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
	return !now.Before(due) && last != now.Format(time.DateOnly)
}

// Daily is the summary since a time in three parts: new, still open, solved. Incidents that turned out to be a part of another are
// left to that one.
func Daily(incidents []appliance.Incident, since, now time.Time) []appliance.Message {
	var fresh, open, solved []appliance.Message
	for _, i := range incidents {
		line := appliance.Message{Key: "notice.daily_line", Args: map[string]any{"title": i.Title(), "at": i.Opened}, English: i.Title().English}
		switch {
		case i.With != 0:
		case !i.Open() && !i.Closed.Before(since):
			line.Key = "notice.daily_solved"
			line.Args = map[string]any{"title": i.Title(), "for": i.Lasted(now).Round(time.Second).Seconds(), "unit": "s"}
			solved = append(solved, line)
		case !i.Open():
		case i.Opened.Before(since):
			open = append(open, line)
		default:
			fresh = append(fresh, line)
		}
	}
	if len(fresh)+len(open)+len(solved) == 0 {
		return []appliance.Message{{Key: "notice.daily_nothing", English: "nothing went wrong"}}
	}
	var out []appliance.Message
	for _, part := range []struct {
		key   string
		lines []appliance.Message
	}{{"notice.daily_new", fresh}, {"notice.daily_open", open}, {"notice.daily_over", solved}} {
		out = append(out, appliance.Message{Key: part.key, Args: map[string]any{"n": len(part.lines)}, English: part.key})
		out = append(out, part.lines[:min(len(part.lines), dailyLines)]...)
		if more := len(part.lines) - dailyLines; more > 0 {
			out = append(out, appliance.Message{Key: "notice.more_causes", Args: map[string]any{"n": more}, English: "and more"})
		}
	}
	return out
}
