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

func (s *Server) settingsCredentialRoutes() {
	s.echo.GET("/settings/credentials", s.credentials)
	s.echo.GET("/settings/credentials.csv", s.credentialsCSV)
	s.echo.GET("/settings/credentials/new", s.newCredential)
	s.echo.POST("/settings/credentials/new", s.createCredential)
	s.echo.GET("/settings/credentials/:id", s.credential)
	s.echo.POST("/settings/credentials/:id", s.saveCredential)
	s.echo.GET("/settings/credentials/:id/delete", s.confirmDeleteCredential)
	s.echo.POST("/settings/credentials/:id/delete", s.deleteCredential)
}

func (s *Server) credentialsTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	list, err := s.App.Credentials(ctx)
	if err != nil {
		return view.Tile{}, err
	}
	uses, err := s.credentialUses(ctx)
	tile := view.Tile{Value: l.T("credential.count", "n", len(list)), Text: l.T("credential.fact")}
	if idle := idleCredentials(list, uses); idle > 0 {
		tile.Text = l.T("credential.fact_idle", "n", idle)
	}
	return tile, err
}

func idleCredentials(list []appliance.Credential, uses map[appliance.ID][]view.Use) int {
	idle := 0
	for _, c := range list {
		if len(uses[c.ID]) == 0 {
			idle++
		}
	}
	return idle
}

func (l *Lang) credentialsSentence(list []appliance.Credential, uses map[appliance.ID][]view.Use) string {
	idle := idleCredentials(list, uses)
	switch {
	case len(list) == 0:
		return l.T("credential.none")
	case idle > 0:
		return l.T("credential.title_idle", "n", len(list), "idle", idle)
	}
	return l.T("credential.title", "n", len(list))
}

// credentialUses tells for each credential the devices that are asked with it and the sources of logs that are read with it.
func (s *Server) credentialUses(ctx context.Context) (map[appliance.ID][]view.Use, error) {
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	out := map[appliance.ID][]view.Use{}
	for _, d := range devices {
		use := view.Use{Name: d.Name, Href: "/devices/" + d.ID.String()}
		for _, c := range d.Checks {
			if id := c.Credential(); id != 0 && !slices.Contains(out[id], use) {
				out[id] = append(out[id], use)
			}
		}
	}
	sources, err := s.App.Sources(ctx)
	for _, src := range sources {
		if src.Credential != 0 {
			out[src.Credential] = append(out[src.Credential], view.Use{Name: src.Name, Href: "/settings/sources/" + src.ID.String()})
		}
	}
	return out, err
}

func (s *Server) credentialRows(c echo.Context, l *Lang, list view.List) (rows []view.CredentialRow, sentence string, err error) {
	all, err := s.App.Credentials(c.Request().Context())
	if err != nil {
		return nil, "", err
	}
	uses, err := s.credentialUses(c.Request().Context())
	if err != nil {
		return nil, "", err
	}
	for _, k := range all {
		rows = append(rows, view.CredentialRow{ID: k.ID.String(), Name: k.Name, Version: k.Way(), User: k.User, Security: l.security(k),
			Secrets: l.secretPlaces(k), Owner: k.Owner, Uses: uses[k.ID]})
	}
	rows = keep(rows, list.Get("q"), func(r view.CredentialRow) []string { return []string{r.Name, r.User, r.Owner, useNames(r.Uses)} })
	ordered(rows, list, map[string]func(a, b view.CredentialRow) int{
		"name":    byText(func(r view.CredentialRow) string { return r.Name }),
		"version": byText(func(r view.CredentialRow) string { return r.Version }),
		"uses":    func(a, b view.CredentialRow) int { return len(a.Uses) - len(b.Uses) },
	})
	return rows, l.credentialsSentence(all, uses), nil
}

func useNames(uses []view.Use) string {
	names := make([]string, len(uses))
	for i, u := range uses {
		names[i] = u.Name
	}
	return strings.Join(names, ", ")
}

