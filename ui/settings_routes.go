package ui

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

const maxRouteSteps = 6 // rows of the form; rows with the same minutes are one step

// renamed gives an error the name that its field has in the form.
func renamed(err error, names map[string]string) error {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		if name, ok := names[e.Field]; ok {
			other := *e
			other.Field = name
			return &other
		}
	}
	return err
}

func (s *Server) routeParam(c echo.Context) (appliance.Route, error) {
	if c.Param("id") == "" {
		return appliance.Route{Least: appliance.StateWarning}, nil
	}
	id, err := idParam(c)
	if err != nil {
		return appliance.Route{}, err
	}
	list, err := s.App.Routes(c.Request().Context())
	if err != nil {
		return appliance.Route{}, err
	}
	i := slices.IndexFunc(list, func(r appliance.Route) bool { return r.ID == id })
	if i < 0 {
		return appliance.Route{}, appliance.ErrNotFound
	}
	return list[i], nil
}

func (s *Server) route(c echo.Context) error {
	r, err := s.routeParam(c)
	if err != nil {
		return err
	}
	f := view.Form{Values: map[string]string{"name": r.Name, "least": cmp.Or(r.Least, appliance.StateWarning).String(), "repeat": "", "off": "", "quiet": "",
		"version": strconv.FormatUint(r.Version, 10)}}
	if r.Repeat > 0 {
		f.Values["repeat"] = strconv.Itoa(r.Repeat)
	}
	for name, on := range map[string]bool{"off": r.Off, "quiet": r.Quiet} {
		if on {
			f.Values[name] = "on"
		}
	}
	fillHours(&f, r.Hours)
	for _, k := range appliance.Kinds {
		f.Values["of_"+string(k)] = ""
		if slices.Contains(r.Kinds, k) {
			f.Values["of_"+string(k)] = "on"
		}
	}
	row := 1
	for ; row <= maxRouteSteps; row++ {
		f.Values["after_"+strconv.Itoa(row)], f.Values["who_"+strconv.Itoa(row)] = "", ""
	}
	row = 1
	add := func(after int, who string) {
		if row <= maxRouteSteps {
			f.Values["after_"+strconv.Itoa(row)], f.Values["who_"+strconv.Itoa(row)] = strconv.Itoa(after), who
			row++
		}
	}
	for _, step := range r.Steps {
		for _, id := range step.Contacts {
			add(step.After, "contact:"+id.String())
		}
		for _, role := range step.Roles {
			add(step.After, "role:"+string(role))
		}
	}
	return s.showRoute(c, http.StatusOK, r, f)
}

func (s *Server) showRoute(c echo.Context, status int, r appliance.Route, form view.Form) error {
	frame, l := s.settingsFrame(c)
	page := view.Route{Form: form, Owner: r.Owner, Action: "/settings/routes/new", Hours: l.hoursFields(form), Who: []view.Option{{Label: l.T("route.nobody")}}}
	frame.Title = l.T("route.new")
	if r.ID != 0 {
		page.ID, page.Action, frame.Title = r.ID.String(), "/settings/routes/"+r.ID.String(), r.Name
	}
	for _, least := range []appliance.State{appliance.StateNoData, appliance.StateWarning, appliance.StateCritical} {
		page.Least = append(page.Least, view.Option{Value: least.String(), Label: l.T("route.least_" + least.String())})
	}
	for _, k := range appliance.Kinds {
		page.Kinds = append(page.Kinds, view.Option{Value: "of_" + string(k), Label: l.Kind(k)})
	}
	for _, role := range appliance.ContactRoles {
		page.Who = append(page.Who, view.Option{Value: "role:" + string(role), Label: l.T("contact.all_" + string(role))})
	}
	contacts, err := s.App.Contacts(c.Request().Context())
	if err != nil {
		return err
	}
	for _, k := range contacts {
		page.Who = append(page.Who, view.Option{Value: "contact:" + k.ID.String(), Label: k.Name})
	}
	devices, err := s.App.Devices(c.Request().Context())
	if err != nil {
		return err
	}
	for _, d := range devices {
		name := "device_" + d.ID.String()
		on := slices.Contains(r.Devices, d.ID)
		if status != http.StatusOK {
			on = c.FormValue(name) != ""
		}
		page.Devices = append(page.Devices, view.BackupCheck{Name: name, Label: d.Name, On: on})
	}
	page.Chosen = slices.ContainsFunc(page.Devices, func(d view.BackupCheck) bool { return d.On })
	for i := range maxRouteSteps {
		page.Steps = append(page.Steps, i+1)
	}
	return s.render.Page(c, status, "settings-route", frame, page)
}

