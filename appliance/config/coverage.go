package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// ValidCoverage checks the end dates of one device, numbers what is new and sorts by the end. The error names a field of the entry.
func ValidCoverage(list []appliance.Coverage) ([]appliance.Coverage, error) {
	if len(list) > appliance.MaxCoverage {
		return nil, appliance.Invalid("coverage", "coverage.too_many", "more end dates than a device can have; remove those that are over", map[string]any{"max": appliance.MaxCoverage})
	}
	list = slices.Clone(list)
	var last appliance.ID
	for _, c := range list {
		last = max(last, c.ID)
	}
	for i := range list {
		c := &list[i]
		c.Name, c.Reference = strings.TrimSpace(c.Name), strings.TrimSpace(c.Reference)
		if !slices.Contains(appliance.CoverageKinds, c.Kind) {
			return nil, appliance.Invalid("kind", "coverage.wrong_kind", "choose what ends: "+fmt.Sprint(appliance.CoverageKinds), nil)
		}
		if until, err := time.Parse(time.DateOnly, c.Until); err != nil || until.Year() < 1990 || until.Year() > 2200 {
			return nil, appliance.Invalid("until", "coverage.wrong_date", "write the last day as year-month-day, such as 2027-03-31", nil)
		}
		if len(c.Name) > 100 || len(c.Reference) > 200 {
			return nil, appliance.Invalid("name", "coverage.too_long", "at most 100 characters for the name and 200 for the reference", nil)
		}
		c.Warn, c.Alarm = min(max(c.Warn, 0), 730), min(max(c.Alarm, 0), 730)
		if c.ID == 0 {
			last++
			c.ID = last
		}
	}
	slices.SortFunc(list, byEnd)
	return list, nil
}

func byEnd(a, b appliance.Coverage) int {
	return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// numbered gives the entries of a file the numbers under which the appliance knows them: by kind and name. Their problems go on then.
func numbered(want, old []appliance.Coverage) []appliance.Coverage {
	want, old = slices.Clone(want), slices.Clone(old)
	for i := range want {
		want[i].ID = 0
		at := slices.IndexFunc(old, func(o appliance.Coverage) bool { return o.Kind == want[i].Kind && o.Name == want[i].Name })
		if at >= 0 {
			want[i].ID = old[at].ID
			old = slices.Delete(old, at, at+1)
		}
	}
	return want
}

func (p *reader) coverage(d *FileDevice) func(*node, string) {
	entries := p.list(func(n *node, path string) {
		var c appliance.Coverage
		p.mapping(n, path, fields{"kind": p.text((*string)(&c.Kind)), "until": p.text(&c.Until), "name": p.text(&c.Name),
			"reference": p.text(&c.Reference), "warn": p.whole(&c.Warn), "alarm": p.whole(&c.Alarm)})
		if _, err := ValidCoverage([]appliance.Coverage{c}); err != nil && n.kind == isMap {
			p.wrong(n, path, "%w", err)
			return
		}
		d.Coverage = append(d.Coverage, c)
	})
	return func(n *node, path string) {
		d.Coverage = []appliance.Coverage{} // the key is there: what it does not name goes
		entries(n, path)
		if len(d.Coverage) > appliance.MaxCoverage {
			p.wrong(n, path, "has more than %d end dates; remove those that are over", appliance.MaxCoverage)
		}
	}
}

func (w *writer) coverage(list []appliance.Coverage) {
	if len(list) == 0 {
		return
	}
	w.line(0, "coverage:")
	list = slices.Clone(list)
	slices.SortFunc(list, byEnd)
	for _, c := range list {
		w.item(func() {
			w.line(0, "kind: %s", quoted(string(c.Kind)))
			w.line(0, "until: %s", strconv.Quote(c.Until))
			w.word("name", c.Name)
			w.word("reference", c.Reference)
			w.whole("warn", c.Warn)
			w.whole("alarm", c.Alarm)
		})
	}
}
