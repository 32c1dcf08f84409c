package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsContactRoutes() {
	s.echo.GET("/settings/contacts", s.contacts)
	s.echo.GET("/settings/contacts/new", s.contact)
	s.echo.POST("/settings/contacts/new", s.saveContact)
	s.echo.GET("/settings/contacts/:id", s.contact)
	s.echo.POST("/settings/contacts/:id", s.saveContact)
	s.echo.POST("/settings/contacts/:id/test", s.testContact)
	s.echo.GET("/settings/contacts/:id/delete", s.confirmDeleteContact)
	s.echo.POST("/settings/contacts/:id/delete", s.deleteContact)
	s.echo.GET("/settings/routes/new", s.route)
	s.echo.POST("/settings/routes/new", s.saveRoute)
	s.echo.GET("/settings/routes/:id", s.route)
	s.echo.POST("/settings/routes/:id", s.saveRoute)
	s.echo.POST("/settings/routes/:id/delete", s.deleteRoute)
	s.echo.GET("/settings/mail", s.mailRelay)
	s.echo.POST("/settings/mail", s.saveMailRelay)
	s.echo.GET("/settings/told", s.told)
	s.echo.POST("/settings/told/retry", s.retryTold)
}

func (s *Server) contactsTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	list, err := s.App.Contacts(ctx)
	return view.Tile{Value: l.T("contact.count", "n", len(list)), Text: l.T("contact.fact")}, err
}

// contacts shows who is told what: contacts, routes and the mail server on one page.
func (s *Server) contacts(c echo.Context) error {
	ctx := c.Request().Context()
	frame, l := s.settingsFrame(c)
	page := view.Contacts{CanEdit: can(c, access.EditContacts), Relay: l.T("contact.relay_none")}
	list, err := s.App.Contacts(ctx)
	if err != nil {
		return err
	}
	names := map[appliance.ID]string{}
	for _, k := range list {
		names[k.ID] = k.Name
		row := view.ContactRow{Href: "/settings/contacts/" + k.ID.String(), Name: k.Name, Role: l.T("contact.role_" + string(k.Role)), Hours: l.hoursWord(k.Hours), Daily: k.Daily, Owner: k.Owner, Off: k.Off}
		for _, ch := range k.Channels {
			row.Channels = append(row.Channels, l.channelWord(ch))
		}
		page.Contacts = append(page.Contacts, row)
	}
	routes, err := s.App.Routes(ctx)
	if err != nil {
		return err
	}
	page.Default = len(routes) == 0
	devices := map[appliance.ID]string{}
	views, err := s.App.Devices(ctx)
	if err != nil {
		return err
	}
	for _, d := range views {
		devices[d.ID] = d.Name
	}
	for _, r := range routes {
		row := view.RouteRow{Href: "/settings/routes/" + r.ID.String(), Name: r.Name, Of: l.routeOf(r, devices), Owner: r.Owner, Off: r.Off}
		for _, step := range r.Steps {
			row.Steps = append(row.Steps, l.stepWord(step, names))
		}
		page.Routes = append(page.Routes, row)
	}
	relay, err := s.App.MailRelay(ctx)
	if err != nil {
		return err
	}
	if relay.Host != "" {
		page.Relay = l.T("contact.relay_is", "host", relay.Host, "security", l.T("contact.security_"+string(relay.Security)), "from", relay.From)
	}
	page.Empty = view.Empty{Icon: "users", Title: l.T("contact.none"), Text: l.T("contact.none_how")}
	if page.CanEdit {
		page.Empty.Href, page.Empty.Link, page.Empty.Button = "/settings/contacts/new", l.T("contact.add"), true
	}
	frame.Title = l.T("contact.title")
	return s.render.Page(c, http.StatusOK, "settings-contacts", frame, page)
}

func (l *Lang) hoursWord(h *appliance.ServiceHours) string {
	switch {
	case h == nil:
		return l.T("contact.always")
	case h.Preset == appliance.HoursOwn:
		return l.hoursText(*h, appliance.Site{TimeZone: "UTC"}) // the times of a week are the same in each zone
	}
	return l.T("contact.hours_" + h.Preset)
}

func (l *Lang) channelWord(ch appliance.Channel) string {
	text := l.T("told.way_" + string(ch.Kind))
	if ch.Address != "" {
		text += ", " + ch.Address
	}
	if ch.Least == appliance.StateCritical {
		text += " (" + l.T("contact.only_critical") + ")"
	}
	return text
}

