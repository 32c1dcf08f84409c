package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// togetherPage is which sites got worse within the same minutes.
type togetherPage struct {
	Bursts []burst
	Spans  []view.Chip
	List   view.List
	Cut    bool
}

// burst is some sites that got worse together.
type burst struct {
	From, To time.Time
	Title    string
	Common   []string // what they share
	Rows     []turnRow
	More     int
}

type turnRow struct {
	Href, Name, Group, Version, Why string
	From, To, Word                  string
	At                              time.Time
}

const (
	turnsRead = 20_000
	burstRows = 50
)

func (s *Server) together(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.Frame(c, "together")
	l := s.Lang(frame)
	page := togetherPage{List: view.NewList("/together", c.QueryParams(), "")}
	days, _ := strconv.Atoi(page.List.Get("days")) //nolint:errcheck // none is a day
	if !slices.Contains([]int{1, 7, 30}, days) {
		days = 1
	}
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	span := time.Duration(days) * 24 * time.Hour
	list, cut, err := s.turns(ctx, s.Now().Add(-span-updateCause))
	if err != nil {
		return err
	}
	if page.Cut = cut; cut {
		span = min(span, s.Now().Sub(list[len(list)-1].At))
	}
	see := central.FleetFilter{Groups: scope}
	list = slices.DeleteFunc(updated(list), func(t central.Turn) bool { return s.Now().Sub(t.At) > span || !see.Sees(t.Group) })
	for _, b := range bursts(list, span) {
		v := burst{From: b[len(b)-1].At, To: b[0].At}
		v.Title = l.T("central.burst", "n", len(b))
		v.Common = common(b, groups, l)
		for _, t := range b[:min(len(b), burstRows)] {
			r := turnRow{Href: "/sites/" + string(t.Site), Name: tame(t.Name, 80), Group: groups[t.Group], Version: tame(t.Version, 24), Why: turnWhy(l, &t), At: t.At, From: t.From.String(), To: t.To.String()}
			if t.Silent != central.Speaking {
				r.To, r.Word = "critical", l.T("central.silent")
			}
			v.Rows = append(v.Rows, r)
		}
		v.More = len(b) - len(v.Rows)
		page.Bursts = append(page.Bursts, v)
	}
	frame.Title = l.T("central.together_none")
	if n := len(page.Bursts); n > 0 {
		frame.Title = l.T("central.together_title", "n", n)
	}
	for _, d := range []int{1, 7, 30} {
		chip := page.List.Chip("days", strconv.Itoa(d), l.T("unit.days", "n", d), "", 0)
		chip.Current = d == days
		page.Spans = append(page.Spans, chip)
	}
	return s.Render(c, http.StatusOK, "together", frame, page)
}

// turns gives those since a time, the newest first, and whether there are more than can be read.
func (s *Server) turns(ctx context.Context, since time.Time) (out []central.Turn, cut bool, err error) {
	r := central.RecordRange{From: central.TimeKey(since), Reverse: true, Limit: turnsRead / 2}
	for range 2 {
		list, err := central.Turns.List(ctx, s.Store, r)
		if err != nil {
			return nil, false, err
		}
		out = append(out, list...)
		if len(list) < r.Limit {
			return out, false, nil
		}
		r.To = central.TurnKey(list[len(list)-1])
	}
	return out, true, nil
}

// turnWhy says why a site turned, in the reader's language.
func turnWhy(l *ui.Lang, t *central.Turn) string {
	if t.WhyIn == nil {
		return tame(t.Why, 120)
	}
	why := spoken(l, t.WhyIn, t.Why)
	if t.WhyOf != "" {
		why = t.WhyOf + ": " + why
	}
	return tame(why, 120)
}

// common says what four of five of a burst share.
func common(b []central.Turn, groups map[appliance.ID]string, l *ui.Lang) []string {
	var out []string
	for _, what := range []struct {
		word string
		of   func(*central.Turn) string
	}{
		{"central.common_version", func(t *central.Turn) string { return tame(t.Version, 24) }},
		{"central.common_why", func(t *central.Turn) string {
			if t.WhyIn != nil && t.Silent == central.Speaking {
				return tame(spoken(l, t.WhyIn, t.Why), 120) // devices have other names at each site
			}
			return tame(t.Why, 120)
		}},
		{"central.common_group", func(t *central.Turn) string { return groups[t.Group] }},
		{"central.common_silent", func(t *central.Turn) string { return string(t.Silent) }},
	} {
		n := map[string]int{}
		for i := range b {
			n[what.of(&b[i])]++
		}
		for k, many := range n {
			if k != "" && many*5 >= len(b)*4 {
				out = append(out, l.T(what.word, "n", many, "of", len(b), "what", k))
			}
		}
	}
	return out
}
