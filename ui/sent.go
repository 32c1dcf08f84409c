package ui

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) sentRoutes() {
	s.echo.GET("/sent", s.sentPage)
	s.echo.GET("/sent.csv", s.sentCSV)
	s.echo.GET("/sent/list", s.sentPolicy)
	s.echo.POST("/sent/list", s.saveSentPolicy)
	s.echo.GET("/sent/others/new", s.newConsumer)
	s.echo.POST("/sent/others", s.saveConsumer)
	s.echo.GET("/sent/others/:id", s.consumerPage)
	s.echo.POST("/sent/others/:id", s.saveConsumer)
	s.echo.POST("/sent/others/:id/test", s.testConsumer)
	s.echo.POST("/sent/others/:id/delete", s.deleteConsumer)
	s.echo.GET("/sent/:id", s.sentOne)
	s.echo.GET("/sent/:id/bytes", s.sentBytes)
	s.echo.GET("/sent/:id/json", s.sentJSON)
}

// sentRows are the deliveries of a page, sentFile those of a file.
const (
	sentRows = 100
	sentFile = 5000
)

func (s *Server) sentFilter(list view.List) appliance.SentFilter {
	show := list.Get("show")
	f := appliance.SentFilter{Limit: sentRows, Failed: show == "failed", Gaps: show == "gaps", Kind: appliance.ConsumerReports}
	switch show {
	case "samples":
		f.Kind = appliance.ConsumerSamples
	case "failed":
		f.Kind = ""
	}
	f.Before, _ = appliance.ParseID(list.Get("before")) //nolint:errcheck // none is the newest
	if day, err := time.ParseInLocation(time.DateOnly, list.Get("day"), s.zone()); err == nil {
		f.From, f.Until = day, day.AddDate(0, 0, 1)
	}
	return f
}

// sentPage says whether everything has arrived, and lists what left.
func (s *Server) sentPage(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "sent")
	l := s.render.Lang(frame.Lang)
	page := view.Sent{List: view.NewList("/sent", c.QueryParams(), "")}
	if err := s.sentState(ctx, l, &page, &frame); err != nil {
		return err
	}
	f := s.sentFilter(page.List)
	page.List.Query.Del("before") // another filter begins with the newest
	if !f.From.IsZero() {
		page.Day = page.List.Get("day")
		page.Active = []view.Chip{{Label: l.Day(f.From), Href: page.List.With("day", "")}}
	}
	others, err := s.App.Consumers(ctx)
	if err != nil {
		return err
	}
	for _, r := range others {
		page.Others = append(page.Others, l.sentOther(r))
	}
	page.CanEdit = can(c, access.EditSent)
	sent, err := s.App.SentReports(ctx, f)
	if err != nil {
		return err
	}
	for _, v := range sent {
		page.Rows = append(page.Rows, l.sentRow(v))
	}
	if err := s.sentChips(ctx, l, &page); err != nil {
		return err
	}
	if f.Kind == appliance.ConsumerSamples {
		page.Kept = l.T("sent.kept_samples")
	}
	if len(sent) >= sentRows {
		page.More = page.List.With("before", sent[len(sent)-1].ID.String())
	}
	page.Empty = view.Empty{Icon: "send", Title: l.T("sent.none"), Text: l.T("sent.none_how")}
	if page.List.Get("show") != "" || !f.From.IsZero() {
		page.Empty = view.Empty{Icon: "filter", Title: l.T("sent.none_such"), Href: "/sent", Link: l.T("settings.show_all")}
	}
	return s.render.Page(c, http.StatusOK, "sent", frame, page)
}

