package ui

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"siteward/appliance"
	"siteward/appliance/access"
)

// pushPrefix is where scripts tell how they went. The rest of the address is a secret, which no log line holds.
const pushPrefix = "/push/"

// maxPushed is how much of a push is listened to; only the end of it is kept.
const maxPushed = 64 << 20

func (s *Server) pushRoutes() {
	for _, path := range []string{"/push/:token", "/push/:token/:verb"} {
		s.echo.Match([]string{http.MethodGet, http.MethodHead, http.MethodPost}, path, s.push)
	}
	s.echo.POST("/push/:token/events", s.pushEvents)
}

// limitBody refuses requests that are too large for a page. A push is cut instead: its verdict counts, and stands at the end.
func (s *Server) limitBody() echo.MiddlewareFunc {
	return middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: "4M", Skipper: func(c echo.Context) bool {
		return strings.HasPrefix(c.Path(), pushPrefix) || c.Request().Method == http.MethodPost && (strings.HasPrefix(c.Path(), "/tickets/") || c.Path() == "/logbook/new") // the gate has a limit of its own for these
	}})
}

func spokenPath(c echo.Context) string {
	if p := c.Request().URL.Path; strings.HasPrefix(p, pushPrefix) || strings.HasPrefix(p, statusPrefix) {
		return c.Path()
	}
	return c.Request().URL.Path
}

// push takes what a script tells. The verbs are those of Healthchecks, so that scripts port over: nothing for success, start,
// fail, log, or the exit code.
func (s *Server) push(c echo.Context) error {
	verb, ok := pushVerb(c.Param("verb"))
	if !ok {
		return &appliance.Error{Code: appliance.CodeNotFound, Err: appliance.ErrNotFound, Message: appliance.Message{Key: "source.error_push_verb",
			English: "this verb is not known; use none, start, fail, log or an exit code from 0 to 255"}}
	}
	body, cut, err := tail(http.MaxBytesReader(c.Response(), c.Request().Body, maxPushed), appliance.MaxPushBody)
	if err != nil {
		return err
	}
	p := appliance.Push{Verb: verb, Body: body, Cut: cut, From: access.Who(c.Request().Context()).Address}
	if err := s.App.Push(c.Request().Context(), c.Param("token"), p); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.String(http.StatusOK, "OK\n")
}

func pushVerb(word string) (string, bool) {
	switch word {
	case "", "start", "fail", "log":
		return word, true
	}
	n, err := strconv.ParseUint(word, 10, 8)
	return strconv.FormatUint(n, 10), err == nil
}

// tail reads to the end and keeps the last bytes. What is beyond the limit of r is let go: the script gets its answer.
func tail(r io.Reader, keep int) (b []byte, cut bool, err error) {
	chunk := make([]byte, 32<<10)
	for {
		n, err := r.Read(chunk)
		b = append(b, chunk[:n]...)
		if len(b) > 2*keep {
			b, cut = append(b[:0], b[len(b)-keep:]...), true
		}
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			err, cut = io.EOF, true
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, false, appliance.Errorf(appliance.CodeInvalid, "the body did not come to its end")
		}
	}
	if len(b) > keep {
		b, cut = b[len(b)-keep:], true
	}
	return b, cut, nil
}
