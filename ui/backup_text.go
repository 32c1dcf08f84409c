package ui

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// runText shows what a push or a mail said, as plain text whatever it holds: nothing of it is run, nothing is fetched.
func (s *Server) runText(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	t, err := s.App.BackupText(c.Request().Context(), id)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set(echo.HeaderContentDisposition, `inline; filename="backup-`+id.String()+`.txt"`)
	h.Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(strings.ToValidUTF8(string(t.Text), "\uFFFD")))
}
