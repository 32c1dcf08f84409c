package config

import "siteward/appliance"

// daysOff reads free days: a day alone, or a day with its name, or one on which people work though the region has a holiday.
func (p *reader) daysOff(to *FileSite) func(*node, string) {
	days := p.list(func(n *node, path string) {
		var d appliance.DayOff
		if n.kind == isText {
			d.Day = n.text
		} else {
			p.mapping(n, path, fields{"day": p.text(&d.Day), "name": p.text(&d.Name), "work": p.flag(&d.Work)})
		}
		to.DaysOff = append(to.DaysOff, d)
	})
	return func(n *node, path string) {
		to.DaysOff = []appliance.DayOff{} // the key is there: what it does not name goes
		days(n, path)
	}
}

func (w *writer) daysOff(days []appliance.DayOff) {
	if len(days) == 0 {
		return
	}
	w.line(0, "days_off:")
	for _, d := range days {
		w.item(func() {
			w.line(0, "day: %s", quoted(d.Day))
			w.word("name", d.Name)
			w.flag("work", d.Work)
		})
	}
}
