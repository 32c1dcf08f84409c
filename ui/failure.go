package ui

import (
	"net/http"

	"siteward/appliance"
	"siteward/ui/view"
)

// failureStatus turns the code of an error into what HTTP calls it. An error without a code is ours to mend.
var failureStatus = map[appliance.Code]int{
	appliance.CodeInvalid:      http.StatusUnprocessableEntity,
	appliance.CodeNotFound:     http.StatusNotFound,
	appliance.CodeConflict:     http.StatusConflict,
	appliance.CodeUnauthorized: http.StatusUnauthorized,
	appliance.CodeForbidden:    http.StatusForbidden,
	appliance.CodeTooMany:      http.StatusTooManyRequests,
	appliance.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	appliance.CodeReadOnly:     http.StatusInsufficientStorage,
	appliance.CodeUnavailable:  http.StatusServiceUnavailable,
	appliance.CodeOwnedByFile:  http.StatusConflict,
}

// Status is the HTTP status of an error's code, 500 for an error without one.
func Status(code appliance.Code) int {
	if s, ok := failureStatus[code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Failure says an error to a person: what happened, what was not changed, what to do, and small the code for the technician.
// request is the id under which the log has the rest. The error's own sentence is the title when it has words in this language.
func (l *Lang) Failure(err error, request string) view.Failure {
	code := appliance.CodeOf(err)
	area := string(code)
	if _, ok := failureStatus[code]; !ok {
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
