package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
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

// apart is how far two turns may lie apart to count as together, least how many sites make a burst.
const (
	apart     = 10 * time.Minute
	least     = 2
	turnsRead = 10_000
	burstRows = 50
)

// worse orders states: a turn to a higher one is news.
var worse = map[appliance.State]int{appliance.StateOK: 0, appliance.StatePaused: 0, appliance.StateMaintenance: 0, appliance.StateNoData: 1, appliance.StateWarning: 2, appliance.StateCritical: 3}

func regressed(t *central.Turn) bool {
	return !t.Back && (t.Silent != central.Speaking && t.Silent != central.Stopped || worse[t.To] > worse[t.From])
}

// bursts gathers turns, the newest first, into those that happened together.
func bursts(turns []central.Turn) [][]central.Turn {
	var out [][]central.Turn
	var now []central.Turn
	end := func() {
		sites := map[central.SiteID]bool{}
		for _, t := range now {
			sites[t.Site] = true
		}
		if len(sites) >= least {
			out = append(out, now)
		}
		now = nil
	}
	for _, t := range turns {
		if len(now) > 0 && now[len(now)-1].At.Sub(t.At) > apart {
			end()
		}
		now = append(now, t)
	}
	end()
	return out
}

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
	list, err := central.Turns.List(ctx, s.Store, central.RecordRange{From: central.TimeKey(s.Now().AddDate(0, 0, -days)), Reverse: true, Limit: turnsRead})
	if err != nil {
		return err
	}
	page.Cut = len(list) == turnsRead
	see := central.FleetFilter{Groups: scope}
	list = slices.DeleteFunc(list, func(t central.Turn) bool { return !regressed(&t) || !see.Sees(t.Group) })
	sites := 0
	for _, b := range bursts(list) {
		v := burst{From: b[len(b)-1].At, To: b[0].At}
		sites += len(b)
		v.Title = l.T("central.burst", "n", len(b))
		v.Common = common(b, l.T)
		for _, t := range b[:min(len(b), burstRows)] {
			r := turnRow{Href: "/sites/" + string(t.Site), Name: tame(t.Name, 80), Group: groups[t.Group], Version: tame(t.Version, 24), Why: tame(t.Why, 120), At: t.At, From: t.From.String(), To: t.To.String()}
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

// common says what most of a burst share: the version, the reason, or that they fell silent.
func common(b []central.Turn, say func(string, ...any) string) []string {
	var out []string
	for _, what := range []struct {
		word string
		of   func(*central.Turn) string
	}{
		{"central.common_version", func(t *central.Turn) string { return tame(t.Version, 24) }},
		{"central.common_why", func(t *central.Turn) string { return tame(t.Why, 120) }},
		{"central.common_silent", func(t *central.Turn) string { return string(t.Silent) }},
	} {
		n := map[string]int{}
		for i := range b {
			n[what.of(&b[i])]++
		}
		for k, many := range n {
			if k != "" && many*5 >= len(b)*4 && many >= least {
				out = append(out, say(what.word, "n", many, "of", len(b), "what", k))
			}
		}
	}
	return out
}
