package ui

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsStoreRoutes() {
	s.echo.GET("/settings/store", s.storePage)
	s.echo.POST("/settings/store/verify", s.verify)
	s.echo.GET("/settings/store/backup", s.backup)
}

func (s *Server) storeTile(_ context.Context, l *Lang, k keeping) (view.Tile, error) {
	state := worstNote(l.storeTroubles(k))
	return view.Tile{Value: l.Bytes(float64(k.health.Store.Bytes)), State: state, Word: l.T("store.word_" + state),
		Text: l.T("store.free_fact", "free", l.Bytes(float64(k.health.Store.FreeBytes)))}, nil
}

func (s *Server) storePage(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	frame.Unstored = "" // this page says it itself, and more of it
	k, err := s.keeping(c.Request().Context())
	if err != nil {
		return err
	}
	h := k.health.Store
	page := view.Store{Notes: l.storeTroubles(k), Damage: h.Damage, CanBackup: can(c, access.Backup), Verification: s.verification(c, l, h)}
	page.State = worstNote(page.Notes)
	for i := range page.Notes {
		page.Notes[i].Href = "" // this is the page
	}
	frame.Title = l.T("store.title_" + page.State)
	if len(page.Notes) == 1 { // one trouble is the headline itself
		frame.Title, page.Lead, page.Notes = page.Notes[0].Title, page.Notes[0].Text, nil
	}
	page.Lines = []view.Line{
		{Name: l.T("store.size"), Value: l.Bytes(float64(h.Bytes))},
		{Name: l.T("store.free"), Value: l.Bytes(float64(h.FreeBytes))},
		{Name: l.T("store.writes"), Value: l.T("store.writes_yes")},
		{Name: l.T("store.schema"), Value: l.Int(int64(h.Schema))},
		{Name: l.T("store.folder"), Value: k.about.DataDir, Mono: true},
		{Name: l.T("store.backed_up"), Value: l.T("store.never")},
		{Name: l.T("store.backups"), Value: k.about.DataDir + "/backups", Mono: true},
	}
	if h.ReadOnly {
		page.Lines[2].Value = l.T("store.writes_no")
	}
	if !h.BackedUp.IsZero() {
		page.Lines[5].Value = l.When(h.BackedUp)
	}
	return s.render.Page(c, http.StatusOK, "settings-store", frame, page)
}

// backup streams a consistent copy of the store. One at a time: each reads all of it.
func (s *Server) backup(c echo.Context) error {
	if !s.copying.TryLock() {
		return appliance.Errorf(appliance.CodeTooMany, "a backup is being downloaded already; wait until it has ended")
	}
	defer s.copying.Unlock()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="siteward-%s.backup"`, s.App.Now().In(s.zone()).Format("20060102-150405")))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	err := s.Ops.Backup(c.Request().Context(), patient{c.Response(), http.NewResponseController(c.Response())})
	switch {
	case err == nil:
		return nil
	case !c.Response().Committed:
		h.Del(echo.HeaderContentType)
		h.Del(echo.HeaderContentDisposition)
		return err
	}
	s.Log.Error("a backup broke off", "request", requestOf(c), "err", err)
	panic(http.ErrAbortHandler) // the browser must not take what it has for the whole
}

// patient is a long answer: each piece has its own time, so that a slow line gets all of it and a dead one is let go.
type patient struct {
	w       io.Writer
	control *http.ResponseController
}

const pieceTime = 30 * time.Second

func (p patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(pieceTime)) // a connection without deadlines needs none
	return p.w.Write(b)
}

// verifying is the verification that was asked for in the pages: at most one, which goes on when the page is left.
type verifying struct {
	mu      sync.Mutex
	began   time.Time
	running bool
	done    chan struct{}
	damage  int
	records int64
	err     error
}

// verifyLimit is the most that reading the whole store may take.
const verifyLimit = 30 * time.Minute

// verifyWait is how long the button waits before it says that this takes longer.
const verifyWait = time.Second

func (s *Server) verify(c echo.Context) error {
	done := s.startVerify(c)
	select {
	case <-done:
	case <-time.After(verifyWait):
	case <-c.Request().Context().Done():
	}
	if c.Request().Header.Get("HX-Request") != "true" {
		return c.Redirect(http.StatusSeeOther, "/settings/store#verification")
	}
	frame, l := s.settingsFrame(c)
	page := view.Store{Verification: s.verification(c, l, s.App.Health(c.Request().Context()).Store)}
	return s.render.Part(c, http.StatusOK, "settings-store", "verification", frame, page)
}

// startVerify begins to read the store unless that is under way, and gives the channel that closes at its end. The work belongs to
// the server, not to the request: it ends when the server is shut down.
func (s *Server) startVerify(c echo.Context) <-chan struct{} {
	v := &s.verifying
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.running {
		return v.done
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), verifyLimit)
	if srv, ok := c.Request().Context().Value(http.ServerContextKey).(*http.Server); ok {
		srv.RegisterOnShutdown(cancel)
	}
	v.running, v.began, v.done = true, s.App.Now(), make(chan struct{})
	go func() {
		defer cancel()
		out, err := s.Ops.Verify(ctx)
		if err != nil {
			s.Log.Error("the store could not be verified", "err", err)
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.running, v.records, v.damage, v.err = false, out.Records, len(out.Damage), err
		close(v.done)
	}()
	return v.done
}

// verification is how it stands with the last verification, and with the one asked for here.
func (s *Server) verification(c echo.Context, l *Lang, h appliance.StoreHealth) view.Verification {
	v := &s.verifying
	v.mu.Lock()
	defer v.mu.Unlock()
	out := view.Verification{Running: v.running, Began: v.began, CanRun: can(c, access.Backup), At: h.Verified}
	if v.running || v.began.IsZero() {
		return out
	}
	switch {
	case v.err != nil:
		out.Note = &view.Note{Level: "critical", Title: l.T("store.verify_failed"), Text: l.T("store.verify_failed_how")}
	case v.damage > 0:
		out.Note = &view.Note{Level: "critical", Title: l.T("trouble.damage", "n", v.damage), Text: l.T("trouble.damage_how")}
	default:
		out.Note = &view.Note{Level: "ok", Title: l.T("store.verify_good"), Text: l.T("store.verify_records", "n", v.records, "at", v.began)}
	}
	return out
}
