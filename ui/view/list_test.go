package view

import (
	"math"
	"net/url"
	"testing"
	"time"

	"siteward/appliance"
)

func TestListLinks(t *testing.T) {
	l := NewList("/devices", url.Values{"state": {"critical"}, "page": {"3"}, "sort": {"-name"}}, "state")
	if l.Sort != "name" || !l.Desc {
		t.Errorf("sorts by %s, %v", l.Sort, l.Desc)
	}
	for name, c := range map[string][2]string{
		"filter changes, paging starts anew": {l.With("state", "ok"), "/devices?sort=-name&state=ok"},
		"filter is taken out":                {l.With("state", ""), "/devices?sort=-name"},
		"csv has the same rows":              {l.CSV(), "/devices.csv?sort=-name&state=critical"},
		"other column":                       {l.Head("since", "Since").Href, "/devices?sort=since&state=critical"},
		"same column turns":                  {l.Head("name", "Name").Href, "/devices?sort=name&state=critical"},
		"own sort says so":                   {l.Head("name", "Name").Aria, "descending"},
		"without filters":                    {NewList("/devices", nil, "name").With("x", ""), "/devices"},
		"turns down":                         {NewList("/devices", nil, "name").Head("name", "Name").Href, "/devices?sort=-name"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %q, want %q", name, c[0], c[1])
		}
	}
	if h := l.Hidden("q"); len(h) != 2 || h["state"] != "critical" {
		t.Errorf("the filter form carries %v", h)
	}
}

func TestFormKeepsTheFirstSentence(t *testing.T) {
	var f Form
	f.Fail("name", "Enter a name.")
	f.Fail("name", "Something else.")
	f.Fail("", "About all of it.")
	if f.OK() || f.Error("name") != "Enter a name." || len(f.Errors) != 2 {
		t.Errorf("%+v", f)
	}
	if got := (Field{Name: "a", Hint: "h", Error: "e"}).Describes(); got != "a-hint a-error" {
		t.Error(got)
	}
}

func TestMenuHidesByRole(t *testing.T) {
	count := func(r appliance.Role) int {
		n := 0
		for _, g := range (Frame{User: User{Role: r}}).Menu() {
			n += len(g)
		}
		return n
	}
	if count("") != 0 || count(appliance.RoleViewer) == 0 || count(appliance.RoleAdministrator) <= count(appliance.RoleViewer) {
		t.Errorf("nobody %d, viewer %d, administrator %d", count(""), count(appliance.RoleViewer), count(appliance.RoleAdministrator))
	}
}

func TestChartRows(t *testing.T) {
	c := Chart{Series: []Series{{V: make([]float64, 1000)}}}
	for i := range 1000 {
		c.T = append(c.T, int64(i))
	}
	c.Series[0].V[999] = math.NaN()
	rows := c.Rows(48)
	if len(rows) > 48 || !rows[0].At.Equal(time.Unix(999, 0)) || !math.IsNaN(rows[0].V[0]) {
		t.Errorf("%d rows, first %v", len(rows), rows[0])
	}
	if len(Chart{}.Rows(48)) != 0 {
		t.Error("rows out of nothing")
	}
}
