package ui

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// maxNamed is how many devices behind a cause are named on a page; the file has all of them.
const maxNamed = 12

// rowBytes is about the length of a row's HTML.
const rowBytes = 2048

// reader is for whom problems are told, and what he may do with them.
type reader struct {
	l         *Lang
	technical bool
	act       bool // take care of problems
	self      string
	pick      bool   // with boxes, for several at once
	form      string // id of the form that buttons belong to
	path      string // evidence opens on this page: "/problems?state=critical"
	today     string // changes at midnight, when a time of day becomes a date
	people    map[string]string
	device    func(appliance.ID) string
}

// person is the full name behind a sign-in name, as far as there is one.
func (r *reader) person(name string) string {
	if full := r.people[name]; full != "" {
		return full
	}
	return name
}

// row is a problem in the table.
func (r *reader) row(p monitor.Problem) view.ProblemRow {
	l := r.l
	row := view.ProblemRow{
		Check: p.Check.String(), Item: p.Item, State: p.State.String(), Handled: p.Taken, Href: stateHref(p.StateRecord),
		Device: cmp.Or(p.Device.Name, p.Label), What: l.StateItem(p.StateRecord), Hint: p.Device.Place, Fact: l.Say(p.Evidence.Why), Evidence: evidenceOn(r.path, p.StateKey),
		Since: p.Since, Age: l.now().Sub(p.Since), Behind: r.behind(p), Form: r.form, Box: r.pick, Act: r.act,
	}
	if !r.technical {
		row.Plain, row.Hint = l.Problem(p), p.Device.Purpose
	}
	if n := len(p.Children) - len(p.Behind); n > 0 && r.technical && len(p.Behind) == 0 {
		row.Follows = l.T("problems.follows", "n", n)
	}
	if a := p.Ack; a != nil {
		row.Owner, row.Reason, row.Taken = r.person(a.By), a.Reason, a.At
	}
	row.Take = r.act && !p.Taken
	row.Give = r.act && p.Taken && (r.technical || p.Ack.By == r.self)
	row.Select = r.pick && row.Take
	return row
}

// behind says how many devices cannot be reached because of a problem, and which.
func (r *reader) behind(p monitor.Problem) view.Behind {
	if len(p.Behind) == 0 {
		return view.Behind{}
	}
	names := make([]string, 0, min(len(p.Behind), maxNamed))
	for _, id := range p.Behind[:min(len(p.Behind), maxNamed)] {
		names = append(names, r.device(id))
	}
	slices.Sort(names)
	b := view.Behind{Summary: r.l.T("problems.behind", "n", len(p.Behind)), Names: strings.Join(names, ", ")}
	if more := len(p.Behind) - len(names); more > 0 {
		b.Names = r.l.T("problems.and_more", "names", b.Names, "n", more)
	}
	return b
}

// stamp holds everything that a row shows, as cheaply as it can be said: the evidence's English sentence stands for the one in
// the reader's language. The age is in it as long as it still grows.
func (r *reader) stamp(p monitor.Problem) string {
	b := make([]byte, 0, 256)
	add := func(s string) { b = append(append(b, s...), 0) }
	num := func(n int64) { b = append(strconv.AppendInt(b, n, 36), 0) }
	num(int64(p.State))
	num(p.Since.Unix())
	num(int64(p.Device.Version)) //nolint:gosec // a count of changes
	add(p.Device.Name)
	add(p.Device.Place)
	add(p.Device.Purpose)
	add(p.Label)
	add(p.Evidence.Why.English)
	num(int64(len(p.Children)))
	for _, id := range p.Behind {
		num(int64(id)) //nolint:gosec // only compared
	}
	if a := p.Ack; a != nil {
		num(a.At.UnixNano())
		add(r.person(a.By))
		add(a.Reason)
	}
	add(r.path)
	add(r.l.Ago(p.Since))
	add(r.today)
	return string(b)
}

// shape tells apart the ways a row is drawn for different people.
func (r *reader) shape() string {
	b := []byte("---")
	for i, on := range []bool{r.technical, r.act, r.pick} {
		if on {
			b[i] = '+'
		}
	}
	if r.technical || !r.act {
		return string(b) + r.form
	}
	return string(b) + r.form + "|" + r.self // only he may give back what he has taken
}

// table renders rows, each once per change of what it shows. The row of a template is made by calling its dot, so that rows
// which have not changed cost no words.
func (s *Server) table(r *reader, problems []monitor.Problem) (view.ProblemTable, error) {
	t := view.ProblemTable{ID: r.form, Count: len(problems), Act: r.act, Select: r.pick, Technical: r.technical}
	var b strings.Builder
	b.Grow(len(problems) * rowBytes)
	shape := r.shape()
	for _, p := range problems {
		key := shape + "|" + p.Check.String() + "|" + p.Item
		html, err := s.render.Fragment(r.l.Tag, "problems", "problem-row", key, r.stamp(p), func() view.ProblemRow { return r.row(p) })
		if err != nil {
			return t, err
		}
		b.WriteString(string(html))
	}
	t.Rows = template.HTML(b.String()) //nolint:gosec // html/template wrote each of them
	return t, nil
}
