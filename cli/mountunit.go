package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"
	"github.com/spf13/cobra"

	"siteward/internal/lazyregexp"
)

// mountUnit is what the units of one share are made from.
type mountUnit struct {
	share, where, credentials, user, folder string
}

func mountUnitCommand() *cobra.Command {
	var m mountUnit
	cmd := &cobra.Command{
		Use: "mount-unit", Short: "Write the systemd units that mount a Windows share for reading its logs", Args: args(cobra.NoArgs),
		Long: "Prints a .mount and an .automount unit for a share, read-only, connected when somebody looks at it. With --write they are\nwritten into a folder, such as /etc/systemd/system. Nothing is started: the last line says how.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			units, err := m.units()
			if err != nil {
				return usageError{err}
			}
			out := cmd.OutOrStdout()
			for _, u := range units {
				if m.folder == "" {
					fmt.Fprintf(out, "# %s\n%s\n", u.name, u.text)
					continue
				}
				to := filepath.Join(m.folder, u.name)
				if err := os.WriteFile(to, []byte(u.text), 0o644); err != nil { //nolint:gosec // G306: units are read by everybody, the password is in another file
					return fmt.Errorf("write the unit: %w", err)
				}
				fmt.Fprintln(out, to)
			}
			_, err = fmt.Fprintf(out, "# systemctl daemon-reload && systemctl enable --now '%s'\n# then add the log source %s/*.log\n", units[1].name, m.where)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&m.share, "share", "", "the share, //server/name")
	f.StringVar(&m.where, "where", "", "folder it appears in (default /var/log/shares/SERVER-NAME)")
	f.StringVar(&m.credentials, "credentials", "/etc/siteward/secrets/share", "file with username=, password= and domain=, mode 0600")
	f.StringVar(&m.user, "user", "siteward", "user and group that may read it")
	f.StringVar(&m.folder, "write", "", "write the units into this folder instead of printing them")
	return cmd
}

type unitFile struct{ name, text string }

var (
	shareName = lazyregexp.New(`^//[A-Za-z0-9][A-Za-z0-9._-]{0,252}(/[^/\s"'\\,%]{1,100}){1,10}$`)
	plainPath = lazyregexp.New(`^/[A-Za-z0-9/._-]{1,200}$`)
	userName  = lazyregexp.New(`^[a-z_][a-z0-9_-]{0,31}$`)
)

// units makes both units, the mount first. Nothing that was given gets into them unseen: it is one word of known letters.
func (m *mountUnit) units() ([]unitFile, error) {
	m.share = strings.ReplaceAll(m.share, `\`, "/")
	switch {
	case !shareName.MatchString(m.share):
		return nil, errors.New("--share: write it like //server/logs, without blanks")
	case m.where == "":
		parts := strings.Split(strings.Trim(m.share, "/"), "/")
		m.where = "/var/log/shares/" + strings.ToLower(regexp.MustCompile(`[^A-Za-z0-9.-]+`).ReplaceAllString(strings.Join(parts, "-"), "-"))
	}
	switch {
	case !plainPath.MatchString(m.where) || path.Clean(m.where) != m.where:
		return nil, errors.New("--where: write a full path of letters, digits, dots and hyphens")
	case !plainPath.MatchString(m.credentials):
		return nil, errors.New("--credentials: write a full path of letters, digits, dots and hyphens")
	case !userName.MatchString(m.user):
		return nil, errors.New("--user: this is no name of a user")
	}
	options := []string{"ro", "nosuid", "nodev", "noexec", "vers=3.0", "iocharset=utf8", "credentials=" + m.credentials,
		"uid=" + m.user, "gid=" + m.user, "file_mode=0440", "dir_mode=0550", "soft", "echo_interval=10", "_netdev"}
	name := unit.UnitNamePathEscape(m.where)
	return []unitFile{
		{name + ".mount", fmt.Sprintf(`[Unit]
Description=Logs of %[1]s, read by Siteward
Wants=network-online.target
After=network-online.target

[Mount]
What=%[1]s
Where=%[2]s
Type=cifs
# Read-only, and nothing on it is run. soft: a server that is away is an error, and nobody hangs.
Options=%[3]s
TimeoutSec=20
`, m.share, m.where, strings.Join(options, ","))},
		{name + ".automount", fmt.Sprintf(`[Unit]
Description=Logs of %[1]s, connected when Siteward reads them

[Automount]
Where=%[2]s
TimeoutIdleSec=10min

[Install]
WantedBy=multi-user.target
`, m.share, m.where)},
	}, nil
}