// sentChips are the views of the list. Measured values have one of their own when there are some: they would cover everything else.
func (s *Server) sentChips(ctx context.Context, l *Lang, page *view.Sent) error {
	some, err := s.App.SentReports(ctx, appliance.SentFilter{Limit: 1, Kind: appliance.ConsumerSamples})
	if err != nil {
		return err
	}
	shows := []string{"", "failed", "gaps"}
	if len(some) > 0 || page.List.Get("show") == "samples" {
		shows = []string{"", "samples", "failed", "gaps"}
	}
	for _, show := range shows {
		word := "sent.show_" + show
		if show == "" && len(shows) > 3 {
			word = "sent.show_reports"
		}
		page.Chips = append(page.Chips, page.List.Chip("show", show, l.T(word), "", -1))
	}
	return nil
}

// sentState puts the verdict and how the connection is into the page.
func (s *Server) sentState(ctx context.Context, l *Lang, page *view.Sent, frame *view.Frame) error {
	e, err := s.App.Provider(ctx)
	if errors.Is(err, appliance.ErrNotFound) {
		page.State, frame.Title, page.Lead = "paused", l.T("sent.title_off"), l.T("sent.title_off_how")
		return nil
	}
	if err != nil {
		return err
	}
	st, err := s.App.UplinkState(ctx)
	if err != nil {
		return err
	}
	waiting := int64(min(st.Waiting(), 1<<40)) //nolint:gosec // bounded
	switch {
	case st.Good.IsZero() && st.Failed > 0:
		page.State, frame.Title = "critical", l.T("sent.title_never", "provider", e.Provider)
	case st.Good.IsZero():
		page.State, frame.Title = "nodata", l.T("sent.title_new", "provider", e.Provider)
	case st.Failed > 0 && st.Silent(e.Since, s.App.Now()):
		page.State, frame.Title = "critical", l.T("sent.title_silent", "time", st.Good)
	case st.Failed > 0:
		page.State, frame.Title = "warning", l.T("sent.title_failed", "n", waiting)
	case waiting > 0:
		page.State, frame.Title = "ok", l.T("sent.title_waiting", "n", waiting)
	default:
		page.State, frame.Title = "ok", l.T("sent.title_good", "time", st.Good)
	}
	page.Lines = l.sentLines(e, st, waiting)
	if st.Code != "" {
		page.Notes = append(page.Notes, view.Note{Level: page.State, Title: l.sentFailure(st.Code), Text: l.T("sent.said", "why", st.Why)})
	}
	if st.Lost > 0 {
		page.Notes = append(page.Notes, view.Note{Level: "warning", Title: l.T("sent.lost", "n", int64(min(st.Lost, 1<<40))), Text: l.T("sent.lost_how"), //nolint:gosec // bounded
			Href: "/sent?show=gaps", Link: l.T("sent.show_gaps")})
	}
	return nil
}

func (l *Lang) sentLines(e appliance.Enrolment, st appliance.UplinkState, waiting int64) []view.Line {
	lines := []view.Line{{Name: l.T("sent.to"), Value: e.Provider + " · " + e.URL}, {Name: l.T("sent.waiting"), Value: l.T("sent.waiting_n", "n", waiting)}}
	for _, at := range []struct {
		word string
		at   time.Time
	}{{"sent.oldest", st.Oldest}, {"sent.last_good", st.Good}, {"sent.last_try", st.Tried}, {"sent.next_try", st.Next}} {
		if !at.at.IsZero() && (at.word != "sent.next_try" || st.Failed > 0) {
			lines = append(lines, view.Line{Name: l.T(at.word), Value: l.When(at.at)})
		}
	}
	return append(lines, view.Line{Name: l.T("sent.acked"), Value: strconv.FormatUint(st.Acked, 10)}, view.Line{Name: l.T("sent.kept"), Value: l.Bytes(float64(st.Bytes))})
}

