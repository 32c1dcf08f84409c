package ui

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) walkRoutes() {
	s.echo.GET("/devices/:id/walk", s.walkPage)
	s.echo.POST("/devices/:id/walk", s.walk)
	s.echo.GET("/devices/:id/walk.snmprec", s.walkRecording)
}

// walkShown is how many objects a page has; the file has all.
const walkShown = 1000

func (s *Server) walkPage(c echo.Context) error {
	return s.renderWalk(c, http.StatusOK, formOf(c, "root"), nil)
}

func (s *Server) walk(c echo.Context) error {
	form := formOf(c, "root")
	id, err := idParam(c)
	if err != nil {
		return err
	}
	out, err := s.App.Walk(c.Request().Context(), actor(c), id, appliance.WalkRequest{Root: form.Value("root")})
	if err == nil {
		return s.renderWalk(c, http.StatusOK, form, &out)
	}
	l := s.render.Lang(s.frame(c, "devices").Lang)
	if e, ok := errors.AsType[*appliance.Error](err); ok && e.Code == appliance.CodeUnavailable {
		form.Fail("", l.Say(e.Message))
	} else if !s.failForm(&form, l, err, nil) {
		return err
	}
	return s.renderWalk(c, http.StatusUnprocessableEntity, form, nil)
}

func (s *Server) renderWalk(c echo.Context, status int, form view.Form, out *appliance.Walk) error {
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	id, err := idParam(c)
	if err != nil {
		return err
	}
	d, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return err
	}
	page := view.Walk{Device: d.Name, Back: "/devices/" + id.String(), Action: "/devices/" + id.String() + "/walk", Form: form}
	frame.Title = l.T("walk.title", "name", d.Name)
	if out != nil {
		page.Read = true
		page.Sentence = l.T("walk.read", "n", int64(len(out.Rows)), "root", out.Name, "took", out.Took)
		if out.Cut != "" {
			page.Cut = l.T("walk.cut", "why", out.Cut)
		}
		for _, r := range out.Rows[:min(len(out.Rows), walkShown)] {
			page.Rows = append(page.Rows, view.WalkRow(r))
		}
		q := url.Values{"walk": {out.ID}}
		page.Save = page.Action + ".snmprec?" + q.Encode()
		q.Set("masked", "1")
		page.Masked = page.Action + ".snmprec?" + q.Encode()
	}
	return s.render.Page(c, status, "walk", frame, page)
}

func (s *Server) walkRecording(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	d, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return err
	}
	masked := c.QueryParam("masked") == "1"
	b, err := s.App.WalkRecording(c.Request().Context(), c.QueryParam("walk"), masked)
	if err != nil {
		return err
	}
	name := "recording"
	if !masked {
		name = fileName(d.Name) + "-walk"
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`.snmprec"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", b)
}
