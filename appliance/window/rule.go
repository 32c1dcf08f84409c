package window

import (
	"slices"
	"strings"

	"github.com/teambition/rrule-go"

	"siteward/appliance"
)

// Bounds of a rule. Whatever somebody enters, looking for its times must end soon.
const (
	maxRule     = 200 // characters
	maxInterval = 366
	maxCount    = 1000
	maxList     = 31 // entries of one part
)

// parts are those a rule may have. What asks for hours, or numbers days and weeks of the year, is for calendars of people.
var parts = []string{"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}

// longest is the last day of each month in a leap year.
var longest = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// parse reads a rule and refuses what would have no end or no beginning.
func parse(rule string) (*rrule.ROption, error) {
	refuse := func(key, english string) error {
		return appliance.Invalid("rule", "window.error."+key, english, nil)
	}
	if len(rule) > maxRule || strings.ContainsAny(rule, "\r\n") {
		return nil, refuse("rule", "this rule is too long; write it like FREQ=WEEKLY;BYDAY=SU")
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(rule, ";") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || value == "" || seen[key] || !slices.Contains(parts, key) || strings.Count(value, ",") >= maxList {
			return nil, refuse("rule", "this rule cannot be used; write it like FREQ=WEEKLY;BYDAY=SU")
		}
		seen[key] = true
	}
	o, err := rrule.StrToROption(rule)
	if err != nil || !seen["FREQ"] {
		return nil, refuse("rule", "this rule cannot be used; write it like FREQ=WEEKLY;BYDAY=SU")
	}
	switch {
	case o.Freq > rrule.DAILY:
		return nil, refuse("rule_often", "a window comes back daily at most; write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
	case o.Interval < 0 || o.Interval > maxInterval || o.Count < 0 || o.Count > maxCount || seen["COUNT"] && seen["UNTIL"]:
		return nil, refuse("rule_bounds", "INTERVAL is 1 to 366 and COUNT 1 to 1000; use either COUNT or UNTIL")
	case o.Freq >= rrule.WEEKLY && (len(o.Bysetpos) > 0 || numbered(o.Byweekday)):
		return nil, refuse("rule_position", "the first or last day of something is for rules that come back monthly or yearly")
	case !possible(o):
		return nil, refuse("rule_never", "there is no such day; a window with this rule would never take place")
	}
	return o, nil
}

func numbered(days []rrule.Weekday) bool {
	return slices.ContainsFunc(days, func(d rrule.Weekday) bool { return d.N() != 0 })
}

// possible says that some month has the days that are asked for. The library would look for the 30th of February until the
// year 9999.
func possible(o *rrule.ROption) bool {
	inRange := func(list []int, most int) bool {
		return !slices.ContainsFunc(list, func(n int) bool { return n == 0 || n < -most || n > most })
	}
	if !inRange(o.Bymonthday, 31) || !inRange(o.Bymonth, 12) || slices.Min(append(o.Bymonth, 1)) < 1 || !inRange(o.Bysetpos, maxList) {
		return false
	}
	if slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() < -5 || d.N() > 5 }) {
		return false
	}
	if len(o.Bymonthday) == 0 {
		return true
	}
	months := o.Bymonth
	if len(months) == 0 {
		months = []int{1}
	}
	for _, m := range months {
		for _, d := range o.Bymonthday {
			if max(d, -d) <= longest[m-1] {
				return true
			}
		}
	}
	return false
}

// Rule puts a rule in its usual form, or says what is wrong with it.
func Rule(rule string) (string, error) {
	rule = strings.ToUpper(strings.TrimSpace(rule))
	rule = strings.TrimSuffix(strings.TrimPrefix(rule, "RRULE:"), ";")
	if rule == "" {
		return "", nil
	}
	_, err := parse(rule)
	return rule, err
}
