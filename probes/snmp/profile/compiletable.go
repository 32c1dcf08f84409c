package profile

import (
	"regexp"
	"slices"
	"sort"
)

// condition is one column with the values it may have.
type condition struct {
	column string
	texts  []string
	match  []*regexp.Regexp
}

// holds says whether a text is one of those wanted. A column without a value has the text "".
func (c condition) holds(text string) bool {
	if slices.Contains(c.texts, text) {
		return true
	}
	return slices.ContainsFunc(c.match, func(re *regexp.Regexp) bool { return re.MatchString(text) })
}

func (c *compiler) conditions(all conditions) []condition {
	var out []condition
	for column, values := range all {
		cond := condition{column: column}
		for _, v := range values {
			if len(v) > 2 && v[0] == '/' && v[len(v)-1] == '/' {
				cond.match = append(cond.match, c.regexp(column, v[1:len(v)-1]))
				continue
			}
			cond.texts = append(cond.texts, v)
		}
		out = append(out, cond)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].column < out[j].column })
	return out
}

func (c *compiler) table(t table) *tableSpec {
	s := &tableSpec{name: t.Name, indexBy: t.IndexBy, prefix: t.Prefix, anchor: t.Anchor}
	if t.Name == "" {
		c.fail("a table without a name")
	}
	if s.prefix != "" {
		s.prefix += "."
	}
	always := &rowsSpec{when: c.conditions(t.When), unless: c.conditions(t.Unless), label: c.template(t.Label)}
	if t.Shorten != "" {
		always.label.short = c.regexp(t.Name, t.Shorten)
	}
	for _, o := range t.Columns {
		column := c.object(o)
		if column == nil {
			continue
		}
		s.columns = append(s.columns, column)
		always.outs = append(always.outs, c.inline(o)...)
	}
	if len(always.outs) > 0 {
		s.rows = append(s.rows, always)
	}
	for _, r := range t.Rows {
		s.rows = append(s.rows, c.rows(always, r))
	}
	for _, a := range t.Aggregates {
		s.aggs = append(s.aggs, c.aggregate(always, a))
	}
	if t.IndexBy != "" && s.column(t.IndexBy) == nil {
		c.fail("table %s: index_by %q is not one of its columns", t.Name, t.IndexBy)
	}
	for _, name := range t.Anchor {
		if s.column(name) == nil {
			c.fail("table %s: anchor %q is not one of its columns", t.Name, name)
		}
	}
	return s
}

// rows compiles a group of rows; the table's own conditions and label hold for it as well.
func (c *compiler) rows(always *rowsSpec, r rows) *rowsSpec {
	s := &rowsSpec{
		when:   slices.Concat(always.when, c.conditions(r.When)),
		unless: slices.Concat(always.unless, c.conditions(r.Unless)),
		first:  r.First, quiet: r.Quiet, label: always.label,
	}
	if r.Label != "" {
		s.label = c.template(r.Label)
	}
	for _, m := range r.Metrics {
		s.outs = append(s.outs, c.metric(m))
	}
	for _, st := range r.Status {
		s.outs = append(s.outs, c.status(st))
	}
	for _, t := range r.Texts {
		s.outs = append(s.outs, c.text(t))
	}
	return s
}

func (c *compiler) aggregate(always *rowsSpec, a aggregate) *aggSpec {
	s := &aggSpec{
		name: a.Name, over: a.Over,
		when:   slices.Concat(always.when, c.conditions(a.When)),
		unless: slices.Concat(always.unless, c.conditions(a.Unless)),
	}
	if !slices.Contains([]string{"mean", "sum", "min", "max", "count"}, a.Over) {
		c.fail("aggregate %s%s: over is mean, sum, min, max or count, not %q", a.Name, a.Metric, a.Over)
	}
	switch {
	case a.Metric != "":
		s.out = c.metric(metric{Metric: a.Metric, Unit: a.Unit, Value: a.Value})
	case a.Name != "":
		e, err := parseExpr(a.Value)
		if err != nil {
			c.fail("aggregate %s: %v", a.Name, err)
			e = &expr{}
		}
		s.out = &out{expr: e}
	default:
		c.fail("an aggregate needs a metric or a name")
		s.out = &out{expr: &expr{}}
	}
	return s
}

func (t *tableSpec) column(name string) *spec {
	for _, s := range t.columns {
		if s.name == name {
			return s
		}
	}
	return nil
}