// sentOther is one of those who are told besides the provider.
func (l *Lang) sentOther(r appliance.ConsumerView) view.SentOther {
	waiting := int64(min(r.State.Waiting(), 1<<40)) //nolint:gosec // bounded
	o := view.SentOther{Name: r.Name, URL: r.URL, Href: "/sent/others/" + r.ID.String(), What: l.T("consumer.kind_" + string(r.Kind)), State: "ok", Word: l.T("sent.waiting_n", "n", waiting), Good: r.State.Good}
	if r.Kind == appliance.ConsumerSamples {
		o.Word = l.T("consumer.none_yet")
		if st := r.State.Samples; st != nil && st.Sent > 0 {
			o.Word = l.T("consumer.up_to", "time", st.Until)
		} else if o.State = "nodata"; r.Off {
			o.State = "paused"
		}
	}
	switch {
	case r.Off:
		o.State, o.Word = "paused", l.T("sent.other_off")
	case r.State.Code != "":
		o.State, o.Why = "warning", l.sentFailure(r.State.Code)
	}
	return o
}

// sentFailure says in plain words why nothing arrives. What the other side answered stands beside it as it came.
func (l *Lang) sentFailure(code string) string {
	if key := "sent.code_" + code; l.Has(key) {
		return l.T(key)
	}
	return l.T("sent.code_unavailable")
}

// sentKinds are the kinds in the order of the words of a delivery.
var sentKinds = append([]string{"summary"}, append(slices.Clone(appliance.UplinkKinds), "stopping", "offer", "gap")...)

func (l *Lang) sentRow(v appliance.Sent) view.SentRow {
	r := view.SentRow{Href: "/sent/" + v.ID.String(), To: v.To, At: v.At, Until: v.Until, Bytes: float64(v.Bytes)}
	if r.To == "" {
		r.To = v.URL
	}
	r.State, r.Word = l.sentVerdict(v)
	if !v.Taken() {
		r.Why = v.Why
	}
	if v.Folded > 0 {
		r.What = append(r.What, l.T("sent.n_folded", "n", v.Folded))
	}
	if v.Samples > 0 {
		r.What = append(r.What, l.T("sent.n_samples", "n", v.Samples))
	}
	rest := v.Events
	for _, k := range sentKinds {
		if n := v.Kinds[k]; n > 0 {
			r.What = append(r.What, l.T("sent.n_"+k, "n", n))
			rest -= n
		}
	}
	if rest > 0 {
		r.What = append(r.What, l.T("sent.n_more", "n", rest))
	}
	return r
}

func (l *Lang) sentVerdict(v appliance.Sent) (state, word string) {
	switch {
	case v.Taken():
		return "ok", l.T("sent.taken")
	case v.Refused > 0:
		return "warning", l.T("sent.folded_refused", "n", v.Refused, "of", v.Folded) + " " + l.sentFailure(v.Code)
	case v.Status == 0 && v.Code == "":
		return "nodata", l.T("sent.open")
	}
	return "warning", l.sentFailure(v.Code)
}

var sentHeads = []string{"number", "time", "receiver", "address", "events", "first", "last", "kinds", "bytes", "acknowledged", "status", "code", "answer", "kind", "measured_values", "deliveries",
	"not_taken", "until"}

func (s *Server) sentCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	f := s.sentFilter(view.NewList("/sent", c.QueryParams(), ""))
	f.Limit = sentFile
	list, err := s.App.SentReports(c.Request().Context(), f)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, v := range list {
		var kinds []string
		for _, k := range sentKinds {
			if n := v.Kinds[k]; n > 0 {
				kinds = append(kinds, k+" "+strconv.Itoa(n))
			}
		}
		until, failed := "", v.Refused
		if v.Folded > 0 {
			until = l.iso(v.Until)
		} else if !v.Taken() {
			failed = 1
		}
		rows = append(rows, []string{v.ID.String(), l.iso(v.At), v.To, v.URL, strconv.Itoa(v.Events), strconv.FormatUint(v.First, 10), strconv.FormatUint(v.Last, 10),
			strings.Join(kinds, ", "), strconv.Itoa(v.Bytes), strconv.FormatBool(v.Taken()), strconv.Itoa(v.Status), v.Code, v.Why,
			string(v.KindOf()), strconv.Itoa(v.Samples), strconv.Itoa(max(1, v.Folded)), strconv.Itoa(failed), until})
	}
	return WriteCSV(c, "sent", sentHeads, rows)
}
