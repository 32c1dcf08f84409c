package ui

import (
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// formOf takes the named fields of a request as they were typed, without spaces around.
func formOf(c echo.Context, fields ...string) view.Form {
	f := view.Form{Values: make(map[string]string, len(fields))}
	for _, name := range fields {
		f.Values[name] = strings.TrimSpace(c.FormValue(name))
	}
	return f
}

// failForm puts what is wrong with an entry beside its field and says whether it could: errors that are no matter of what was
// typed go up. rename maps names of the domain's fields to those of the form.
func (s *Server) failForm(form *view.Form, l *Lang, err error, rename map[string]string) bool {
	return failForm(form, l, err, rename)
}

func failForm(form *view.Form, l *Lang, err error, rename map[string]string) bool {
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok || e.Code != appliance.CodeInvalid && e.Code != appliance.CodeConflict {
		return false
	}
	field := e.Field
	if to, ok := rename[field]; ok {
		field = to
	}
	form.Fail(field, l.Say(e.Message))
	return true
}
