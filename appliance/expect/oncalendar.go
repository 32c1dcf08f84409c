package expect

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// onCalendar is an expression of systemd.time(7), "Mon..Fri *-*-* 02:00:00 Europe/Berlin", to the minute. Months are counted from
// their end with "~", sets are lists of values, ranges "a..b" and steps "a/n".
type onCalendar struct {
	days                 []time.Weekday // empty = all
	year, month, day     set
	fromEnd              bool // day counts from the end of the month
	hour, minute, second set
	loc                  *time.Location // nil = the site's
}

// set holds the values of one field, ascending; nil means all.
type set []int

func (s set) has(v int) bool { return s == nil || slices.Contains(s, v) }

// shorthands of systemd.time(7).
var shorthands = map[string]string{
	"minutely": "*-*-* *:*:00", "hourly": "*-*-* *:00:00", "daily": "*-*-* 00:00:00", "weekly": "Mon *-*-* 00:00:00",
	"monthly": "*-*-01 00:00:00", "quarterly": "*-01,04,07,10-01 00:00:00", "semiannually": "*-01,07-01 00:00:00",
	"yearly": "*-01-01 00:00:00", "annually": "*-01-01 00:00:00",
}

var weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseOnCalendar(text string) (c onCalendar, err error) {
	bad := appliance.Invalid("text", "expect.error_calendar", "enter an OnCalendar expression, like Mon..Fri *-*-* 02:00", nil)
	if len(text) > 200 {
		return c, bad
	}
	fields := strings.Fields(text)
	if n := len(fields); n > 1 { // the zone comes last
		if loc, err := time.LoadLocation(fields[n-1]); err == nil && fields[n-1] != "" && !strings.ContainsAny(fields[n-1], ":*") && fields[n-1] != "Local" {
			c.loc, fields = loc, fields[:n-1]
		}
	}
	if len(fields) == 1 {
		if long, ok := shorthands[strings.ToLower(fields[0])]; ok {
			fields = strings.Fields(long)
		}
	}
	if len(fields) == 0 || len(fields) > 3 {
		return c, bad
	}
	if days, ok := parseWeekdays(fields[0]); ok {
		c.days, fields = days, fields[1:]
	}
	ok := true
	c.hour, c.minute, c.second = set{0}, set{0}, set{0}
	for i, f := range fields {
		switch {
		case strings.Contains(f, ":") && i == len(fields)-1:
			ok = ok && c.parseTime(f)
		case strings.ContainsAny(f, "-~") && i == 0:
			ok = ok && c.parseDate(f)
		default:
			ok = false
		}
	}
	if !ok || c.next(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return c, bad
	}
	return c, nil
}

func parseWeekdays(text string) (days []time.Weekday, ok bool) {
	number := func(name string) int {
		name = strings.ToLower(name)
		return slices.IndexFunc(weekdayNames, func(short string) bool {
			return name == short || strings.HasPrefix(name, short) && strings.HasPrefix(strings.ToLower(time.Weekday(slices.Index(weekdayNames, short)).String()), name)
		})
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(text, ","), ",") {
		from, to, isRange := strings.Cut(part, "..")
		a, b := number(from), number(from)
		if isRange {
			b = number(to)
		}
		if a < 0 || b < 0 {
			return nil, false
		}
		for d := a; ; d = (d + 1) % 7 {
			days = append(days, time.Weekday(d))
			if d == b {
				break
			}
		}
	}
	return days, true
}

func (c *onCalendar) parseDate(text string) (ok bool) {
	if head, day, found := strings.Cut(text, "~"); found {
		c.fromEnd = true
		text = head + "-" + day
	}
	parts := strings.Split(text, "-")
	if len(parts) == 2 {
		parts = append([]string{"*"}, parts...)
	}
	if len(parts) != 3 {
		return false
	}
	var a, b, d bool
	c.year, a = parseSet(parts[0], 1970, 2199)
	c.month, b = parseSet(parts[1], 1, 12)
	c.day, d = parseSet(parts[2], 1, 31)
	return a && b && d
}

func (c *onCalendar) parseTime(text string) (ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) == 2 {
		parts = append(parts, "00")
	}
	if len(parts) != 3 {
		return false
	}
	parts[2], _, _ = strings.Cut(parts[2], ".") // parts of seconds are of no account
	var a, b, d bool
	c.hour, a = parseSet(parts[0], 0, 23)
	c.minute, b = parseSet(parts[1], 0, 59)
	c.second, d = parseSet(parts[2], 0, 59)
	return a && b && d
}

func parseSet(text string, least, most int) (set, bool) {
	if text == "*" {
		return nil, true
	}
	var out set
	for part := range strings.SplitSeq(text, ",") {
		span, by, stepped := strings.Cut(part, "/")
		from, to, isRange := strings.Cut(span, "..")
		a, err := strconv.Atoi(from)
		if from == "*" && !isRange {
			a, err = least, nil
		}
		b, step := a, 1
		switch {
		case err == nil && isRange:
			b, err = strconv.Atoi(to)
		case stepped:
			b = most
		}
		if err == nil && stepped {
			step, err = strconv.Atoi(by)
		}
		if err != nil || a < least || b > most || b < a || step < 1 {
			return nil, false
		}
		for v := a; v <= b; v += step {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// next is the first time after wall, to the minute, within twelve years.
func (c onCalendar) next(wall time.Time) time.Time {
	day := calendar.DayOf(wall)
	for range 12 * 366 {
		if c.onDay(day) {
			midnight := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
			for h := range 24 {
				if !c.hour.has(h) {
					continue
				}
				for m := range 60 {
					if t := midnight.Add(time.Duration(h*60+m) * time.Minute); c.minute.has(m) && t.After(wall) {
						return t
					}
				}
			}
		}
		day = day.Add(1)
	}
	return time.Time{}
}

func (c onCalendar) onDay(d calendar.Day) bool {
	n := d.Day
	if c.fromEnd {
		n = calendar.Date(d.Year, d.Month+1, 1).Sub(d)
	}
	return (len(c.days) == 0 || slices.Contains(c.days, d.Weekday())) && c.year.has(d.Year) && c.month.has(int(d.Month)) && c.day.has(n)
}
