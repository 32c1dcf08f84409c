package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// What pages outside this package need of forms and messages.

// FormOf takes the named fields of a request as they were typed, without spaces around.
func FormOf(c echo.Context, fields ...string) view.Form { return formOf(c, fields...) }

// Done answers a form: back to a page, with a message that says what was done.
func Done(c echo.Context, to, text string) error {
	flash(c, view.Note{Level: "ok", Title: text})
	return c.Redirect(http.StatusSeeOther, to)
}

// TakeFlash gives the message that the page before left, once.
func TakeFlash(c echo.Context) *view.Note { return takeFlash(c) }

// Actor is on whose behalf a page changes something.
func Actor(c echo.Context) appliance.Actor { return actor(c) }

// Can says whether the person who looks may do something; a handler asks it to leave out buttons, never instead of the table.
func Can(c echo.Context, p access.Permission) bool { return can(c, p) }

// FailForm puts what is wrong with an entry beside its field and says whether it could.
func FailForm(form *view.Form, l *Lang, err error, rename map[string]string) bool {
	return failForm(form, l, err, rename)
}

// Sentence is what an error says to a person.
func (l *Lang) Sentence(err error) string { return l.sentence(err) }

// Choices of a person's own preferences.
func (l *Lang) Choices() (languages, themes []view.Option) { return l.languages(), l.themes() }

// ReloadMessage makes pages that are open fetch their lists anew.
const ReloadMessage = "event: reload\ndata:\n\n"

// AsOf is the line beside the site's name, for the event stream.
func (l *Lang) AsOf(text string) string {
	return `<hx-partial hx-target="#asof" hx-swap="outerHTML"><span class="muted" id="asof"><span class="hidden sm:inline">· </span>` + text + `</span></hx-partial>`
}

// Stream answers with server-sent events. The returned function sends a message and fails when the reader is gone.
func Stream(c echo.Context) (send func(string) error, err error) {
	w := c.Response()
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := stream{w: w, control: http.NewResponseController(w)}
	send = func(s string) error { return out.send([]byte(s)) }
	return send, send(": connected\n\n")
}
