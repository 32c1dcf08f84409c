//go:build central

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"siteward/central"
	"siteward/central/api"
	"siteward/central/enrol"
	"siteward/central/store/badger"
	"siteward/central/store/postgres"
)

// centralCommand is the provider's side.
func centralCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use: "central", Short: "The provider's side: receive the reports of many sites and show them",
	})
	var at centralAt
	f := cmd.PersistentFlags()
	f.StringVar(&at.data, "data", defaultCentralData, "folder of the store, created on first start")
	f.StringVar(&at.database, "database", "", "keep everything in PostgreSQL instead: postgres://user@host/database")
	cmd.AddCommand(centralServeCommand(&at), centralSiteCommand(&at), centralCodeCommand(&at), centralOfferCommand(&at), centralTokenCommand(&at), centralHookCommand(&at), centralAlarmsCommand(&at),
		centralBackupCommand(&at), centralRestoreCommand(&at), centralHealthCommand())
	return cmd
}

const defaultCentralData = "/var/lib/siteward-central"

// centralAt says where a central keeps what it knows.
type centralAt struct{ data, database string }

// open opens the store.
func (at *centralAt) open(ctx context.Context) (central.Store, error) {
	if at.database != "" {
		return postgres.Open(ctx, at.database, postgres.Options{})
	}
	return badger.Open(at.data, badger.Options{})
}

func (at *centralAt) socket() string { return filepath.Join(at.data, "central.sock") }

// client gives a client of the REST API: of the central that runs on the store, or, when none runs, of one that lives as long as
// the command.
func (at *centralAt) client(ctx context.Context, work func(*http.Client) error) error {
	if at.database == "" {
		c, err := (&net.Dialer{}).DialContext(ctx, "unix", at.socket())
		if err == nil {
			_ = c.Close()
			return work(&http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", at.socket())
			}}})
		}
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("central of %s: %w; use the command line as root or as its user", at.data, err)
		}
		if _, err := os.Stat(filepath.Join(at.data, "db")); err != nil {
			return fmt.Errorf("there is no store of a central at %s; name its folder with --data", at.data)
		}
		return asOwner(at.data, func() error { return at.within(ctx, work) })
	}
	return at.within(ctx, work)
}

// within opens the store for one command.
func (at *centralAt) within(ctx context.Context, work func(*http.Client) error) error {
	s, err := at.open(ctx)
	if err != nil {
		return err
	}
	e, err := enrol.Open(ctx, s, enrol.Options{})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	a, err := api.New(s, e, slog.New(slog.DiscardHandler), time.Now, version)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return errors.Join(work(&http.Client{Transport: inProcess{api.Local(a)}}), s.Close())
}

// checkCentralURL refuses what a hook could not be told at.
func checkCentralURL(s string) error {
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "mailto:") {
		return nil
	}
	return usageError{fmt.Errorf("%q: write https://host/path or mailto:address", s)}
}
