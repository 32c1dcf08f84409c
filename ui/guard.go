package ui

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
)

// noContext is for questions that are answered from memory.
var noContext = context.Background()

// actor is on whose behalf a page changes something.
func actor(c echo.Context) appliance.Actor {
	a := access.Who(c.Request().Context()).Actor
	a.Via = "web"
	return a
}

// can says whether the person who looks may do something; a handler asks it to leave out buttons, never instead of the table.
func can(c echo.Context, p access.Permission) bool { return access.Who(c.Request().Context()).Can(p) }

// plainAnswer says whether a program is asking, who wants a line of text and no page.
func plainAnswer(c echo.Context) bool {
	p := c.Request().URL.Path
	return p == "/metrics" || p == "/events" || strings.HasPrefix(p, "/assets/") || strings.HasPrefix(p, pushPrefix)
}
