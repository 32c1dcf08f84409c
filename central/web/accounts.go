package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

func (s *Server) accountRoutes() {
	s.echo.GET("/settings/accounts", s.accounts)
	s.echo.GET("/settings/accounts/new", s.newAccount)
	s.echo.POST("/settings/accounts/new", s.createAccount)
	s.echo.GET("/settings/accounts/:id", s.account)
	s.echo.POST("/settings/accounts/:id", s.saveAccount)
	s.echo.POST("/settings/accounts/:id/password", s.setPassword)
	s.echo.POST("/settings/accounts/:id/factor/off", s.takeFactor)
	s.echo.POST("/settings/accounts/:id/delete", s.deleteAccount)
}

type accountsPage struct{ Rows []accountRow }

type accountRow struct {
	ID, Name, FullName, Role, Sees string
	Disabled, Self, Factor         bool
	SignedIn                       time.Time
}

func (s *Server) accounts(c echo.Context) error {
	ctx := c.Request().Context()
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	list, err := s.Gate.Users.List()
	if err != nil {
		return err
	}
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	var page accountsPage
	able := 0
	for _, u := range list {
		x, _, err := s.People.Extra(ctx, u.ID)
		if err != nil {
			return err
		}
		sees, err := s.scoped(ctx, l, u, groups)
		if err != nil {
			return err
		}
		if !u.Disabled {
			able++
		}
		page.Rows = append(page.Rows, accountRow{ID: u.ID.String(), Name: u.Name, FullName: u.FullName, Role: l.T("role." + string(u.Role)), Sees: sees,
			Disabled: u.Disabled, Self: u.ID == self(c), Factor: x.Asked(), SignedIn: u.SignedIn})
	}
	f.Title = l.T("account.title", "n", able)
	return s.Render(c, http.StatusOK, "central-accounts", f, page)
}

// accountPage is one account.
type accountPage struct {
	ID                       string
	Form                     view.Form
	Roles, Groups, Languages []view.Option
	Chosen                   map[string]bool
	New, Self, Factor, Bound bool
}

func (s *Server) newAccount(c echo.Context) error {
	return s.showAccount(c, http.StatusOK, accountPage{New: true, Form: view.Form{Values: map[string]string{"role": string(people.Reader)}}})
}

func (s *Server) showAccount(c echo.Context, status int, page accountPage) error {
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	page.Roles, page.Groups = s.roles(l), groupOptions(l, groups, nil)[1:]
	languages, _ := l.Choices()
	page.Languages = append([]view.Option{{Label: l.T("central.as_browser")}}, languages...)
	f.Title = l.T("account.new")
	if !page.New {
		f.Title = l.T("account.of", "name", page.Form.Value("name"))
	}
	return s.Render(c, status, "central-account", f, page)
}

// entered reads what was typed about an account.
func entered(c echo.Context) (form view.Form, chosen map[string]bool, x people.Extra) {
	form = ui.FormOf(c, "name", "full_name", "role", "language", "disabled", "all", "version")
	chosen = map[string]bool{}
	x.All = form.Value("all") != ""
	params, err := c.FormParams()
	if err != nil {
		return form, chosen, x
	}
	for _, v := range params["group"] {
		if id, err := appliance.ParseID(v); err == nil && len(x.Groups) < 1000 && !slices.Contains(x.Groups, id) {
			chosen[v] = true
			x.Groups = append(x.Groups, id)
		}
	}
	return form, chosen, x
}

// createAccount makes an account. Without a password it can be used through the sign-in service only.
func (s *Server) createAccount(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.Lang(s.Frame(c, ""))
	form, chosen, x := entered(c)
	u := appliance.User{Name: form.Value("name"), FullName: form.Value("full_name"), Role: appliance.Role(form.Value("role")), Language: form.Value("language")}
	var err error
	if password := c.FormValue("password"); password != "" || s.oidc == nil {
		err = s.Gate.Users.Create(ctx, ui.Actor(c), &u, password)
	} else {
		err = s.Gate.Users.Save(ui.Actor(c), &u)
	}
	if err == nil {
		err = s.People.PutExtra(ctx, u.ID, x, 0)
	}
	if err != nil {
		if !ui.FailForm(&form, l, err, nil) {
			return err
		}
		return s.showAccount(c, http.StatusUnprocessableEntity, accountPage{New: true, Form: form, Chosen: chosen})
	}
	return ui.Done(c, "/settings/accounts", l.T("account.created", "name", u.Name))
}