func (l *Lang) routeOf(r appliance.Route, devices map[appliance.ID]string) string {
	least := r.Least
	if least == appliance.StateOK {
		least = appliance.StateWarning
	}
	text := l.T("route.least_" + least.String())
	if len(r.Kinds) > 0 {
		var kinds []string
		for _, k := range r.Kinds {
			kinds = append(kinds, l.Kind(k))
		}
		text += ", " + strings.Join(kinds, ", ")
	}
	for _, id := range r.Devices {
		text += ", " + devices[id]
	}
	return text
}

func (l *Lang) stepWord(step appliance.Step, names map[appliance.ID]string) string {
	var who []string
	for _, id := range step.Contacts {
		who = append(who, names[id])
	}
	for _, role := range step.Roles {
		who = append(who, l.T("contact.all_"+string(role)))
	}
	if step.After == 0 {
		return l.T("route.step_first", "who", strings.Join(who, ", "))
	}
	return l.T("route.step_after", "n", step.After, "who", strings.Join(who, ", "))
}

const maxContactChannels = 4 // of the form

func (s *Server) contactParam(c echo.Context) (appliance.Contact, error) {
	if c.Param("id") == "" {
		return appliance.Contact{Role: appliance.ContactTechnician}, nil
	}
	id, err := idParam(c)
	if err != nil {
		return appliance.Contact{}, err
	}
	list, err := s.App.Contacts(c.Request().Context())
	if err != nil {
		return appliance.Contact{}, err
	}
	i := slices.IndexFunc(list, func(k appliance.Contact) bool { return k.ID == id })
	if i < 0 {
		return appliance.Contact{}, appliance.ErrNotFound
	}
	return list[i], nil
}

func (s *Server) contact(c echo.Context) error {
	k, err := s.contactParam(c)
	if err != nil {
		return err
	}
	f := view.Form{Values: map[string]string{"name": k.Name, "role": string(k.Role), "language": k.Language, "phone": k.Phone, "daily": k.Daily, "off": "",
		"version": strconv.FormatUint(k.Version, 10)}}
	if k.Off {
		f.Values["off"] = "on"
	}
	fillHours(&f, k.Hours)
	for i := range maxContactChannels {
		n := strconv.Itoa(i + 1)
		f.Values["kind_"+n], f.Values["address_"+n], f.Values["least_"+n], f.Values["secret_"+n] = "", "", "ok", ""
		if i < len(k.Channels) {
			f.Values["kind_"+n], f.Values["address_"+n], f.Values["least_"+n] = string(k.Channels[i].Kind), k.Channels[i].Address, k.Channels[i].Least.String()
		}
	}
	return s.showContact(c, http.StatusOK, k, f)
}

func (s *Server) showContact(c echo.Context, status int, k appliance.Contact, form view.Form) error {
	frame, l := s.settingsFrame(c)
	page := view.Contact{Form: form, Owner: k.Owner, Action: "/settings/contacts/new"}
	frame.Title = l.T("contact.new")
	if k.ID != 0 {
		page.ID, page.Action, frame.Title = k.ID.String(), "/settings/contacts/"+k.ID.String(), k.Name
	}
	for _, r := range appliance.ContactRoles {
		page.Roles = append(page.Roles, view.Option{Value: string(r), Label: l.T("contact.role_" + string(r))})
	}
	page.Languages = append([]view.Option{{Label: l.T("contact.language_site")}}, languageOptions(l)...)
	page.Hours = l.hoursFields(form)
	page.Kinds = []view.Option{{Label: l.T("contact.no_channel")}}
	for _, kind := range appliance.ChannelKinds {
		page.Kinds = append(page.Kinds, view.Option{Value: string(kind), Label: l.T("told.way_" + string(kind))})
	}
	for _, least := range []appliance.State{appliance.StateOK, appliance.StateWarning, appliance.StateCritical} {
		page.Least = append(page.Least, view.Option{Value: least.String(), Label: l.T("contact.least_" + least.String())})
	}
	for i := range maxContactChannels {
		f := view.ChannelFields{N: i + 1}
		if i < len(k.Channels) {
			f.Held = l.heldSecret(k.Channels[i].Secret)
		}
		page.Channels = append(page.Channels, f)
	}
	return s.render.Page(c, status, "settings-contact", frame, page)
}

func languageOptions(l *Lang) (out []view.Option) {
	for _, tag := range appliance.Languages {
		out = append(out, view.Option{Value: tag, Label: l.T("language." + tag)})
	}
	return out
}