func (s *Server) saveRoute(c echo.Context) error {
	r, err := s.routeParam(c)
	if err != nil {
		return err
	}
	old := r
	_, l := s.settingsFrame(c)
	fields := append([]string{"name", "least", "repeat", "off", "quiet", "version"}, hoursNames()...)
	for i := range maxRouteSteps {
		fields = append(fields, "after_"+strconv.Itoa(i+1), "who_"+strconv.Itoa(i+1))
	}
	for _, k := range appliance.Kinds {
		fields = append(fields, "of_"+string(k))
	}
	form := formOf(c, fields...)
	r.Name, r.Off, r.Quiet, r.Hours = form.Value("name"), form.Value("off") != "", form.Value("quiet") != "", hoursOf(&form, l, r.Hours)
	r.Least, _ = appliance.ParseState(form.Value("least")) //nolint:errcheck // what is not known is refused
	r.Kinds = nil
	for _, k := range appliance.Kinds {
		if form.Value("of_"+string(k)) != "" {
			r.Kinds = append(r.Kinds, k)
		}
	}
	if r.Devices, err = s.devicesTicked(c); err != nil {
		return err
	}
	r.Repeat = minutesOf(&form, l, "repeat")
	if v, err := strconv.ParseUint(form.Value("version"), 10, 64); err == nil && r.ID != 0 {
		r.Version = v
	}
	r.Steps = stepsOf(&form, l)
	if form.OK() {
		err := s.App.SaveRoute(c.Request().Context(), actor(c), &r)
		if err == nil {
			return s.done(c, "/settings/contacts", l.T("route.saved", "name", r.Name))
		}
		if !s.refuse(&form, l, err, map[string]string{"name": "contact.name", "repeat": "route.repeat", "step.1": "route.steps", "step.2": "route.steps", "step.3": "route.steps"}) {
			return err
		}
	}
	return s.showRoute(c, http.StatusUnprocessableEntity, old, form)
}

// devicesTicked are the devices whose boxes a form has ticked.
func (s *Server) devicesTicked(c echo.Context) (out []appliance.ID, err error) {
	devices, err := s.App.Devices(c.Request().Context())
	for _, d := range devices {
		if c.FormValue("device_"+d.ID.String()) != "" {
			out = append(out, d.ID)
		}
	}
	return out, err
}

func minutesOf(form *view.Form, l *Lang, field string) int {
	text := form.Value(field)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		form.Fail(field, l.T("route.error_minutes"))
	}
	return n
}

// stepsOf makes steps of the rows: those with the same minutes are one.
func stepsOf(form *view.Form, l *Lang) []appliance.Step {
	at := map[int]*appliance.Step{}
	for i := range maxRouteSteps {
		n := strconv.Itoa(i + 1)
		who := form.Value("who_" + n)
		if who == "" {
			continue
		}
		after := minutesOf(form, l, "after_"+n)
		if at[after] == nil {
			at[after] = &appliance.Step{After: after}
		}
		if role, ok := strings.CutPrefix(who, "role:"); ok {
			at[after].Roles = append(at[after].Roles, appliance.ContactRole(role))
		} else if id, err := appliance.ParseID(strings.TrimPrefix(who, "contact:")); err == nil {
			at[after].Contacts = append(at[after].Contacts, id)
		}
	}
	var out []appliance.Step
	for _, s := range at {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b appliance.Step) int { return cmp.Compare(a.After, b.After) })
	return out
}

func (s *Server) deleteRoute(c echo.Context) error {
	r, err := s.routeParam(c)
	if err != nil {
		return err
	}
	if err := s.App.DeleteRoute(c.Request().Context(), actor(c), r.ID); err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	return s.done(c, "/settings/contacts", l.T("route.deleted", "name", r.Name))
}

func (s *Server) mailRelay(c echo.Context) error {
	r, err := s.App.MailRelay(c.Request().Context())
	if err != nil {
		return err
	}
	f := view.Form{Values: map[string]string{"host": r.Host, "port": "", "security": string(cmp.Or(r.Security, appliance.MailStartTLS)), "user": r.User, "password": "", "from": r.From}}
	if r.Port != 0 {
		f.Values["port"] = strconv.Itoa(r.Port)
	}
	return s.showMailRelay(c, http.StatusOK, r, f)
}

func (s *Server) showMailRelay(c echo.Context, status int, r appliance.MailRelay, form view.Form) error {
	frame, l := s.settingsFrame(c)
	page := view.Relay{Form: form, Owner: r.Owner, Held: !r.Password.IsZero()}
	for _, sec := range appliance.MailSecurities {
		page.Securities = append(page.Securities, view.Option{Value: string(sec), Label: l.T("contact.security_" + string(sec))})
	}
	frame.Title = l.T("contact.relay")
	return s.render.Page(c, status, "settings-mail", frame, page)
}

func (s *Server) saveMailRelay(c echo.Context) error {
	old, err := s.App.MailRelay(c.Request().Context())
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	form := formOf(c, "host", "port", "security", "user", "password", "from")
	r := appliance.MailRelay{Host: form.Value("host"), Security: appliance.MailSecurity(form.Value("security")), User: form.Value("user"), From: form.Value("from")}
	r.Port = minutesOf(&form, l, "port")
	if p := form.Value("password"); p != "" {
		r.Password = enteredSecret(p)
	}
	form.Values["password"] = ""
	if form.OK() {
		err := s.App.SaveMailRelay(c.Request().Context(), actor(c), r)
		if err == nil {
			return s.done(c, "/settings/contacts", l.T("contact.relay_saved"))
		}
		if !s.refuse(&form, l, err, map[string]string{"host": "contact.relay_host", "port": "contact.relay_port", "security": "contact.relay_security", "user": "contact.relay_user", "password": "contact.relay_password", "from": "contact.relay_from"}) {
			return err
		}
	}
	return s.showMailRelay(c, http.StatusUnprocessableEntity, old, form)
}
