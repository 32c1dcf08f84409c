package ui

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

func (s *Server) startRoutes() { s.echo.GET("/", s.start) }

// scene is the site as the first page sees it at this moment.
type scene struct {
	server *Server
	*reader
	ctx   context.Context
	app   appliance.App
	o     monitor.Overview
	views []appliance.DeviceView
	stand standing
	site  appliance.Site
	may   func(access.Permission) bool
	now   time.Time
}

// start is the first page: an answer for key users, work for technicians, the traffic light for everybody else.
func (s *Server) start(c echo.Context) error {
	frame := s.frame(c, "start")
	sc, err := s.sceneOf(c, frame)
	if err != nil {
		return err
	}
	page := view.Start{Partial: partialOf(c, &frame), Drawer: sc.drawer(sc.o.Problems, c.QueryParam("evidence"))}
	frame.Live = true
	if len(sc.views) == 0 && !sc.expects() {
		page.Empty = s.noDevices(c, sc.l)
		frame.Title = page.Empty.Title
		return s.render.Page(c, http.StatusOK, "start", frame, page)
	}
	if len(sc.views) == 0 && can(c, access.EditDevices) {
		page.Notes = append(page.Notes, view.Note{Level: appliance.StateNoData.String(), Title: sc.l.T("start.empty"), Text: sc.l.T("start.empty_beside"), Href: "/devices/new", Link: sc.l.T("start.empty_add")})
	}
	page.Tiles = sc.tiles(can(c, access.ViewSettings))
	switch frame.User.Role {
	case appliance.RoleTechnician, appliance.RoleAdministrator:
		frame.Title = sc.l.problemTitle(sc.o.Headline)
		page.Desk, err = s.desk(sc)
		page.Notes = append(sc.ownTroubles(), page.Notes...)
	case appliance.RoleKeyUser:
		page.Answer = sc.answer()
		frame.Title = page.Answer.Text
		page.Cards, page.More = sc.cards()
		page.Help = sc.help()
		page.Strip, err = sc.days()
	default:
		page.Light = sc.light()
		frame.Title = page.Light.Text
	}
	if err != nil {
		return err
	}
	windows, err := s.windowNotes(c, sc.l)
	if err != nil {
		return err
	}
	page.Notes = append(page.Notes, windows...)
	return s.render.Page(c, http.StatusOK, "start", frame, page)
}

func (s *Server) sceneOf(c echo.Context, frame view.Frame) (*scene, error) {
	ctx := c.Request().Context()
	r, err := s.readerOf(c, frame, "start-form")
	if err != nil {
		return nil, err
	}
	r.path = "/"
	views, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	sc := &scene{server: s, reader: r, ctx: ctx, app: s.App, views: views, o: s.overview(), now: s.App.Now(), may: func(p access.Permission) bool { return can(c, p) }}
	sc.stand = standingOf(sc.o)
	names := make(map[appliance.ID]string, len(views))
	for _, v := range views {
		names[v.ID] = v.Name
	}
	r.device = func(id appliance.ID) string { return names[id] }
	sc.site, _ = s.App.Site(ctx) // before set-up there is none, and no page but the set-up itself
	return sc, nil
}

// expects says that something is watched that belongs to no device: a backup job, the daily round, a source of logs.
func (sc *scene) expects() bool {
	if sc.o.Headline.Items > 0 {
		return true
	}
	_, backups := backupsTile(sc)
	return backups
}

// noDevices is the first page of a new site: one action for those who may, else who can.
func (s *Server) noDevices(c echo.Context, l *Lang) *view.Empty {
	e := &view.Empty{Icon: "server", Title: l.T("start.empty"), Text: l.T("start.empty_text")}
	if can(c, access.EditDevices) {
		e.Href, e.Link, e.Button = "/devices/new", l.T("start.empty_add"), true
		return e
	}
	e.Text += " " + l.T("start.empty_who")
	return e
}

// standing is how the devices stand that no problem is told of.
type standing struct {
	problems int // causes
	others   int // devices apart from those with a problem and those behind one
	fine     int // of others
	unknown  int // of others: nothing is known of them now
	paused   int
	window   int // in maintenance
}

func standingOf(o monitor.Overview) standing {
	with := map[appliance.ID]bool{}
	for _, p := range o.Problems {
		with[p.Device.ID] = true
		for _, id := range p.Behind {
			with[id] = true
		}
	}
	s := standing{problems: len(o.Problems)}
	for _, d := range o.Devices {
		if with[d.Device] {
			continue
		}
		s.others++
		switch d.State {
		case appliance.StateOK:
			s.fine++
		case appliance.StatePaused:
			s.paused++
		case appliance.StateMaintenance:
			s.window++
		default:
			s.unknown++
		}
	}
	return s
}

// standing says how everything else stands. It promises nothing of what nobody looks at.
func (l *Lang) standing(s standing) string {
	var out []string
	switch {
	case s.fine == 0:
	case s.problems == 0:
		out = append(out, l.T("start.answer_all", "n", s.fine))
	case s.fine == s.others:
		out = append(out, l.T("start.rest_fine"))
	default:
		out = append(out, l.T("start.rest_some", "n", s.fine))
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"start.rest_unknown", s.unknown}, {"start.rest_paused", s.paused}, {"start.rest_window", s.window}} {
		if x.n > 0 {
			out = append(out, l.T(x.key, "n", x.n))
		}
	}
	return strings.Join(out, " ")
}
