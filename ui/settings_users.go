package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsUserRoutes() {
	s.echo.GET("/settings/users", s.users)
	s.echo.GET("/settings/users.csv", s.usersCSV)
	s.echo.GET("/settings/users/new", s.newUser)
	s.echo.POST("/settings/users/new", s.createUser)
	s.echo.GET("/settings/users/:id", s.user)
	s.echo.POST("/settings/users/:id", s.saveUser)
	s.echo.POST("/settings/users/:id/password", s.setPassword)
	s.echo.GET("/settings/users/:id/delete", s.confirmDeleteUser)
	s.echo.POST("/settings/users/:id/delete", s.deleteUser)
}

func (s *Server) usersTile(_ context.Context, l *Lang, _ keeping) (view.Tile, error) {
	list, err := s.Gate.Users.List()
	if err != nil {
		return view.Tile{}, err
	}
	able, administrators := ableUsers(list)
	return view.Tile{Value: l.T("account.count", "n", len(list)), Text: l.T("account.fact", "able", able, "administrators", administrators)}, nil
}

// ableUsers counts who can sign in, and the administrators among them.
func ableUsers(list []appliance.User) (able, administrators int) {
	for _, u := range list {
		if u.Disabled {
			continue
		}
		able++
		if u.Role == appliance.RoleAdministrator {
			administrators++
		}
	}
	return able, administrators
}

// peopleRows are the people that the address asks for, in its order.
func (s *Server) peopleRows(l *Lang, list view.List) (shown, all []appliance.User, err error) {
	if all, err = s.Gate.Users.List(); err != nil {
		return nil, nil, err
	}
	shown = keep(slices.Clone(all), list.Get("q"), func(u appliance.User) []string {
		return []string{u.Name, u.FullName, l.T("role." + string(u.Role))}
	})
	ordered(shown, list, map[string]func(a, b appliance.User) int{
		"name": byText(func(u appliance.User) string { return u.Name }),
		"role": func(a, b appliance.User) int {
			return slices.Index(appliance.Roles, a.Role) - slices.Index(appliance.Roles, b.Role)
		},
		"signed_in": byTime(func(u appliance.User) time.Time { return u.SignedIn }),
	})
	return shown, all, nil
}

func (s *Server) users(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	page := view.Accounts{List: view.NewList("/settings/users", c.QueryParams(), "name")}
	shown, all, err := s.peopleRows(l, page.List)
	if err != nil {
		return err
	}
	able, _ := ableUsers(all)
	frame.Title = l.T("account.title", "n", able)
	page.All, page.Empty = len(all), l.nothingFound(page.List)
	self := access.Who(c.Request().Context()).User.ID
	for _, u := range shown {
		row := view.AccountRow{ID: u.ID.String(), Name: u.Name, FullName: u.FullName, Role: l.T("role." + string(u.Role)),
			Disabled: u.Disabled, Self: u.ID == self, SignedIn: u.SignedIn}
		if u.Language != "" {
			row.Language = l.T("language." + u.Language)
		}
		page.Rows = append(page.Rows, row)
	}
	return s.render.Page(c, http.StatusOK, "settings-users", frame, page)
}

func (s *Server) usersCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	shown, _, err := s.peopleRows(l, view.NewList("/settings/users", c.QueryParams(), "name"))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, u := range shown {
		rows = append(rows, []string{u.ID.String(), u.Name, u.FullName, string(u.Role), u.Language, strconv.FormatBool(u.Disabled), l.stamp(u.Created), l.stamp(u.SignedIn)})
	}
	return WriteCSV(c, "users", []string{"id", "name", "full_name", "role", "language", "disabled", "created", "signed_in"}, rows)
}

// userFields are the fields of a person with their words.
var userFields = map[string]string{"name": "account.name", "full_name": "account.full_name", "role": "account.role",
	"language": "account.language", "password": "account.password"}

func (s *Server) newUser(c echo.Context) error {
	return s.showUser(c, http.StatusOK, view.Account{New: true, Form: view.Form{Values: map[string]string{"role": string(appliance.RoleKeyUser)}}})
}

func (s *Server) showUser(c echo.Context, status int, page view.Account) error {
	frame, l := s.settingsFrame(c)
	page.Languages = append([]view.Option{{Label: l.T("account.language_site")}}, l.languages()...)
	for _, r := range appliance.Roles {
		page.Roles = append(page.Roles, view.Option{Value: string(r), Label: l.T("role." + string(r)), Hint: l.T("account.role_" + string(r))})
	}
	page.Action, page.Title = "/settings/users/new", l.T("account.new")
	if !page.New {
		page.Action = "/settings/users/" + page.ID
	}
	frame.Title = page.Title
	if !page.New {
		frame.Title = l.T("account.of", "name", page.Form.Value("shown"))
	}
	return s.render.Page(c, status, "settings-user", frame, page)
}

