package ui

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsTrapRoutes() {
	s.echo.GET("/settings/traps", s.traps)
	s.echo.GET("/settings/traps.csv", s.trapsCSV)
	s.echo.POST("/settings/traps", s.switchTraps)
	s.echo.POST("/devices/:id/reboots", s.believeReboots)
}

// trapPage is how many a page has, trapFile bounds a file and how far back a filter looks.
const (
	trapPage = 100
	trapFile = 10_000
)

func (s *Server) trapsTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	r := s.App.TrapReceiver(ctx)
	state, word := l.trapState(r)
	return view.Tile{Value: l.T("traps.count", "n", int64(r.Kept)), State: state, Word: word}, nil
}

// trapState says in a word how the receiver is doing. One that nobody asked for is no fault.
func (l *Lang) trapState(r appliance.TrapReceiver) (state, word string) {
	switch {
	case !r.On:
		return "paused", l.T("traps.off")
	case r.Address != "":
		return "ok", l.T("traps.listening")
	case r.Trouble.Key == "traps.trouble_none":
		return "paused", l.T("traps.nowhere")
	}
	return "warning", l.T("traps.deaf")
}

func (s *Server) trapReceiver(c echo.Context, l *Lang) view.TrapReceiver {
	r := s.App.TrapReceiver(c.Request().Context())
	out := view.TrapReceiver{On: r.On, CanSwitch: can(c, access.EditSite)}
	out.State, out.Word = l.trapState(r)
	if r.Trouble.Key != "" {
		out.Trouble = l.Say(r.Trouble)
	}
	line := func(key, value string) {
		out.Lines = append(out.Lines, view.Line{Name: l.T("traps." + key), Value: value, Mono: key == "engine" || key == "address"})
	}
	if r.Address != "" {
		line("address", "UDP "+r.Address)
		line("received", l.T("traps.received_since", "n", int64(r.Received), "since", r.Since))
		line("untrusted_count", l.Int(int64(r.Untrusted)))
		line("dropped_count", l.Int(int64(r.Dropped)))
		line("answered", l.Int(int64(r.Answered)))
		line("engine", r.EngineID)
	}
	return out
}

// trapQuery is what the address asks of the list.
type trapQuery struct {
	appliance.TrapFilter
	word string
}

func trapQueryOf(c echo.Context) trapQuery {
	q := trapQuery{word: c.QueryParam("q")}
	q.Device, _ = appliance.ParseID(c.QueryParam("device"))
	q.Before, _ = strconv.ParseUint(c.QueryParam("before"), 10, 64)
	if f := appliance.TrapFate(c.QueryParam("fate")); slices.Contains(appliance.TrapFates, f) {
		q.Fates = []appliance.TrapFate{f}
	}
	return q
}

func (s *Server) trapRows(ctx context.Context, l *Lang, q trapQuery, limit int) ([]appliance.Trap, []view.TrapRow, error) {
	q.Limit = limit
	if q.word != "" {
		q.Limit = trapFile
	}
	all, err := s.App.Traps(ctx, q.TrapFilter)
	if err != nil {
		return nil, nil, err
	}
	name := s.names(ctx)
	var traps []appliance.Trap
	var rows []view.TrapRow
	for _, t := range all {
		row := l.trapRow(t, name)
		if len(rows) < limit && (q.word == "" || contains(row.searched(), q.word)) {
			traps, rows = append(traps, t), append(rows, view.TrapRow(row))
		}
	}
	return traps, rows, nil
}

type trapRow view.TrapRow

func (r trapRow) searched() string {
	words := []string{r.Device, r.Address, r.Text, r.Name, r.OID, r.Why, r.Detail, r.Word}
	for _, v := range r.Vars {
		words = append(words, v.Name, v.Value)
	}
	return strings.Join(words, "\n")
}

// trapStates are the marks of the fates; a known one has that of its severity.
var trapStates = map[appliance.TrapFate]string{
	appliance.TrapKnown: "ok", appliance.TrapUnknown: "nodata", appliance.TrapUntrusted: "warning", appliance.TrapMalformed: "nodata", appliance.TrapDropped: "warning",
}

func (l *Lang) trapRow(t appliance.Trap, name func(appliance.ID) string) trapRow {
	row := trapRow{At: t.At, Last: t.Last, Count: t.Count, State: trapStates[t.Fate], Word: l.T("traps.fate_" + string(t.Fate)), Address: t.Address,
		Name: t.Name, OID: t.OID, Detail: t.Detail}
	switch {
	case t.Fate == appliance.TrapKnown && t.Severity == appliance.SeverityCritical:
		row.State = "critical"
	case t.Fate == appliance.TrapKnown && t.Severity == appliance.SeverityWarning:
		row.State = "warning"
	}
	if t.Device != 0 {
		row.Device, row.DeviceHref = name(t.Device), "/devices/"+t.Device.String()
	}
	if t.Why != "" {
		row.Why = l.T("traps.why_" + string(t.Why))
	}
	switch t.Fate {
	case appliance.TrapKnown:
		row.Text = l.Say(t.Message)
	case appliance.TrapDropped:
		row.Text = l.T("traps.dropped", "n", int64(t.Count))
	default:
		row.Text = cmp.Or(t.Name, t.OID, l.T("traps.unreadable"))
	}
	for _, v := range t.Vars {
		row.Vars = append(row.Vars, view.Fact{Name: cmp.Or(v.Name, v.OID), Value: v.Value, Mono: true})
	}
	return row
}

