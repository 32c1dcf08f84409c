package ui

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// maxFound is how many places the search names; who needs more should type more.
const maxFound = 20

func (s *Server) searchRoutes() { s.echo.GET("/search", s.search) }

// search finds devices by name, place, address and what they say they are, and pages by their word.
func (s *Server) search(c echo.Context) error {
	frame := s.frame(c, "")
	l := s.render.Lang(frame.Lang)
	q := strings.TrimSpace(c.QueryParam("q"))
	page := view.Search{Query: q, Found: []view.Found{}}
	devices, err := s.App.Devices(c.Request().Context())
	if err != nil {
		return err
	}
	for _, d := range devices {
		if len(page.Found) < maxFound && matchesDevice(d, q) {
			page.Found = append(page.Found, view.Found{Title: d.Name, Hint: deviceHint(d), Href: "/devices/" + d.ID.String(), State: d.Worst.String()})
		}
	}
	for _, group := range frame.Menu() {
		for _, n := range group {
			if word := l.T("nav." + n.Key); q != "" && contains(word, q) {
				page.Found = append(page.Found, view.Found{Title: word, Href: n.Href})
			}
		}
	}
	if c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON {
		return c.JSON(http.StatusOK, page.Found)
	}
	frame.Title = l.T("search.results")
	return s.render.Page(c, http.StatusOK, "search", frame, page)
}

func matchesDevice(d appliance.DeviceView, q string) bool {
	for _, text := range []string{d.Name, d.Place, d.Address, d.Purpose, d.Identity.Vendor, d.Identity.Model, d.Identity.Serial} {
		if contains(text, q) {
			return true
		}
	}
	return false
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// deviceHint is the second line under a device's name.
func deviceHint(d appliance.DeviceView) string {
	var parts []string
	for _, p := range []string{d.Place, d.Address} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}
