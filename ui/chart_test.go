package ui_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"siteward/internal/peer"
	"siteward/ui/view"
)

func read(tb testing.TB, path string) string {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(peer.Root(), path))
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// drawn is the chart as a page shows it.
func drawn(t *testing.T, zone string, now time.Time, c view.Chart) string {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	r := rendererFor(t, fstest.MapFS{"layout.html": {Data: []byte(`{{define "layout"}}{{chart .Page}}{{end}}`)}, "parts/x.html": {Data: []byte(``)}, "pages/p.html": {Data: []byte(`{{define "main"}}{{end}}`)}}, func() *time.Location { return loc }, func() time.Time { return now })
	s, err := r.String("p", "layout", view.Frame{Lang: "en"}, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func column(from time.Time, step time.Duration, v ...float64) view.Chart {
	c := view.Chart{ID: "c", Label: "label", Unit: "%", From: from, To: from.Add(time.Duration(len(v)) * step), Series: []view.Series{{Name: "x", V: v}}}
	for i := range v {
		c.T = append(c.T, from.Add(time.Duration(i)*step).Unix())
	}
	return c
}

func TestChart(t *testing.T) {
	from := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		chart      view.Chart
		has, hasNo []string
	}{
		"gap is hatched and splits the line": {column(from, time.Hour, 10, 20, nan, nan, 30, 40), []string{"url(#gap-c)"}, nil},
		"all gaps draw no line":              {column(from, time.Hour, nan, nan), []string{"url(#gap-c)"}, []string{`g-line-0`}},
		"infinity is a gap":                  {column(from, time.Hour, 1, inf, 2), []string{"url(#gap-c)"}, []string{"Inf"}},
		"a lone reading is a dot":            {column(from, time.Hour, nan, 50, nan), []string{"<circle"}, nil},
		"no readings":                        {column(from, time.Hour), []string{"role=\"img\""}, []string{"NaN"}},
		"percent is 0 to 100":                {column(from, time.Hour, 3, 4), []string{">100<", ">0<"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := drawn(t, "UTC", from, c.chart)
			for _, s := range c.has {
				if !strings.Contains(got, s) {
					t.Errorf("lacks %s in %s", s, got)
				}
			}
			for _, s := range append(c.hasNo, "NaN", "Inf") {
				if strings.Contains(got, s) {
					t.Errorf("has %s in %s", s, got)
				}
			}
		})
	}
}

func TestChartTicksOverTheChangeOfClocks(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, day := range map[string]time.Time{"spring": time.Date(2026, 3, 29, 0, 0, 0, 0, loc), "autumn": time.Date(2026, 10, 25, 0, 0, 0, 0, loc)} {
		c := column(day, time.Hour, 1, 2, 3)
		c.To = day.AddDate(0, 0, 1)
		got := drawn(t, "Europe/Berlin", day, c)
		for _, want := range []string{">00:00<", ">04:00<", ">08:00<", ">20:00<"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s in %s", name, want, got)
			}
		}
	}
}

func TestChartRefusesColumnsOfUnequalLength(t *testing.T) {
	c := column(time.Unix(0, 0), time.Hour, 1, 2)
	c.T = c.T[:1]
	r := renderer(t)
	g := gallery()
	g.Chart = c
	if _, err := r.String("gallery", "main", frame("gallery"), g); err == nil {
		t.Error("drawn without complaint")
	}
}

func TestChartJSON(t *testing.T) {
	c := column(time.Unix(1000, 0), time.Minute, 1, math.NaN(), 3)
	c.Limits = []view.Limit{{Value: 80, Level: "critical"}, {Value: 800}}
	b, err := words(t).In("de").ChartJSON(c)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		T      []int64
		Series []struct{ V []*float64 }
		Limits []struct{ Text string }
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.T) != 3 || got.Series[0].V[1] != nil || len(got.Limits) != 1 || got.Limits[0].Text != "Grenzwert 80\u202f%" {
		t.Errorf("%s", b)
	}
}
