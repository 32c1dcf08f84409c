//go:build central

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/channel"
	wire "siteward/appliance/enrol"
	"siteward/central/api"
	"siteward/central/enrol"
	"siteward/central/server"
	"siteward/central/web"
	"siteward/embed"
)

func centralServeCommand(at *centralAt) *cobra.Command {
	var c server.Config
	var level, format, relay, from, password, provider, language string
	var keep int
	var pages centralPages
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the provider's side", Args: args(cobra.NoArgs),
		Long: "Receives the reports of sites and tells which of them are silent. With --database any number of these may stand behind a\nload balancer. SIGTERM stops it; what was acknowledged is kept.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if c.Log, err = logger(cmd, level, format); err != nil {
				return err
			}
			if c.Relay, err = relayOf(relay, from, password); err != nil {
				return err
			}
			if !slices.Contains(appliance.Languages, language) {
				return usageError{fmt.Errorf("--language: %q is none of %s", language, strings.Join(appliance.Languages, ", "))}
			}
			c.Say = web.Speaker(embed.Locales, language, time.Local, time.Now)
			c.Keep = time.Duration(keep) * 24 * time.Hour
			c.Ready = func(address string) { fmt.Fprintf(cmd.OutOrStdout(), "central runs at %s\n", address) }
			return serveCentral(cmd.Context(), at, provider, c, pages)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Listen, "listen", "127.0.0.1:8430", "address that sites report to, of the pages and of the API")
	f.StringVar(&c.Certificate, "tls-cert", "", "certificate file (PEM); without it a proxy in front has to speak TLS")
	f.StringVar(&c.Key, "tls-key", "", "key file of the certificate (PEM)")
	f.StringVar(&provider, "provider", "", "name of the provider, as sites are shown it when they enrol; kept once it was given")
	f.StringVar(&relay, "mail-relay", "", "server that mails about silent sites are handed to: smtp://user@host:587, smtps://host, smtp+plain://127.0.0.1:25")
	f.StringVar(&from, "mail-from", "", "address that these mails come from")
	f.StringVar(&password, "mail-password-file", "", "file with the password of the mail server")
	f.StringVar(&language, "language", "en", "language of mails and web hooks that name none: de, en or nl")
	f.IntVar(&keep, "keep-days", 400, "how long events of sites are kept")
	pages.flags(f)
	f.StringVar(&level, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&format, "log-format", "text", "text or json")
	return cmd
}

// serveCentral opens the store and serves until ctx ends.
func serveCentral(ctx context.Context, at *centralAt, provider string, c server.Config, pages centralPages) error {
	s, err := at.open(ctx)
	if err != nil {
		return err
	}
	c.Store = s
	e, err := enrol.Open(ctx, s, enrol.Options{Name: provider, Log: c.Log})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	rest, err := api.New(s, e, c.Log, time.Now, version)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	sites := e.Handler(nil)
	c.Offers = e.Announce
	c.Rooms = map[string]http.Handler{"/api/": rest, "/enrol/": sites, wire.PathOffers: sites}
	if err := pages.add(ctx, provider, e, &c); err != nil {
		return errors.Join(err, s.Close())
	}
	g, ctx := errgroup.WithContext(ctx)
	if at.database == "" {
		l, err := listenLocal(at.socket())
		if err != nil {
			return errors.Join(err, s.Close())
		}
		g.Go(func() error { return serveLocal(ctx, l, api.Local(rest)) })
	}
	g.Go(func() error { return server.Run(ctx, c) })
	return errors.Join(g.Wait(), s.Close())
}

// listenLocal opens the socket that the command line uses. Who may enter the folder may use it.
func listenLocal(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // the store is ours, so nobody else listens there
		return nil, err
	}
	return net.Listen("unix", path)
}

func serveLocal(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// relayOf reads the address of a mail server.
func relayOf(address, from, passwordFile string) (r channel.Relay, err error) {
	if address == "" {
		return r, nil
	}
	u, err := url.Parse(address)
	security := map[string]appliance.MailSecurity{"smtp": appliance.MailStartTLS, "smtps": appliance.MailTLS, "smtp+plain": appliance.MailPlain}[schemeOf(u)]
	if err != nil || security == "" || u.Hostname() == "" || from == "" {
		return r, usageError{errors.New("--mail-relay: write smtp://user@host:587, smtps://host or smtp+plain://host, and --mail-from")}
	}
	port, _ := strconv.Atoi(u.Port()) // none: the usual one
	name, _ := os.Hostname()
	r = channel.Relay{MailRelay: appliance.MailRelay{Host: u.Hostname(), Port: port, Security: security, User: u.User.Username(), From: from}, Name: name, Now: time.Now}
	if passwordFile != "" {
		b, err := os.ReadFile(passwordFile)
		if err != nil {
			return r, err
		}
		r.Password = strings.TrimSpace(string(b))
	}
	return r, nil
}

func schemeOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Scheme
}
