package ui

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) settingsTokenRoutes() {
	s.echo.GET("/settings/tokens", s.tokens)
	s.echo.GET("/settings/tokens.csv", s.tokensCSV)
	s.echo.POST("/settings/tokens/new", s.createToken)
	s.echo.GET("/settings/tokens/:id/delete", s.confirmDeleteToken)
	s.echo.POST("/settings/tokens/:id/delete", s.deleteToken)
}

// tokenSoon is how long before its end a token is said to end.
const tokenSoon = 14 * 24 * time.Hour

func (s *Server) tokensTile(_ context.Context, l *Lang, k keeping) (view.Tile, error) {
	list, err := s.Gate.Tokens.List()
	if err != nil {
		return view.Tile{}, err
	}
	good, soon := goodTokens(list, k.now)
	tile := view.Tile{Value: l.T("apitoken.count", "n", good), Text: l.T("apitoken.fact")}
	if soon > 0 {
		tile.Text = l.T("apitoken.fact_soon", "n", soon)
	}
	return tile, nil
}

// goodTokens counts those that open the API now, and those of them that soon will not.
func goodTokens(list []appliance.Token, now time.Time) (good, soon int) {
	for _, t := range list {
		if left := t.Expires.Sub(now); left > 0 {
			good++
			if left < tokenSoon {
				soon++
			}
		}
	}
	return good, soon
}

func (l *Lang) tokensSentence(good, soon int) string {
	switch {
	case good == 0:
		return l.T("apitoken.none")
	case soon > 0:
		return l.T("apitoken.title_soon", "n", good, "soon", soon)
	}
	return l.T("apitoken.title", "n", good)
}

func (s *Server) tokenRows(list view.List) (shown, all []appliance.Token, err error) {
	if all, err = s.Gate.Tokens.List(); err != nil {
		return nil, nil, err
	}
	shown = keep(slices.Clone(all), list.Get("q"), func(t appliance.Token) []string { return []string{t.Name, t.By, string(t.Role)} })
	ordered(shown, list, map[string]func(a, b appliance.Token) int{
		"name":    byText(func(t appliance.Token) string { return t.Name }),
		"created": byTime(func(t appliance.Token) time.Time { return t.Created }),
		"expires": byTime(func(t appliance.Token) time.Time { return t.Expires }),
		"used":    byTime(func(t appliance.Token) time.Time { return t.Used }),
	})
	return shown, all, nil
}

func (s *Server) tokens(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	return s.showTokens(c, http.StatusOK, view.Tokens{Form: view.Form{Values: map[string]string{
		"role": string(appliance.RoleViewer), "expires": l.Local(s.App.Now()).AddDate(1, 0, 0).Format(time.DateOnly)}}})
}

func (s *Server) showTokens(c echo.Context, status int, page view.Tokens) error {
	frame, l := s.settingsFrame(c)
	page.List = view.NewList("/settings/tokens", c.QueryParams(), "name")
	shown, all, err := s.tokenRows(page.List)
	if err != nil {
		return err
	}
	now := s.App.Now()
	good, soon := goodTokens(all, now)
	frame.Title = l.tokensSentence(good, soon)
	page.Empty = l.nothingFound(page.List)
	if len(all) == 0 {
		page.Empty = view.Empty{Icon: "key-round", Title: l.T("apitoken.none"), Text: l.T("apitoken.none_how")}
	}
	for _, t := range shown {
		page.Rows = append(page.Rows, l.tokenRow(t, now))
	}
	for _, r := range appliance.Roles {
		page.Roles = append(page.Roles, view.Option{Value: string(r), Label: l.T("role." + string(r))})
	}
	return s.render.Page(c, status, "settings-tokens", frame, page)
}

func (l *Lang) tokenRow(t appliance.Token, now time.Time) view.TokenRow {
	row := view.TokenRow{ID: t.ID.String(), Name: t.Name, Role: l.T("role." + string(t.Role)), By: t.By, Created: t.Created, Expires: t.Expires, Used: t.Used}
	switch left := t.Expires.Sub(now); {
	case left <= 0:
		row.State, row.Word = "nodata", l.T("apitoken.over")
	case left < tokenSoon:
		row.State, row.Word = "warning", l.T("apitoken.soon", "n", int(left/(24*time.Hour)))
	default:
		row.State, row.Word = "ok", l.T("apitoken.good")
	}
	return row
}

func (s *Server) tokensCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	shown, _, err := s.tokenRows(view.NewList("/settings/tokens", c.QueryParams(), "name"))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, t := range shown {
		rows = append(rows, []string{t.ID.String(), t.Name, string(t.Role), t.By, l.stamp(t.Created), l.stamp(t.Expires), l.stamp(t.Used)})
	}
	return WriteCSV(c, "tokens", []string{"id", "name", "role", "by", "created", "expires", "used"}, rows)
}

var tokenFields = map[string]string{"name": "apitoken.name", "role": "apitoken.role", "expires": "apitoken.expires"}

// createToken makes a token and shows its secret in the answer itself: no redirect, no cookie and no store ever holds it.
func (s *Server) createToken(c echo.Context) error {
	_, l := s.settingsFrame(c)
	page := view.Tokens{Form: formOf(c, "name", "role", "expires")}
	day, err := time.ParseInLocation(time.DateOnly, page.Form.Value("expires"), s.zone())
	if err != nil {
		page.Form.Fail("expires", l.T("apitoken.need_expires"))
		return s.showTokens(c, http.StatusUnprocessableEntity, page)
	}
	name := page.Form.Value("name")
	// The token is good until that day has ended at the site.
	secret, err := s.Gate.Tokens.Create(actor(c), name, appliance.Role(page.Form.Value("role")), day.AddDate(0, 0, 1).Add(-time.Second))
	if err != nil {
		if !s.refuse(&page.Form, l, err, tokenFields) {
			return err
		}
		return s.showTokens(c, http.StatusUnprocessableEntity, page)
	}
	page.Secret, page.Made = secret, name
	page.Form.Values["name"] = ""
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return s.showTokens(c, http.StatusOK, page)
}

func (s *Server) tokenParam(c echo.Context) (appliance.Token, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.Token{}, err
	}
	list, err := s.Gate.Tokens.List()
	if err != nil {
		return appliance.Token{}, err
	}
	i := slices.IndexFunc(list, func(t appliance.Token) bool { return t.ID == id })
	if i < 0 {
		return appliance.Token{}, appliance.ErrNotFound
	}
	return list[i], nil
}

func (s *Server) confirmDeleteToken(c echo.Context) error {
	t, err := s.tokenParam(c)
	if err != nil {
		return err
	}
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("apitoken.delete_title", "name", t.Name)
	text := l.T("apitoken.delete_unused")
	if !t.Used.IsZero() {
		text = l.T("apitoken.delete_used", "at", t.Used)
	}
	return s.render.Page(c, http.StatusOK, "confirm", frame, view.Confirm{Title: frame.Title, Text: text, Action: "/settings/tokens/" + t.ID.String() + "/delete",
		Button: l.T("apitoken.delete", "name", t.Name), Back: "/settings/tokens", BackLabel: l.T("settings.keep")})
}

func (s *Server) deleteToken(c echo.Context) error {
	t, err := s.tokenParam(c)
	if err != nil {
		return err
	}
	if err := s.Gate.Tokens.Delete(actor(c), t.ID); err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	return s.done(c, "/settings/tokens", l.T("apitoken.deleted", "name", t.Name))
}
