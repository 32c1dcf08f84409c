package ui

import (
	"net/http"

	"siteward/appliance"
	"siteward/ui/api"
	"siteward/ui/view"
)

// Status is the HTTP status of an error's code, 500 for an error without one: that one is ours to mend.
func Status(code appliance.Code) int { return api.StatusOf(code) }

// Failure says an error to a person: what happened, what was not changed, what to do, and small the code for the technician.
// request is the id under which the log has the rest. The error's own sentence is the title when it has words in this language.
func (l *Lang) Failure(err error, request string) view.Failure {
	code := appliance.CodeOf(err)
	area := string(code)
	if Status(code) == http.StatusInternalServerError {
		area = "internal"
	}
	f := view.Failure{
		Status: Status(code), Code: "E-" + area, RequestID: request, Href: "/", Link: l.T("errors.start"),
		Title: l.T("errors." + area + ".title"), Unchanged: l.T("errors." + area + ".unchanged"), Next: l.T("errors." + area + ".next"),
	}
	if code == appliance.CodeUnauthorized {
		f.Href, f.Link = "/signin", l.T("errors.signin")
	}
	return f
}
