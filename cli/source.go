package cli

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
)

func sourceCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "source", Short: "Sources of logs: list, test"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(sourceList(&data), sourceTest(&data))
	return cmd
}

func sourceList(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the sources and how reading them goes", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				all, err := ops.Sources(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				return printSources(cmd.OutOrStdout(), all, time.Now())
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printSources(w io.Writer, all []appliance.SourceView, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range all {
		last, why := "never", ""
		at := v.Status.Heard
		if !v.Kind.Comes() {
			at = later(at, v.Status.Read)
		}
		if !at.IsZero() {
			last = at.Local().Format("2006-01-02 15:04")
		}
		if v.Status.Error != nil {
			why = v.Status.Error.English
		}
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d runs\t%s\n", v.ID, plain(v.Name), v.Kind, v.State(now), last, v.Status.Runs, plain(why)); err != nil {
			return err
		}
	}
	return t.Flush()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// errUnreadable says by the exit code what was printed already.
var errUnreadable = errors.New("the source cannot be read")

func sourceTest(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "test NAME", Short: "Look at a source as the test button does, and keep nothing", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, name []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				t, err := ops.TestSource(cmd.Context(), name[0])
				if err != nil {
					return err
				}
				if asJSON {
					err = printJSON(cmd.OutOrStdout(), t)
				} else {
					err = printSourceTrial(cmd.OutOrStdout(), t)
				}
				if err == nil && t.Error != nil {
					err = fmt.Errorf("%w: %s", errUnreadable, plain(t.Error.English))
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printSourceTrial(w io.Writer, t appliance.SourceTrial) error {
	var errs []error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format, args...)
		errs = append(errs, err)
	}
	if t.HostKey != "" {
		say("the server shows the key %s (%s)\n", plain(t.HostKey), plain(t.Fingerprint))
	}
	say("%d files, read as %q: %d runs, %d events\n", t.Found, plain(t.Product), t.RunCount, t.EventCount)
	for _, f := range t.Files {
		say("  %s  %d bytes  %s\n", plain(f.Name), f.Size, f.Modified.Local().Format("2006-01-02 15:04"))
	}
	for _, r := range t.Runs {
		say("%s  %s  %s  %s\n", r.At().Local().Format("2006-01-02 15:04"), r.Status, plain(r.Job), plain(r.Message))
	}
	if len(t.Runs) == 0 {
		for _, line := range t.Lines {
			say("| %s\n", plain(line))
		}
	}
	return errors.Join(errs...)
}
