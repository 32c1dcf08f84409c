package config

import (
	"errors"

	"siteward/appliance"
	"siteward/appliance/sla"
)

// weekKeys are the days of own hours.
var weekKeys = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// hoursKeys adds what says when somebody works, or is told something.
func (p *reader) hoursKeys(f fields, to *appliance.ServiceHours) fields {
	f["hours"], f["week"], f["holidays"] = p.text(&to.Preset), p.week(&to.Week), p.flag(&to.Holidays)
	f["region"], f["time_zone"] = p.text(&to.Region), p.text(&to.TimeZone)
	return f
}

func (p *reader) week(to *appliance.ServiceWeek) func(*node, string) {
	return func(n *node, path string) {
		f := fields{}
		for d, key := range weekKeys {
			f[key] = func(n *node, path string) {
				var s string
				p.text(&s)(n, path)
				spans, err := sla.ParseSpans(s)
				if err != nil {
					p.wrong(n, path, "must be times like 08:00-12:00 13:00-17:00: %v", err)
				}
				to[d] = spans
			}
		}
		p.mapping(n, path, f)
	}
}

// someHours are hours that may be left out: always.
func (p *reader) someHours(n *node, path string, h appliance.ServiceHours) *appliance.ServiceHours {
	if h.Preset == "" && h.Week.IsZero() && !h.Holidays && h.Region == "" && h.TimeZone == "" {
		return nil
	}
	if h.Preset == "" {
		p.say(n.at, appliance.CodeInvalid, "hours", "is missing; write own or one of 5x8, 5x10, 6x12, 7x24")
		return nil
	}
	at, ok := p.places[join(path, "hours")]
	if !ok {
		at = n.at
	}
	if e, wrong := errors.AsType[*appliance.Error](hoursError(h)); wrong {
		p.add(at, e)
	}
	return &h
}

func hoursError(h appliance.ServiceHours) error {
	_, err := sla.HoursOf(h, appliance.Site{TimeZone: "UTC"})
	return err
}

func (w *writer) hours(h *appliance.ServiceHours) {
	if h == nil {
		return
	}
	w.word("hours", h.Preset)
	if h.Preset == appliance.HoursOwn {
		w.line(0, "week:")
		for d, key := range weekKeys {
			if len(h.Week[d]) > 0 {
				w.line(1, "%s: %s", key, quoted(sla.FormatSpans(h.Week[d])))
			}
		}
	}
	w.flag("holidays", h.Holidays)
	w.word("region", h.Region)
	w.word("time_zone", h.TimeZone)
}