// security is how well a credential protects what is asked and answered.
func (l *Lang) security(c appliance.Credential) string {
	switch {
	case c.SNMPVersion == appliance.CredentialLogin:
		return l.T("credential.login_security")
	case c.Kind == appliance.CredentialSSH && !c.Key.IsZero():
		return l.T("credential.by_key")
	case c.Kind == appliance.CredentialSSH:
		return l.T("credential.by_password")
	case c.SNMPVersion != "3":
		return l.T("credential.open")
	case c.PrivProtocol != "":
		return l.T("credential.encrypted", "auth", c.AuthProtocol, "priv", c.PrivProtocol)
	case c.AuthProtocol != "":
		return l.T("credential.signed", "auth", c.AuthProtocol)
	}
	return l.T("credential.unprotected")
}

// secretPlaces says where the secrets of a credential stand; a file and a variable have names that are no secret.
func (l *Lang) secretPlaces(c appliance.Credential) string {
	var places []string
	for _, secret := range []appliance.Secret{c.Community, c.Auth, c.Priv, c.Password, c.Key, c.Passphrase} {
		place := ""
		switch {
		case secret.Value != "":
			place = l.T("credential.in_store")
		case secret.File != "":
			place = l.T("credential.in_file", "name", secret.File)
		case secret.Env != "":
			place = l.T("credential.in_env", "name", secret.Env)
		}
		if place != "" && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return strings.Join(places, ", ")
}

func (s *Server) credentials(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	page := view.Credentials{List: view.NewList("/settings/credentials", c.QueryParams(), "name"), CanEdit: can(c, access.EditCredentials)}
	var err error
	if page.Rows, frame.Title, err = s.credentialRows(c, l, page.List); err != nil {
		return err
	}
	page.Empty = l.nothingFound(page.List)
	if page.List.Get("q") == "" {
		page.Empty = view.Empty{Icon: "key-round", Title: l.T("credential.none"), Text: l.T("credential.none_how")}
		if page.CanEdit {
			page.Empty.Href, page.Empty.Link, page.Empty.Button = "/settings/credentials/new", l.T("credential.add"), true
		}
	}
	return s.render.Page(c, http.StatusOK, "settings-credentials", frame, page)
}

func (s *Server) credentialsCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	rows, _, err := s.credentialRows(c, l, view.NewList("/settings/credentials", c.QueryParams(), "name"))
	if err != nil {
		return err
	}
	var out [][]string
	for _, r := range rows {
		out = append(out, []string{r.ID, r.Name, r.Version, r.User, r.Owner, strconv.Itoa(len(r.Uses)), useNames(r.Uses)})
	}
	return WriteCSV(c, "credentials", []string{"id", "name", "snmp_version", "user", "owner", "devices", "device_names"}, out)
}

// credentialParam is the credential in the address.
func (s *Server) credentialParam(c echo.Context) (appliance.Credential, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.Credential{}, err
	}
	list, err := s.App.Credentials(c.Request().Context())
	if err != nil {
		return appliance.Credential{}, err
	}
	i := slices.IndexFunc(list, func(k appliance.Credential) bool { return k.ID == id })
	if i < 0 {
		return appliance.Credential{}, appliance.ErrNotFound
	}
	return list[i], nil
}

func (s *Server) confirmDeleteCredential(c echo.Context) error {
	k, err := s.credentialParam(c)
	if err != nil {
		return err
	}
	return s.askDeleteCredential(c, http.StatusOK, k, view.Form{})
}

func (s *Server) askDeleteCredential(c echo.Context, status int, k appliance.Credential, form view.Form) error {
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("credential.delete_title", "name", k.Name)
	to := "/settings/credentials/" + k.ID.String()
	return s.render.Page(c, status, "confirm", frame, view.Confirm{Title: frame.Title, Text: l.T("credential.delete_text"),
		Action: to + "/delete", Button: l.T("credential.delete", "name", k.Name), Back: to, BackLabel: l.T("settings.keep"), Form: form})
}

func (s *Server) deleteCredential(c echo.Context) error {
	k, err := s.credentialParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	if err := s.App.DeleteCredential(c.Request().Context(), actor(c), k.ID); err != nil {
		var form view.Form
		if !s.refuse(&form, l, err, nil) {
			return err
		}
		return s.askDeleteCredential(c, http.StatusUnprocessableEntity, k, form)
	}
	return s.done(c, "/settings/credentials", l.T("credential.deleted", "name", k.Name))
}