func (s *Server) createUser(c echo.Context) error {
	_, l := s.settingsFrame(c)
	form := formOf(c, "name", "full_name", "role", "language")
	form.Values["password"] = "" // is not sent back
	u := appliance.User{Name: form.Value("name"), FullName: form.Value("full_name"), Role: appliance.Role(form.Value("role")), Language: form.Value("language")}
	if err := s.Gate.Users.Create(c.Request().Context(), actor(c), &u, c.FormValue("password")); err != nil {
		if !s.refuse(&form, l, err, userFields) {
			return err
		}
		return s.showUser(c, http.StatusUnprocessableEntity, view.Account{New: true, Form: form})
	}
	return s.done(c, "/settings/users", l.T("account.created", "name", u.Name))
}

// userParam is the person in the address.
func (s *Server) userParam(c echo.Context) (appliance.User, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.User{}, err
	}
	list, err := s.Gate.Users.List()
	if err != nil {
		return appliance.User{}, err
	}
	i := slices.IndexFunc(list, func(u appliance.User) bool { return u.ID == id })
	if i < 0 {
		return appliance.User{}, appliance.ErrNotFound
	}
	return list[i], nil
}

// accountPage is a person's page with what is stored.
func (s *Server) accountPage(c echo.Context, l *Lang, u appliance.User) view.Account {
	page := view.Account{ID: u.ID.String(), Self: u.ID == access.Who(c.Request().Context()).User.ID, Form: view.Form{Values: map[string]string{
		"name": u.Name, "full_name": u.FullName, "role": string(u.Role), "language": u.Language, "version": strconv.FormatUint(u.Version, 10)}}}
	if u.Disabled {
		page.Form.Values["disabled"] = "1"
	}
	page.Form.Values["shown"] = shownName(u)
	page.Lines = []view.Line{{Name: l.T("account.since"), Value: l.When(u.Created)}, {Name: l.T("account.signed_in"), Value: l.T("account.never")}}
	if !u.SignedIn.IsZero() {
		page.Lines[1].Value = l.When(u.SignedIn)
	}
	return page
}

func shownName(u appliance.User) string {
	if u.FullName != "" {
		return u.FullName
	}
	return u.Name
}

func (s *Server) user(c echo.Context) error {
	u, err := s.userParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	return s.showUser(c, http.StatusOK, s.accountPage(c, l, u))
}

func (s *Server) saveUser(c echo.Context) error {
	u, err := s.userParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	page := s.accountPage(c, l, u)
	form := formOf(c, "name", "full_name", "role", "language", "disabled", "version")
	u.Name, u.FullName, u.Role = form.Value("name"), form.Value("full_name"), appliance.Role(form.Value("role"))
	u.Language, u.Disabled = form.Value("language"), form.Value("disabled") != ""
	u.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) // what is no number was changed meanwhile
	if err := s.Gate.Users.Save(actor(c), &u); err != nil {
		if !s.refuse(&form, l, err, userFields) {
			return err
		}
		form.Values["shown"] = page.Form.Value("shown")
		page.Form = form
		return s.showUser(c, http.StatusUnprocessableEntity, page)
	}
	return s.done(c, "/settings/users", l.T("account.saved", "name", u.Name))
}

// setPassword gives somebody else a new password; one's own is changed in the profile, which asks for the present one.
func (s *Server) setPassword(c echo.Context) error {
	u, err := s.userParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	page := s.accountPage(c, l, u)
	if page.Self {
		return c.Redirect(http.StatusSeeOther, "/profile")
	}
	if err := s.Gate.Users.SetPassword(c.Request().Context(), actor(c), u.ID, c.FormValue("password")); err != nil {
		if !s.refuse(&page.Password, l, err, userFields) {
			return err
		}
		return s.showUser(c, http.StatusUnprocessableEntity, page)
	}
	return s.done(c, "/settings/users", l.T("account.password_set", "name", u.Name))
}

func (s *Server) confirmDeleteUser(c echo.Context) error {
	u, err := s.userParam(c)
	if err != nil {
		return err
	}
	return s.askDeleteUser(c, http.StatusOK, u, view.Form{})
}

func (s *Server) askDeleteUser(c echo.Context, status int, u appliance.User, form view.Form) error {
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("account.delete_title", "name", shownName(u))
	to := "/settings/users/" + u.ID.String()
	return s.render.Page(c, status, "confirm", frame, view.Confirm{Title: frame.Title, Text: l.T("account.delete_text"),
		Action: to + "/delete", Button: l.T("account.delete", "name", u.Name), Back: to, BackLabel: l.T("settings.keep"), Form: form})
}

func (s *Server) deleteUser(c echo.Context) error {
	u, err := s.userParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	if err := s.Gate.Users.Delete(actor(c), u.ID); err != nil {
		var form view.Form
		if !s.refuse(&form, l, err, nil) {
			return err
		}
		return s.askDeleteUser(c, http.StatusUnprocessableEntity, u, form)
	}
	return s.done(c, "/settings/users", l.T("account.deleted", "name", u.Name))
}
