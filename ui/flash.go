package ui

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"siteward/ui/view"
)

// A flash is a page message that outlives one redirect. It travels in a cookie of the browser: it is text for the person
// who caused it, holds no secret, and is escaped like any other text when shown.
const flashCookie = "siteward-flash"

// flash leaves a message for the next page. Text is in the person's language already.
func flash(c echo.Context, n view.Note) {
	b, err := json.Marshal(n)
	if err != nil || len(b) > 2048 {
		return
	}
	c.SetCookie(&http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/", MaxAge: 60,
		HttpOnly: true, Secure: c.IsTLS(), SameSite: http.SameSiteStrictMode})
}

func takeFlash(c echo.Context) *view.Note {
	k, err := c.Cookie(flashCookie)
	if err != nil || len(k.Value) > 4096 {
		return nil
	}
	c.SetCookie(&http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: c.IsTLS(), SameSite: http.SameSiteStrictMode})
	b, err := base64.RawURLEncoding.DecodeString(k.Value)
	if err != nil {
		return nil
	}
	var n view.Note
	if json.Unmarshal(b, &n) != nil {
		return nil
	}
	n.Href = ours(n.Href)
	if n.Href == "#" {
		n.Href, n.Link = "", ""
	}
	return &n
}

// done answers a form: back to a page, with a message that says what was done.
func (s *Server) done(c echo.Context, to, text string) error {
	flash(c, view.Note{Level: "ok", Title: text})
	return c.Redirect(http.StatusSeeOther, to)
}