var contactLabels = map[string]string{"name": "contact.name", "role": "contact.role", "phone": "contact.phone", "daily": "contact.daily", "hours": "contact.hours"}

func (s *Server) saveContact(c echo.Context) error {
	k, err := s.contactParam(c)
	if err != nil {
		return err
	}
	old := k
	_, l := s.settingsFrame(c)
	fields := append([]string{"name", "role", "language", "phone", "daily", "off", "version"}, hoursNames()...)
	for i := range maxContactChannels {
		n := strconv.Itoa(i + 1)
		fields = append(fields, "kind_"+n, "address_"+n, "secret_"+n, "least_"+n)
	}
	form := formOf(c, fields...)
	k.Name, k.Role, k.Language, k.Phone, k.Daily = form.Value("name"), appliance.ContactRole(form.Value("role")), form.Value("language"), form.Value("phone"), form.Value("daily")
	k.Off, k.Hours = form.Value("off") != "", hoursOf(&form, l, k.Hours)
	if v, err := strconv.ParseUint(form.Value("version"), 10, 64); err == nil && k.ID != 0 {
		k.Version = v
	}
	labels := map[string]string{}
	for f, word := range contactLabels {
		labels[f] = word
	}
	rename := map[string]string{}
	k.Channels = nil
	for i := range maxContactChannels {
		n := strconv.Itoa(i + 1)
		kind := appliance.ChannelKind(form.Value("kind_" + n))
		if kind == "" {
			continue
		}
		ch := appliance.Channel{Kind: kind, Address: form.Value("address_" + n)}
		ch.Least, _ = appliance.ParseState(form.Value("least_" + n)) //nolint:errcheck // what is not known is refused
		if secret := form.Value("secret_" + n); secret != "" {
			ch.Secret = enteredSecret(secret)
			if kind == appliance.ChannelService && ch.Secret.Value != "" {
				ch.Address = "" // named after its new address
			}
		}
		k.Channels = append(k.Channels, ch)
		at := "channel." + strconv.Itoa(len(k.Channels)) + "."
		for _, f := range []string{"kind", "address", "secret", "least"} {
			rename[at+f], labels[f+"_"+n] = f+"_"+n, "contact."+f
		}
	}
	form.Values["secret_1"], form.Values["secret_2"], form.Values["secret_3"], form.Values["secret_4"] = "", "", "", "" // secrets are not sent back
	if !form.OK() {
		return s.showContact(c, http.StatusUnprocessableEntity, old, form)
	}
	if err := s.App.SaveContact(c.Request().Context(), actor(c), &k); err != nil {
		if !s.refuse(&form, l, renamed(err, rename), labels) {
			return err
		}
		return s.showContact(c, http.StatusUnprocessableEntity, old, form)
	}
	return s.done(c, "/settings/contacts", l.T("contact.saved", "name", k.Name))
}

func (s *Server) testContact(c echo.Context) error {
	k, err := s.contactParam(c)
	if err != nil {
		return err
	}
	if _, err := s.App.TestContact(c.Request().Context(), actor(c), k.ID); err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	return s.done(c, "/settings/told", l.T("contact.tested", "name", k.Name))
}

func (s *Server) confirmDeleteContact(c echo.Context) error {
	k, err := s.contactParam(c)
	if err != nil {
		return err
	}
	return s.askDeleteContact(c, http.StatusOK, k, view.Form{})
}

func (s *Server) askDeleteContact(c echo.Context, status int, k appliance.Contact, form view.Form) error {
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("contact.delete_title", "name", k.Name)
	to := "/settings/contacts/" + k.ID.String()
	return s.render.Page(c, status, "confirm", frame, view.Confirm{Title: frame.Title, Text: l.T("contact.delete_text"),
		Action: to + "/delete", Button: l.T("contact.delete", "name", k.Name), Back: to, BackLabel: l.T("settings.keep"), Form: form})
}

func (s *Server) deleteContact(c echo.Context) error {
	k, err := s.contactParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	if err := s.App.DeleteContact(c.Request().Context(), actor(c), k.ID); err != nil {
		var form view.Form
		if !s.refuse(&form, l, err, nil) {
			return err
		}
		return s.askDeleteContact(c, http.StatusUnprocessableEntity, k, form)
	}
	return s.done(c, "/settings/contacts", l.T("contact.deleted", "name", k.Name))
}
