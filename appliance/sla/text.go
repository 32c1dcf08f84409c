package sla

import (
	"fmt"
	"strings"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// ParseSpans reads the times of one day: "08:00-12:00 13:00-17:00", or nothing. The end of the day is 24:00.
func ParseSpans(s string) (list []appliance.ServiceSpan, err error) {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
	if len(fields) > 10 {
		return nil, fmt.Errorf("%d spans are too many for a day", len(fields))
	}
	for _, part := range fields {
		from, to, ok := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		if !ok {
			return nil, fmt.Errorf("%q is no span; write it like 08:00-17:00", part)
		}
		var span appliance.ServiceSpan
		if span.From, err = calendar.ParseClock(from); err != nil {
			return nil, err
		}
		if span.To = day; to != "24:00" {
			if span.To, err = calendar.ParseClock(to); err != nil {
				return nil, err
			}
		}
		list = append(list, span)
	}
	return list, nil
}

// FormatSpans writes the times of one day as ParseSpans reads them.
func FormatSpans(list []appliance.ServiceSpan) string {
	parts := make([]string, 0, len(list))
	for _, s := range list {
		to := "24:00"
		if s.To < day {
			to = calendar.Clock(s.To)
		}
		parts = append(parts, calendar.Clock(s.From)+"-"+to)
	}
	return strings.Join(parts, " ")
}
