package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"siteward/appliance/control"
	"siteward/appliance/daemon"
)

// defaultData is where the package keeps the store.
const defaultData = "/var/lib/siteward"

// dataFlag adds --data.
func dataFlag(cmd *cobra.Command, data *string) {
	cmd.Flags().StringVar(data, "data", defaultData, "folder of the store")
}

// withOps runs work against the running appliance of a data folder, or, when none runs, against its store.
func withOps(ctx context.Context, data string, work func(control.Ops) error) error {
	client, err := control.Dial(ctx, data)
	if err == nil {
		return work(client)
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	if _, err := os.Stat(data); err != nil {
		return fmt.Errorf("there is no store at %s; name its folder with --data", data)
	}
	d, err := daemon.Open(ctx, daemon.Options{Data: data, About: about()})
	if err != nil {
		return err
	}
	return errors.Join(work(d.Ops()), d.Close())
}

func applyCommand() *cobra.Command {
	var data, file string
	var o control.ApplyOptions
	cmd := &cobra.Command{
		Use: "apply -f FILE", Short: "Make the site what a site file says", Args: args(cobra.NoArgs),
		Long: "Creates, changes and removes devices, credentials and checks so that the site is what the file says. Objects that a\nperson made in the interface are left alone unless --take-over is given. See docs/site-file.md.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, name, err := readSiteFile(cmd.InOrStdin(), file)
			if err != nil {
				return err
			}
			o.Name = name
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
	cobra.CheckErr(cmd.MarkFlagRequired("file"))
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

func printApplied(w io.Writer, out control.Applied, dry bool) error {
	if out.Changes == 0 {
		_, err := fmt.Fprintln(w, "nothing to change")
		return err
	}
	verb := "changed"
	if dry {
		verb = "would change"
	}
	_, err := fmt.Fprintf(w, "%s\n%d %s\n", out.Diff, out.Changes, verb)
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