func (s *Server) traps(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	ctx := c.Request().Context()
	q := trapQueryOf(c)
	traps, rows, err := s.trapRows(ctx, l, q, trapPage+1)
	if err != nil {
		return err
	}
	page := view.Traps{Receiver: s.trapReceiver(c, l), List: view.NewList("/settings/traps", c.QueryParams(), "-at")}
	page.List.Query.Del("before")
	frame.Title = l.T("traps.title")
	if len(rows) > trapPage {
		rows = rows[:trapPage]
		page.More = page.List.With("before", strconv.FormatUint(traps[trapPage-1].Seq, 10))
	}
	page.Rows = rows
	page.Chips = []view.Chip{{Label: l.T("journal.kind_all"), Href: page.List.With("fate", ""), Current: len(q.Fates) == 0}}
	for _, f := range appliance.TrapFates {
		page.Chips = append(page.Chips, view.Chip{Label: l.T("traps.fate_" + string(f)), Href: page.List.With("fate", string(f)), Current: slices.Contains(q.Fates, f)})
	}
	if q.Device != 0 {
		page.Active = append(page.Active, view.ChartChoice{Label: l.T("change.only_about", "name", s.names(ctx)(q.Device)), Href: page.List.With("device", "")})
	}
	page.Empty = view.Empty{Icon: "filter", Title: l.T("settings.nothing_found"), Text: l.T("traps.nothing_found"), Href: "/settings/traps", Link: l.T("settings.show_all")}
	if q.word == "" && len(q.Fates) == 0 && q.Device == 0 && q.Before == 0 {
		page.Empty = view.Empty{Icon: "network", Title: l.T("traps.none"), Text: l.T("traps.none_how")}
	}
	return s.render.Page(c, http.StatusOK, "settings-traps", frame, page)
}

var trapHeads = []string{"seq", "time", "last", "count", "fate", "why", "address", "device", "version", "inform", "user", "oid", "name", "text", "variables", "detail"}

func (s *Server) trapsCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	traps, shown, err := s.trapRows(c.Request().Context(), l, trapQueryOf(c), trapFile)
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(traps))
	for i, t := range traps {
		vars := make([]string, 0, len(t.Vars))
		for _, v := range t.Vars {
			vars = append(vars, cmp.Or(v.Name, v.OID)+"="+v.Value)
		}
		rows = append(rows, []string{strconv.FormatUint(t.Seq, 10), l.iso(t.At), l.iso(t.Last), strconv.FormatUint(t.Count, 10), string(t.Fate), string(t.Why), t.Address,
			shown[i].Device, t.Version, strconv.FormatBool(t.Inform), t.User, t.OID, t.Name, shown[i].Text, strings.Join(vars, "; "), t.Detail})
	}
	return WriteCSV(c, "traps", trapHeads, rows)
}

func (s *Server) switchTraps(c echo.Context) error {
	_, l := s.settingsFrame(c)
	on := c.FormValue("on") == "1"
	if err := s.App.SwitchTraps(c.Request().Context(), actor(c), on); err != nil {
		return err
	}
	n := view.Note{Level: "ok", Title: l.T("traps.switched_off")}
	if on {
		n.Title = l.T("traps.switched_on")
	}
	flash(c, n)
	return c.Redirect(http.StatusSeeOther, "/settings/traps")
}

func (s *Server) believeReboots(c echo.Context) error {
	_, l := s.settingsFrame(c)
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.App.BelieveReboots(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	flash(c, view.Note{Level: "ok", Title: l.T("traps.believed")})
	return c.Redirect(http.StatusSeeOther, "/devices/"+id.String())
}

// trapNotes tell a technician why what a device sends is not believed, when its last messages were not.
func (s *Server) trapNotes(ctx context.Context, d *subject, can view.DeviceCan) []view.DeviceNote {
	if !can.Technical {
		return nil
	}
	traps, err := s.App.Traps(ctx, appliance.TrapFilter{Device: d.ID, Limit: 20})
	if err != nil {
		return nil // the page is about the device; the list of traps says what is wrong with the list
	}
	i := slices.IndexFunc(traps, func(t appliance.Trap) bool { return t.Fate == appliance.TrapUntrusted })
	if i < 0 {
		return nil
	}
	t := traps[i]
	for _, later := range traps[:i] {
		if later.Version == t.Version && (later.Fate == appliance.TrapKnown || later.Fate == appliance.TrapUnknown) {
			return nil // it is believed by now
		}
	}
	l := d.l
	n := view.DeviceNote{Note: view.Note{Level: "warning", Title: l.T("traps.note_title", "at", t.Last), Text: l.T("traps.why_"+string(t.Why)) + " " + l.T("traps.do_"+string(t.Why)),
		Href: "/settings/traps?device=" + d.ID.String(), Link: l.T("traps.note_link")}}
	if t.Why == appliance.TrapReboots && can.Edit {
		n.Post, n.Button = d.path+"/reboots", l.T("traps.was_reset")
	}
	return []view.DeviceNote{n}
}
