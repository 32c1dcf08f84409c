package ui

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// problemRows is how many rows the list shows at once; each "show more" adds as many.
const problemRows = 100

func (s *Server) problemRoutes() {
	s.echo.GET("/problems", s.problems)
	s.echo.GET("/problems.csv", s.problemsCSV)
	s.echo.POST("/problems/acknowledge", s.acknowledgeSelected)
	s.echo.POST("/states/:check/acknowledge", s.acknowledge)
	s.echo.POST("/states/:check/unacknowledge", s.unacknowledge)
}

func (s *Server) problems(c echo.Context) error {
	return s.showProblems(c, http.StatusOK, c.QueryParams(), view.Form{})
}

// showProblems answers with the list that a query asks for. form holds what was typed and what was wrong with it.
func (s *Server) showProblems(c echo.Context, status int, query url.Values, form view.Form) error {
	frame := s.frame(c, "problems")
	r, err := s.readerOf(c, frame, "problem-form")
	if err != nil {
		return err
	}
	o := s.overview()
	evidence := query.Get("evidence")
	list := view.NewList("/problems", without(query, "evidence"), "-state")
	r.path, r.pick = list.With("", ""), r.act && r.technical
	matching := r.matching(o.Problems, list.Get("q"))
	chosen := r.chosen(matching, list)
	page := view.Problems{List: list, Form: form, Chips: r.chips(list, matching), Drawer: r.drawer(o.Problems, evidence),
		Partial: partialOf(c, &frame)}
	shown := shownRows(list, len(chosen))
	if page.Table, err = s.table(r, chosen[:shown]); err != nil {
		return err
	}
	page.Table.Heads = r.heads(list)
	if rest := len(chosen) - shown; rest > 0 {
		page.More, page.Next = list.With("page", strconv.Itoa(shown/problemRows+1)), min(rest, problemRows)
	}
	page.Lead = r.lead(o)
	frame.Title = r.l.problemTitle(o.Headline)
	frame.Live = true
	if len(chosen) == 0 {
		page.Empty, err = s.noProblems(c, r, o, list)
	}
	if err != nil {
		return err
	}
	return s.render.Page(c, status, "problems", frame, page)
}

// readerOf is the person of a request as the one whom problems are told.
func (s *Server) readerOf(c echo.Context, frame view.Frame, form string) (*reader, error) {
	ctx := c.Request().Context()
	r := &reader{l: s.render.Lang(frame.Lang), technical: frame.Technical(), act: can(c, access.Acknowledge),
		self: access.Who(ctx).Name, form: form, people: map[string]string{}}
	r.today = r.l.Local(s.App.Now()).Format(time.DateOnly)
	users, err := s.App.Users(ctx)
	for _, u := range users {
		r.people[u.Name] = u.FullName
	}
	r.device = func(id appliance.ID) string {
		d, err := s.App.Device(ctx, id)
		if err != nil {
			return id.String()
		}
		return d.Name
	}
	return r, err
}

// partialOf takes the page message of a fragment, which has no layout to show it.
func partialOf(c echo.Context, frame *view.Frame) view.Partial {
	if c.Request().Header.Get("HX-Request-Type") != "partial" {
		return view.Partial{}
	}
	return view.Partial{On: true, Note: frame.Flash}
}

