package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"siteward/appliance/config"
	"siteward/appliance/control"
	"siteward/probes"
)

// defaultData is where the package keeps the store.
const defaultData = "/var/lib/siteward"

// defaultSecrets is where secret files lie; docs/site-file.md.
const defaultSecrets = "/etc/siteward/secrets" //nolint:gosec // a path, no secret

// secretsFlag adds --secrets.
func secretsFlag(cmd *cobra.Command, folder *string) {
	cmd.Flags().StringVar(folder, "secrets", defaultSecrets, "folder of the files that credentials name")
}

// dataFlag adds --data.
func dataFlag(cmd *cobra.Command, data *string) {
	cmd.Flags().StringVar(data, "data", defaultData, "folder of the store")
}

func applyCommand() *cobra.Command {
	var data, file, secrets string
	var o control.ApplyOptions
	cmd := &cobra.Command{
		Use: "apply -f FILE", Short: "Make the site what a site file says", Args: args(cobra.NoArgs),
		Long: "Creates, changes and removes devices, credentials and checks so that the site is what the file says. Objects that a\nperson made in the interface are left alone unless --take-over is given. See docs/site-file.md.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return usageError{errors.New("name the site file: siteward apply -f site.yaml, or -f - for standard input")}
			}
			text, name, err := readSiteFile(cmd.InOrStdin(), file)
			if err != nil {
				return err
			}
			o.Name = name
			warnOfOpenSecrets(cmd.ErrOrStderr(), text, name, secrets)
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				out, err := ops.Apply(cmd.Context(), text, o)
				if err != nil {
					return err
				}
				return printApplied(cmd.OutOrStdout(), out, o.DryRun)
			})
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().StringVarP(&file, "file", "f", "", "site file, - for standard input")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "show what would change, change nothing")
	cmd.Flags().BoolVar(&o.TakeOver, "take-over", false, "the file also takes over objects made in the interface")
	secretsFlag(cmd, &secrets)
	return cmd
}

// maxSiteFile is one byte more than the parser takes, so that it can say that the file is too large.
const maxSiteFile = 1<<20 + 1

func readSiteFile(stdin io.Reader, file string) (text []byte, name string, err error) {
	if file == "-" {
		text, err = io.ReadAll(io.LimitReader(stdin, maxSiteFile))
		return text, "standard input", err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, maxSiteFile))
	return text, file, err
}

// warnOfOpenSecrets names the secret files of a site file that everybody on this machine may read. A file that does not
// parse is left to Apply, which says what is wrong with it.
func warnOfOpenSecrets(w io.Writer, text []byte, name, folder string) {
	f, err := config.Parse(bytes.NewReader(text), name)
	if err != nil {
		return
	}
	for _, c := range f.Credentials {
		for _, m := range probes.OpenSecrets(c.Credential, folder) {
			fmt.Fprintf(w, "warning: credential %s: %s\n", plain(c.Name), plain(m.English))
		}
	}
}

// printApplied shows the differences, whose last line is their sum.
func printApplied(w io.Writer, out control.Applied, dry bool) error {
	if _, err := io.WriteString(w, plainLines(out.Diff)); err != nil || out.Changes == 0 {
		return err
	}
	end := "Done."
	if dry {
		end = "Nothing was changed: this was a dry run."
	}
	_, err := fmt.Fprintln(w, end)
	return err
}

func exportCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use: "export", Short: "Print the site as a site file", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				out, err := ops.Export(cmd.Context())
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(out)
				return err
			})
		},
	}
	dataFlag(cmd, &data)
	return cmd
}
