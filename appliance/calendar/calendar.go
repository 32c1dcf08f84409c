package calendar

import (
	"slices"
	"sync"
	"time"
)

// Noon is when a business day begins unless the site says otherwise: what runs at 01:00 belongs to the evening before.
const Noon = 12 * 60

// Options of a calendar.
type Options struct {
	Region   string         // ISO 3166-2: "DE-BE", "NL"; unknown ones have no holidays
	Location *time.Location // nil: UTC
	DayStart int            // minutes since midnight at which a business day begins; see Noon
	Extra    []Holiday      // free at this site in addition; Day.Year 0 is every year
	Removed  []Day          // holidays on which this site works all the same; Year 0 is every year
}

// Holiday is a day on which nobody works.
type Holiday struct {
	Day  Day
	Key  string // of its name in the locale files, holiday.<key>; "" when it has none
	Name string // as it is called in its country, or by the site
}

// Calendar knows the days of one site. It may be used by many goroutines.
type Calendar struct {
	o     Options
	mu    sync.Mutex
	years map[int]map[Day]Holiday
}

// New makes the calendar of a site.
func New(o Options) *Calendar {
	if o.Location == nil {
		o.Location = time.UTC
	}
	return &Calendar{o: o, years: map[int]map[Day]Holiday{}}
}

// Location is the site's zone.
func (c *Calendar) Location() *time.Location { return c.o.Location }

// DayStart is when a business day begins, in minutes since midnight.
func (c *Calendar) DayStart() int { return c.o.DayStart }

// DayOf is the business day that a moment belongs to: the one that began last.
func (c *Calendar) DayOf(t time.Time) Day {
	d := DayOf(t.In(c.o.Location))
	if t.Before(c.Start(d)) {
		return d.Add(-1)
	}
	return d
}

// Start is when a business day begins.
func (c *Calendar) Start(d Day) time.Time { return d.At(c.o.DayStart, c.o.Location) }

// End is when a business day ends: the start of the next.
func (c *Calendar) End(d Day) time.Time { return c.Start(d.Add(1)) }

// Holiday says whether a day is a public holiday or another free day of the site, and which.
func (c *Calendar) Holiday(d Day) (Holiday, bool) {
	h, ok := c.year(d.Year)[d]
	return h, ok
}

// Holidays lists the free days of a year that are more than a weekend, in their order.
func (c *Calendar) Holidays(year int) []Holiday {
	list := make([]Holiday, 0, 16)
	for _, h := range c.year(year) {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b Holiday) int { return a.Day.Sub(b.Day) })
	return list
}

// Business says whether people work on a day: Monday to Friday, no holiday.
func (c *Calendar) Business(d Day) bool {
	_, holiday := c.Holiday(d)
	return !holiday && !d.Weekend()
}

// Next is the first business day after a day.
func (c *Calendar) Next(d Day) Day { return c.Add(d, 1) }

// Previous is the last business day before a day.
func (c *Calendar) Previous(d Day) Day { return c.Add(d, -1) }

// Add is n business days later, or earlier when n is negative. The day itself does not count, so 0 changes nothing.
func (c *Calendar) Add(d Day, n int) Day {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		before := d
		for d = d.Add(step); !c.Business(d); d = d.Add(step) {
			if d.Sub(before) > 400 || before.Sub(d) > 400 { // a site that calls every day free
				return before
			}
		}
		n--
	}
	return d
}

// year computes the free days of a year once.
func (c *Calendar) year(year int) map[Day]Holiday {
	c.mu.Lock()
	defer c.mu.Unlock()
	if days, ok := c.years[year]; ok {
		return days
	}
	days := map[Day]Holiday{}
	for _, h := range holidaysOf(c.o.Region) {
		if _, observed := h.Calc(year); !observed.IsZero() {
			d := DayOf(observed)
			days[d] = Holiday{Day: d, Key: keys[h.Name], Name: h.Name}
		}
	}
	for _, h := range c.o.Extra {
		if h.Day.Year == 0 {
			h.Day.Year = year
		}
		if h.Day.Year == year {
			days[h.Day] = h
		}
	}
	for _, d := range c.o.Removed {
		if d.Year == 0 {
			d.Year = year
		}
		delete(days, d)
	}
	if len(c.years) > 100 { // nobody asks for so many but a test or a mistake
		clear(c.years)
	}
	c.years[year] = days
	return days
}