func without(q url.Values, key string) url.Values {
	out := url.Values{}
	for k, v := range q {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// shownRows is how many rows the address asks for: ?page=2 shows two hundred, so that rows stay where they are.
func shownRows(list view.List, all int) int {
	page, err := strconv.Atoi(list.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	return min(min(page, all/problemRows+1)*problemRows, all)
}

// matching leaves the problems that hold the words of the filter, wherever a person may see them.
func (r *reader) matching(all []monitor.Problem, q string) []monitor.Problem {
	q = strings.TrimSpace(q)
	if q == "" {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(p monitor.Problem) bool {
		return !slices.ContainsFunc(r.texts(p), func(text string) bool { return contains(text, q) })
	})
}

func (r *reader) texts(p monitor.Problem) []string {
	row := r.row(p)
	return []string{row.Device, row.What, row.Plain, row.Hint, row.Fact, row.Owner, row.Reason, row.Behind.Names, p.Device.Address, p.Device.Purpose}
}

// chosen are the matching problems that the chips leave, in the order asked for.
func (r *reader) chosen(matching []monitor.Problem, list view.List) []monitor.Problem {
	state, taken := list.Get("state"), list.Get("taken")
	out := slices.DeleteFunc(slices.Clone(matching), func(p monitor.Problem) bool {
		return state != "" && p.State.String() != state || taken == "no" && p.Taken || taken == "yes" && !p.Taken
	})
	if compare := r.order(list.Sort); compare != nil {
		slices.SortStableFunc(out, compare)
		if list.Desc {
			slices.Reverse(out)
		}
	} else if !list.Desc { // by state, which problems come in, the worst first
		slices.Reverse(out)
	}
	return out
}

// order compares by a column; nil is the order that problems come in.
func (r *reader) order(column string) func(a, b monitor.Problem) int {
	by := func(text func(monitor.Problem) string) func(a, b monitor.Problem) int {
		return func(a, b monitor.Problem) int {
			return cmp.Or(cmp.Compare(strings.ToLower(text(a)), strings.ToLower(text(b))), cmp.Compare(a.Item, b.Item))
		}
	}
	switch column {
	case "device":
		return by(func(p monitor.Problem) string { return p.Device.Name })
	case "measured":
		return by(func(p monitor.Problem) string { return r.l.Say(p.Evidence.Why) })
	case "owner":
		return by(func(p monitor.Problem) string {
			if p.Ack == nil {
				return ""
			}
			return r.person(p.Ack.By)
		})
	case "since":
		return func(a, b monitor.Problem) int { return a.Since.Compare(b.Since) }
	}
	return nil
}

func (r *reader) heads(list view.List) []view.Head {
	l := r.l
	what := "problems.what"
	if !r.technical {
		what = "problems.plain"
	}
	return []view.Head{list.Head("state", l.T("problems.state"), "w-40"), list.Head("device", l.T(what)),
		list.Head("measured", l.T("problems.measured")), list.Head("since", l.T("problems.since"), "r", "w-time"), list.Head("owner", l.T("problems.owner"), "w-owner")}
}

func (r *reader) chips(list view.List, matching []monitor.Problem) []view.Chip {
	var states [appliance.StateCritical + 1]int
	open := 0
	for _, p := range matching {
		states[p.State]++
		if !p.Taken {
			open++
		}
	}
	all := list
	all.Query = without(list.Query, "taken")
	chips := []view.Chip{all.Chip("state", "", r.l.T("problems.all"), "", len(matching))}
	chips[0].Current = list.Get("state") == "" && list.Get("taken") == ""
	for _, s := range []appliance.State{appliance.StateCritical, appliance.StateWarning, appliance.StateNoData} {
		if states[s] > 0 || list.Get("state") == s.String() {
			chips = append(chips, list.Chip("state", s.String(), r.l.T("state."+s.String()), s.String(), states[s]))
		}
	}
	if open < len(matching) || list.Get("taken") == "no" {
		chips = append(chips, list.Chip("taken", "no", r.l.T("problems.open"), "", open))
	}
	return chips
}

// lead is the line below the title: what was looked at, and what else keeps silent.
func (r *reader) lead(o monitor.Overview) string {
	text := r.l.T("problems.checked", "n", o.Headline.Devices.Total(), "items", o.Headline.Items)
	for _, p := range o.Problems {
		if n := len(p.Behind); n > 0 {
			return text + " " + r.l.T("problems.silent", "n", n, "name", p.Device.Name)
		}
	}
	return text
}

// problemTitle is the verdict of a technician's page: how many, and how many of them wait.
func (l *Lang) problemTitle(h monitor.Headline) string {
	open := h.Problems - h.Taken
	switch {
	case h.Problems == 0:
		return l.T("problems.none")
	case open == 0:
		return l.T("problems.title_taken", "n", h.Problems)
	case h.Taken == 0:
		return l.T("problems.title_none", "n", h.Problems)
	}
	return l.T("problems.title", "n", h.Problems, "open", open)
}

// noProblems says why the list is empty: nothing is wrong, the filter leaves nothing, or nothing is watched yet.
func (s *Server) noProblems(c echo.Context, r *reader, o monitor.Overview, list view.List) (*view.Empty, error) {
	l := r.l
	switch {
	case len(o.Problems) > 0:
		return &view.Empty{Icon: "filter", Title: l.T("problems.filtered"), Text: l.T("problems.filter_is", "filter", r.filterWords(list)), Href: "/problems", Link: l.T("problems.show_all")}, nil
	case o.Headline.Devices.Total() == 0:
		return s.noDevices(c, l), nil
	case o.Headline.State != appliance.StateOK:
		return &view.Empty{Icon: "circle-help", Title: l.T("problems.none"), Text: l.standing(standingOf(o))}, nil
	}
	e := &view.Empty{Good: true, Title: l.T("problems.none"), Text: l.T("problems.all_good", "n", o.Headline.Items, "time", l.Clock(o.Headline.Checked))}
	last, err := s.lastProblem(c)
	if err == nil && !last.At.IsZero() {
		name := last.Label
		if last.Device != 0 {
			name = r.device(last.Device)
		}
		e.Text += " " + l.T("problems.last", "name", name, "time", l.said(last.At))
	}
	return e, err
}

// lastProblem is the newest end of a problem in the journal, as far as it is worth reading back.
func (s *Server) lastProblem(c echo.Context) (appliance.Event, error) {
	events, err := s.App.Events(c.Request().Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Limit: 100})
	for _, e := range events {
		if e.From >= appliance.StateWarning && e.Cause == 0 {
			return e, err
		}
	}
	return appliance.Event{}, err
}

func (r *reader) filterWords(list view.List) string {
	var words []string
	if q := strings.TrimSpace(list.Get("q")); q != "" {
		words = append(words, r.l.T("problems.filter_text", "text", q))
	}
	if s, err := appliance.ParseState(list.Get("state")); err == nil {
		words = append(words, r.l.T("state."+s.String()))
	}
	switch list.Get("taken") {
	case "no":
		words = append(words, r.l.T("problems.open"))
	case "yes":
		words = append(words, r.l.T("problems.taken"))
	}
	return strings.Join(words, ", ")
}

// drawer is the evidence that the address asks for, of a problem or of what hangs on it.
func (r *reader) drawer(problems []monitor.Problem, name string) *view.Evidence {
	key, ok := stateKeyOf(name)
	if !ok {
		return nil
	}
	for _, p := range problems {
		if p.StateKey != key {
			continue
		}
		e := r.l.stateEvidence(p.StateRecord)
		e.Title = r.l.problemName(p) + ": " + e.Title
		e.BackURL = r.path
		e.Href, e.Link = stateHref(p.StateRecord), r.l.T("problems.to_device", "name", placeOf(p))
		return e
	}
	return nil
}

// evidenceOn is the address of a problem's evidence on the page where it stands, so that closing it leads back there.
func evidenceOn(path string, k appliance.StateKey) string {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + "evidence=" + url.QueryEscape(k.Check.String()+":"+k.Item)
}
