package ui

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/ui/view"
)

// answer is what one way of asking brought.
type answer struct {
	check   appliance.Check
	reading appliance.Reading
}

// try is the test button of the forms of a device and of a check: nothing is stored, the same form comes back with the answer.
func (s *Server) try(c echo.Context) error {
	if c.FormValue("form") == "check" {
		return s.tryCheck(c)
	}
	if c.FormValue("id") != "" {
		return s.tryStored(c)
	}
	e, l := s.readDevice(c)
	e.judgeTry(l)
	if !e.form.OK() {
		return s.showNewDevice(c, http.StatusUnprocessableEntity, e, nil)
	}
	answers, err := s.ask(c, e.device, e.typedChecks())
	if err != nil {
		return err
	}
	all, err := s.App.Devices(c.Request().Context())
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, v := range all {
		names[strings.ToLower(v.Name)] = true
	}
	tried := l.tried(answers)
	tried.Taken = e.takeOver(l, answers, names)
	return s.showNewDevice(c, http.StatusOK, e, tried)
}

// tryStored asks a stored device in all its ways at the address that stands in the form.
func (s *Server) tryStored(c echo.Context) error {
	id, err := appliance.ParseID(c.FormValue("id"))
	if err != nil {
		return appliance.ErrNotFound
	}
	v, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return err
	}
	e, l := s.readDevice(c)
	e.keep(v.Device)
	e.judgeTry(l)
	if !e.form.OK() {
		return s.showEditDevice(c, http.StatusUnprocessableEntity, v, e, nil)
	}
	answers, err := s.ask(c, e.device, v.Checks)
	if err != nil {
		return err
	}
	return s.showEditDevice(c, http.StatusOK, v, e, l.tried(answers))
}

// judgeTry asks only for what the test needs: an address and the way of asking.
func (e *deviceEntry) judgeTry(l *Lang) {
	d := appliance.Device{Name: "tried", Kind: appliance.KindOther, Address: e.device.Address}
	l.blame(e, config.ValidateDevice(d))
	e.judgeChecks(l)
}

// typedChecks are the checks with the credential as it was typed.
func (e *deviceEntry) typedChecks() []appliance.Check {
	out := make([]appliance.Check, len(e.checks))
	for i, c := range e.checks {
		if c.SNMP != nil {
			snmp := *c.SNMP
			snmp.Typed = e.credential
			c.SNMP = &snmp
		}
		out[i] = c
	}
	return out
}

// ask tries all checks at the same time: a person waits.
func (s *Server) ask(c echo.Context, d appliance.Device, checks []appliance.Check) ([]answer, error) {
	ctx, by := c.Request().Context(), actor(c)
	answers, errs := make([]answer, len(checks)), make([]error, len(checks))
	var all sync.WaitGroup
	for i, check := range checks {
		all.Go(func() {
			r, err := s.App.Try(ctx, by, d, check)
			answers[i], errs[i] = answer{check, r}, err
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// takeOver proposes name and kind from the answer where nothing stands yet, and says so. A name that another device has gets a number.
func (e *deviceEntry) takeOver(l *Lang, answers []answer, names map[string]bool) string {
	name, kind := "", appliance.Kind("")
	for _, a := range answers {
		if id := a.reading.Identity; id != nil {
			name, kind = plainName(cmp.Or(id.SysName, upsName(a.reading))), id.Kind
		}
	}
	named := e.form.Value("name") == "" && name != ""
	if named {
		name = freeName(names, name)
		e.form.Values["name"] = name
	}
	sorted := e.form.Value("kind") == "" && kind != ""
	if sorted {
		e.form.Values["kind"] = string(kind)
	}
	switch {
	case named && sorted:
		return l.T("deviceform.taken_both", "name", name, "kind", l.Kind(kind))
	case named:
		return l.T("deviceform.taken_name", "name", name)
	case sorted:
		return l.T("deviceform.taken_kind", "kind", l.Kind(kind))
	}
	return ""
}

// upsName is what the server that watches a UPS calls it.
func upsName(r appliance.Reading) string {
	for _, t := range r.Texts {
		if t.Name == "ups.name" {
			return t.Value
		}
	}
	return ""
}

// plainName makes a device's own name one that can be stored: one line, no blanks around it, without its domain.
func plainName(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	if host, domain, ok := strings.Cut(s, "."); ok && host != "" && !strings.ContainsAny(domain, " <>") && strings.Contains(domain, ".") && !strings.ContainsAny(host, " ") && !onlyDigits(host) {
		s = host
	}
	if r := []rune(s); len(r) > 100 {
		s = strings.TrimSpace(string(r[:100]))
	}
	return s
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// findLimit bounds how long saving waits for a device to say of which kind it is; the form is stored without it then.
const findLimit = 8 * time.Second

// findKind asks a device what it is, when nobody said it and nobody pressed the test button before.
func (s *Server) findKind(c echo.Context, e *deviceEntry) appliance.Kind {
	ctx, cancel := context.WithTimeout(c.Request().Context(), findLimit)
	defer cancel()
	for _, check := range e.typedChecks() {
		if check.Probe != appliance.ProbeSNMP {
			continue
		}
		r, err := s.App.Try(ctx, actor(c), e.device, check)
		if err == nil && r.Identity != nil && r.Identity.Kind != "" {
			return r.Identity.Kind
		}
	}
	return appliance.KindOther
}

// tried says for people what came back.
func (l *Lang) tried(answers []answer) *view.Tried {
	t := &view.Tried{}
	for _, a := range answers {
		t.Parts = append(t.Parts, l.triedPart(a))
		t.Facts = append(t.Facts, l.triedFacts(a.reading)...)
		t.Values = append(t.Values, l.triedValues(a.reading)...)
		for _, line := range a.reading.Log {
			t.Log = append(t.Log, l.T("deviceform.logline", "probe", probeName(a.check.Probe), "after", l.Num(line.After.Seconds(), 3), "text", line.Text))
		}
	}
	return t
}
