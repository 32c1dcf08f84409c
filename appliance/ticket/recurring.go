package ticket

import (
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// lists are what is to be done in work that recurs, by their words ticket.task.<key>. The marked ones ask for evidence.
var lists = map[string][]appliance.CheckItem{
	appliance.RecurPreventive: {{Key: "logs"}, {Key: "storage", Evidence: true}, {Key: "updates", Evidence: true}, {Key: "backups", Evidence: true}, {Key: "power"}, {Key: "dust"}, {Key: "accounts"}, {Key: "talk"}},
	appliance.RecurBattery:    {{Key: "battery_age", Evidence: true}, {Key: "battery_test", Evidence: true}, {Key: "battery_runtime", Evidence: true}, {Key: "battery_alarm"}},
	appliance.RecurRestore:    {{Key: "restore_choose", Evidence: true}, {Key: "restore_back"}, {Key: "restore_open", Evidence: true}, {Key: "restore_time", Evidence: true}},
}

var recurTitles = map[string]string{appliance.RecurPreventive: "Preventive maintenance", appliance.RecurBattery: "Battery check", appliance.RecurRestore: "Restore test"}

// Recurring is the ticket of work that recurs.
func Recurring(key string) appliance.Ticket {
	return appliance.Ticket{Title: recurTitles[key], Recurs: key, Category: appliance.TicketRequest, Impact: appliance.ImpactOne, List: append([]appliance.CheckItem(nil), lists[key]...)}
}

// Due says which work that recurs is due on a day, last being the day on which each was opened last: "2026-01-15" by key. What was
// due several times meanwhile is due once.
func Due(work []appliance.RecurringWork, last map[string]string, today calendar.Day, cal *calendar.Calendar) (keys []string) {
	if !cal.Business(today) {
		return nil
	}
	for _, w := range work {
		next, err := calendar.ParseDay(w.First)
		if err != nil || w.Months < 1 {
			continue
		}
		if before, err := calendar.ParseDay(last[w.Key]); err == nil {
			for n := 1; !next.After(before) && n < 10_000; n++ {
				next = months(w.First, n*w.Months)
			}
		}
		if !next.After(today) {
			keys = append(keys, w.Key)
		}
	}
	return keys
}

// months is a day some months later; the 31st is the last day of a shorter month.
func months(first string, n int) calendar.Day {
	d, err := calendar.ParseDay(first)
	if err != nil {
		return d
	}
	end := calendar.Date(d.Year, d.Month+time.Month(n)+1, 0) // the last day of that month
	return calendar.Date(end.Year, end.Month, min(d.Day, end.Day))
}
