package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

func (s *Server) tokens(c echo.Context) error {
	return s.showTokens(c, http.StatusOK, listPage{})
}

func (s *Server) showTokens(c echo.Context, status int, page listPage) error {
	ctx := c.Request().Context()
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	list, err := central.Tokens.List(ctx, s.Store, central.RecordRange{Limit: 1000})
	if err != nil {
		return err
	}
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		r := listRow{ID: t.ID, Name: tame(t.Name, 64), Text: l.T("central.token_reads"), By: l.T("central.every_site"), At: t.Created, Until: t.Expires}
		if t.Write {
			r.Text = l.T("central.token_writes")
		}
		if len(t.Groups) > 0 {
			r.By = named(t.Groups, groups)
		}
		page.Rows = append(page.Rows, r)
	}
	page.Groups = groupOptions(l, groups, nil)
	page.Groups[0] = view.Option{Value: "0", Label: l.T("central.every_site")}
	f.Title = l.T("settings.tokens")
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store")
	return s.Render(c, status, "central-tokens", f, page)
}

// addToken makes a token of the REST API. Its secret is shown once.
func (s *Server) addToken(c echo.Context) error {
	l := s.Lang(s.Frame(c, ""))
	page := listPage{Form: ui.FormOf(c, "name", "write", "group", "days")}
	t := central.Token{Name: tame(page.Form.Value("name"), 64), Write: page.Form.Value("write") != "", Created: s.Now()}
	if t.Name == "" {
		page.Form.Fail("name", l.T("central.need_name"))
		return s.showTokens(c, http.StatusUnprocessableEntity, page)
	}
	days, err := strconv.Atoi(page.Form.Value("days"))
	if err != nil {
		days = 365
	}
	t.Expires = s.Now().AddDate(0, 0, min(max(days, 1), 730))
	if id, err := appliance.ParseID(page.Form.Value("group")); err == nil && id != 0 {
		t.Groups = []appliance.ID{id}
	}
	page.Secret, t.ID = central.NewToken()
	if err := central.Tokens.Put(c.Request().Context(), s.Store, t.ID, t, 0); err != nil {
		return err
	}
	s.audit(c, "token "+t.Name, "token_added", "made the token "+t.Name, map[string]any{"Name": t.Name})
	page.Form = view.Form{}
	return s.showTokens(c, http.StatusOK, page)
}

func (s *Server) deleteToken(c echo.Context) error {
	ctx := c.Request().Context()
	t, _, err := central.Tokens.Find(ctx, s.Store, c.Param("id"))
	if err != nil {
		return err
	}
	if err := central.Tokens.Delete(ctx, s.Store, t.ID); err != nil {
		return err
	}
	s.audit(c, "token "+t.Name, "token_deleted", "deleted the token "+t.Name, map[string]any{"Name": t.Name})
	return ui.Done(c, "/settings/tokens", s.Lang(s.Frame(c, "")).T("central.token_gone"))
}