func (s *Server) found(c echo.Context) (appliance.User, error) {
	id, err := appliance.ParseID(c.Param("id"))
	if err != nil {
		return appliance.User{}, appliance.ErrNotFound
	}
	return s.People.User(id)
}

func (s *Server) accountOf(c echo.Context, u appliance.User) (accountPage, error) {
	x, _, err := s.People.Extra(c.Request().Context(), u.ID)
	page := accountPage{ID: u.ID.String(), Self: u.ID == self(c), Factor: x.Asked(), Bound: x.Subject != "", Chosen: map[string]bool{}, Form: view.Form{Values: map[string]string{
		"name": u.Name, "full_name": u.FullName, "role": string(u.Role), "language": u.Language, "version": strconv.FormatUint(u.Version, 10)}}}
	for _, g := range x.Groups {
		page.Chosen[g.String()] = true
	}
	if x.All {
		page.Form.Values["all"] = "1"
	}
	if u.Disabled {
		page.Form.Values["disabled"] = "1"
	}
	return page, err
}

func (s *Server) account(c echo.Context) error {
	u, err := s.found(c)
	if err != nil {
		return err
	}
	page, err := s.accountOf(c, u)
	if err != nil {
		return err
	}
	return s.showAccount(c, http.StatusOK, page)
}

func (s *Server) saveAccount(c echo.Context) error {
	ctx := c.Request().Context()
	u, err := s.found(c)
	if err != nil {
		return err
	}
	page, err := s.accountOf(c, u)
	if err != nil {
		return err
	}
	l := s.Lang(s.Frame(c, ""))
	var wanted people.Extra
	page.Form, page.Chosen, wanted = entered(c)
	u.Name, u.FullName, u.Role = page.Form.Value("name"), page.Form.Value("full_name"), appliance.Role(page.Form.Value("role"))
	u.Language, u.Disabled = page.Form.Value("language"), page.Form.Value("disabled") != ""
	u.Version, _ = strconv.ParseUint(page.Form.Value("version"), 10, 64) //nolint:errcheck // what is no number was changed meanwhile
	err = s.Gate.Users.Save(ui.Actor(c), &u)
	if err == nil {
		x, version, ferr := s.People.Extra(ctx, u.ID)
		if ferr != nil {
			return ferr
		}
		if x.All != wanted.All || !slices.Equal(x.Groups, wanted.Groups) {
			x.All, x.Groups = wanted.All, wanted.Groups
			if err = s.People.PutExtra(ctx, u.ID, x, version); err == nil {
				s.audit(c, "user "+u.Name, "scope_changed", "changed which sites "+u.Name+" sees", map[string]any{"Name": u.Name})
			}
		}
	}
	if err != nil {
		if !ui.FailForm(&page.Form, l, err, nil) {
			return err
		}
		return s.showAccount(c, http.StatusUnprocessableEntity, page)
	}
	return ui.Done(c, "/settings/accounts", l.T("account.saved", "name", u.Name))
}

func (s *Server) setPassword(c echo.Context) error {
	u, err := s.found(c)
	if err != nil {
		return err
	}
	l := s.Lang(s.Frame(c, ""))
	if err := s.Gate.Users.SetPassword(c.Request().Context(), ui.Actor(c), u.ID, c.FormValue("password")); err != nil {
		page, perr := s.accountOf(c, u)
		if perr != nil || !ui.FailForm(&page.Form, l, err, nil) {
			return err
		}
		return s.showAccount(c, http.StatusUnprocessableEntity, page)
	}
	return ui.Done(c, "/settings/accounts", l.T("account.password_set", "name", u.Name))
}

// takeFactor switches off the second factor of somebody who has lost it, and ends his sessions.
func (s *Server) takeFactor(c echo.Context) error {
	u, err := s.found(c)
	if err != nil {
		return err
	}
	if err := s.People.Drop(c.Request().Context(), u.ID); err != nil {
		return err
	}
	if err := s.Gate.Users.EndSessions(ui.Actor(c), u.ID); err != nil {
		return err
	}
	s.audit(c, "user "+u.Name, "factor_switched_off", "switched the second factor off", nil)
	return ui.Done(c, "/settings/accounts", s.Lang(s.Frame(c, "")).T("central.factor_off"))
}

func (s *Server) deleteAccount(c echo.Context) error {
	u, err := s.found(c)
	if err != nil {
		return err
	}
	if err := s.Gate.Users.Delete(ui.Actor(c), u.ID); err != nil {
		return err
	}
	return ui.Done(c, "/settings/accounts", s.Lang(s.Frame(c, "")).T("account.deleted", "name", u.Name))
}
