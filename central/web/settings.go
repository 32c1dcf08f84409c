package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

func (s *Server) settingsRoutes() {
	s.echo.GET("/settings", s.settings)
	s.echo.GET("/settings/groups", s.groupsPage)
	s.echo.POST("/settings/groups", s.addGroup)
	s.echo.POST("/settings/groups/:id", s.renameGroup)
	s.accountRoutes()
	s.echo.GET("/settings/tokens", s.tokens)
	s.echo.POST("/settings/tokens", s.addToken)
	s.echo.POST("/settings/tokens/:id/delete", s.deleteToken)
	s.hookRoutes()
	s.echo.GET("/settings/audit", s.auditPage)
}

// settingsPage leads to the settings by noun.
type settingsPage struct{ Tiles []view.Tile }

func (s *Server) settings(c echo.Context) error {
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	f.Title = l.T("nav.settings")
	people, err := s.Gate.Users.List()
	if err != nil {
		return err
	}
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	tokens, err := central.Tokens.List(c.Request().Context(), s.Store, central.RecordRange{Limit: 1000})
	if err != nil {
		return err
	}
	hooks, err := central.Hooks.List(c.Request().Context(), s.Store, central.RecordRange{Limit: 1000})
	if err != nil {
		return err
	}
	return s.Render(c, http.StatusOK, "central-settings", f, settingsPage{Tiles: []view.Tile{
		{Icon: "users", Title: l.T("settings.users"), Value: l.Int(int64(len(people))), Href: "/settings/accounts", Link: l.T("central.to_accounts")},
		{Icon: "folder-open", Title: l.T("central.groups"), Value: l.Int(int64(len(groups))), Href: "/settings/groups", Link: l.T("central.to_groups")},
		{Icon: "key-round", Title: l.T("settings.tokens"), Value: l.Int(int64(len(tokens))), Href: "/settings/tokens", Link: l.T("central.to_tokens")},
		{Icon: "send", Title: l.T("central.hooks"), Value: l.Int(int64(len(hooks))), Href: "/settings/hooks", Link: l.T("central.to_hooks")},
		{Icon: "pen-line", Title: l.T("settings.audit"), Href: "/settings/audit", Link: l.T("central.to_audit")},
	}})
}

// listPage is a list of small things with a form to add one.
type listPage struct {
	Form   view.Form
	Rows   []listRow
	Secret string // of a new token, shown once
	Groups []view.Option
	Older  string
}

type listRow struct {
	ID, Name, Text, By, Version string
	At, Until                   time.Time
}

func (s *Server) groupsPage(c echo.Context) error {
	return s.showGroups(c, http.StatusOK, view.Form{})
}

func (s *Server) showGroups(c echo.Context, status int, form view.Form) error {
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	list, err := central.Groups.List(c.Request().Context(), s.Store, central.RecordRange{Limit: 10_000})
	if err != nil {
		return err
	}
	page := listPage{Form: form}
	for _, g := range list {
		page.Rows = append(page.Rows, listRow{ID: g.ID.String(), Name: g.Name})
	}
	f.Title = l.T("central.groups_title", "n", len(list))
	return s.Render(c, status, "central-groups", f, page)
}

func (s *Server) addGroup(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.Lang(s.Frame(c, ""))
	form := ui.FormOf(c, "name")
	name := tame(form.Value("name"), 80)
	if name == "" {
		form.Fail("name", l.T("central.need_name"))
		return s.showGroups(c, http.StatusUnprocessableEntity, form)
	}
	id, err := central.NextID(ctx, s.Store, central.Groups.Family)
	if err != nil {
		return err
	}
	if err := central.Groups.Put(ctx, s.Store, central.NumberKey(uint64(id)), central.Group{ID: id, Name: name}, 0); err != nil {
		return err
	}
	s.audit(c, "group "+name, "group_added", "added the group "+name, map[string]any{"Name": name})
	return ui.Done(c, "/settings/groups", l.T("central.group_saved"))
}

func (s *Server) renameGroup(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := appliance.ParseID(c.Param("id"))
	if err != nil {
		return appliance.ErrNotFound
	}
	g, version, err := central.Groups.Find(ctx, s.Store, central.NumberKey(uint64(id)))
	if err != nil {
		return err
	}
	l := s.Lang(s.Frame(c, ""))
	if g.Name = tame(c.FormValue("name"), 80); g.Name == "" {
		var form view.Form
		form.Fail("name", l.T("central.need_name"))
		return s.showGroups(c, http.StatusUnprocessableEntity, form)
	}
	if err := central.Groups.Put(ctx, s.Store, central.NumberKey(uint64(id)), g, version); err != nil {
		return err
	}
	s.audit(c, "group "+g.Name, "group_renamed", "renamed a group to "+g.Name, map[string]any{"Name": g.Name})
	return ui.Done(c, "/settings/groups", l.T("central.group_saved"))
}

func (s *Server) roles(l *ui.Lang) []view.Option {
	var out []view.Option
	for _, r := range s.Gate.Table.Roles() {
		out = append(out, view.Option{Value: string(r), Label: l.T("role." + string(r)), Hint: l.T("central.role_" + string(r))})
	}
	return out
}

// scoped says which groups an account sees, in a line.
func (s *Server) scoped(ctx context.Context, l *ui.Lang, u appliance.User, groups map[appliance.ID]string) (string, error) {
	x, _, err := s.People.Extra(ctx, u.ID)
	if err != nil {
		return "", err
	}
	see := x.Sees(u.Role)
	if see == nil {
		return l.T("central.every_site"), nil
	}
	if len(see) == 0 {
		return l.T("central.no_site"), nil
	}
	return named(see, groups), nil
}

// named are the names of groups in a line.
func named(of []appliance.ID, groups map[appliance.ID]string) string {
	text := ""
	for _, g := range of {
		if text != "" {
			text += ", "
		}
		text += groups[g]
	}
	return text
}

// self is the person who looks.
func self(c echo.Context) appliance.ID { return access.Who(c.Request().Context()).User.ID }
