package cli

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"siteward/appliance/daemon"
)

// alterServe is nil but in tests, which make a program that runs and is not well.
var alterServe func(*daemon.Options)

func serveCommand() *cobra.Command {
	o := daemon.Options{}
	var level, format string
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the appliance", Args: args(cobra.NoArgs),
		Long: "Opens the store, watches the site and serves the pages. The first start prints a one-time link to set it up. SIGTERM\nstops it within two seconds; what was acknowledged is on disk.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := logger(cmd, level, format)
			if err != nil {
				return err
			}
			frugal()
			o.Log, o.About, o.Announce = log, about(), cmd.OutOrStdout()
			if alterServe != nil {
				alterServe(&o)
			}
			d, err := openAppliance(cmd.Context(), o)
			if err != nil {
				return err
			}
			return d.RunAndClose(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", defaultData, "folder of the store, created on first start")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8420", "address of the pages and the API")
	f.StringVar(&o.PublicURL, "public-url", "", "how people reach the pages when a proxy stands in front, https://siteward.example.org")
	f.BoolVar(&o.BehindProxy, "behind-proxy", false, "take the client's address from X-Forwarded-For, when the request comes from this machine or a private network")
	f.StringVar(&o.Certificate, "tls-cert", "", "certificate file (PEM); with it the pages are served over TLS")
	f.StringVar(&o.CertificateKey, "tls-key", "", "key file of the certificate (PEM)")
	f.StringVar(&o.Profiles, "profiles", "", "folder of own device profiles, beside those that ship inside (default: profiles in the data folder)")
	secretsFlag(cmd, &o.Secrets)
	f.StringSliceVar(&o.Syslog, "syslog", nil, "addresses that syslog comes to: udp://:514, tcp://:514, tls://:6514 (with --tls-cert), unix:///PATH; without them the sockets of siteward-syslog.socket are used")
	f.StringSliceVar(&o.Logs, "logs", []string{"/var/log"}, "folders on this machine that logs may be read from")
	f.StringVar(&o.MailListen, "mail-listen", "", "address that mails with logs are received on, such as :2525; none when empty")
	f.StringVar(&o.MailDomain, "mail-domain", "", "what stands behind the @ of the mailboxes, as others reach this machine")
	f.StringSliceVar(&o.MailNetworks, "mail-networks", nil, "networks that mail is received from (default: private ones)")
	f.StringVar(&o.Traps, "traps", "", "UDP address that SNMP traps come to, such as :162; without it the socket of siteward-traps.socket is used")
	f.StringVar(&o.Releases, "releases", "", "folder of releases, when the service manager starts what `update settle` chose there")
	f.StringVar(&o.ReleaseKeys, "release-keys", "", "folder of the minisign keys that releases are signed with (default /etc/siteward/release-keys)")
	f.DurationVar(&o.Trial, "update-trial", 0, "how long a new version has to be well before it stays (0: 30s)")
	f.IntVar(&o.Workers, "workers", 0, "checks that run at the same time (0: 24)")
	f.StringVar(&level, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&format, "log-format", "text", "text or json")
	return cmd
}

func logger(cmd *cobra.Command, level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usageError{fmt.Errorf("--log-level %q: use debug, info, warn or error", level)}
	}
	o := &slog.HandlerOptions{Level: l}
	if os.Getenv("JOURNAL_STREAM") != "" { // the journal has the time already
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), o)), nil
	}
	return nil, usageError{fmt.Errorf("--log-format %q: use text or json", format)}
}
