package control

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
)

// fake answers in the daemon's place; only what a test needs is filled in.
type fake struct {
	Ops
	applied ApplyOptions
	broken  bool
}

func (f *fake) Apply(_ context.Context, file []byte, o ApplyOptions) (Applied, error) {
	if strings.Contains(string(file), "bad") {
		return Applied{}, appliance.Invalid("site.yaml:3:7", "config.unknown_key", "unknown key", nil)
	}
	f.applied = o
	return Applied{Diff: "+ device sw-core", Changes: 1}, nil
}

func (f *fake) Backup(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	if f.broken {
		return errors.New("disk error")
	}
	return nil
}

func (f *fake) Users(context.Context) ([]appliance.User, error) {
	return []appliance.User{{Name: "m", Password: "$argon2id$secret"}}, nil
}

func dial(t *testing.T, ops Ops) *Client {
	t.Helper()
	dir := t.TempDir()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: Handler(ops, slog.New(slog.DiscardHandler)), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	c, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestApplyCarriesFileOptionsAndErrors(t *testing.T) {
	f := &fake{}
	c := dial(t, f)
	got, err := c.Apply(t.Context(), []byte("site: {}"), ApplyOptions{Name: "site.yaml", DryRun: true})
	if err != nil || got.Changes != 1 || !f.applied.DryRun || f.applied.Name != "site.yaml" {
		t.Errorf("got %+v, %v; options %+v", got, err, f.applied)
	}
	_, err = c.Apply(t.Context(), []byte("bad"), ApplyOptions{})
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok || e.Code != appliance.CodeInvalid || e.Field != "site.yaml:3:7" {
		t.Errorf("error lost on its way: %v", err)
	}
}

func TestABackupThatBreaksOffIsAnError(t *testing.T) {
	var whole bytes.Buffer
	if err := dial(t, &fake{}).Backup(t.Context(), &whole); err != nil || whole.Len() != 1<<20 {
		t.Errorf("%d bytes, %v", whole.Len(), err)
	}
	if err := dial(t, &fake{broken: true}).Backup(t.Context(), io.Discard); err == nil {
		t.Error("a broken backup passed as a whole one")
	}
}

func TestPasswordHashesStayInside(t *testing.T) {
	users, err := dial(t, &fake{}).Users(t.Context())
	if err != nil || len(users) != 1 || users[0].Password != "" {
		t.Errorf("got %+v, %v", users, err)
	}
}

func TestDialSaysWhenNobodyListens(t *testing.T) {
	dir := t.TempDir()
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	// A killed appliance leaves its socket file behind.
	l.(interface{ SetUnlinkOnClose(bool) }).SetUnlinkOnClose(false)
	l.Close()
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("left-over socket: %v", err)
	}
	again, err := Listen(dir)
	if err != nil {
		t.Fatalf("a left-over socket must not hinder the start: %v", err)
	}
	again.Close()
}
