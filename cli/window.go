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

func windowCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "window", Short: "Maintenance windows: start, end, list"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(windowStart(&data), windowEnd(&data), windowList(&data))
	return cmd
}

func windowStart(data *string) *cobra.Command {
	var w appliance.Window
	var devices []string
	var long time.Duration
	cmd := &cobra.Command{
		Use: "start TITLE", Short: "Begin maintenance at once, unannounced", Args: args(cobra.ExactArgs(1)),
		Example: `  siteward window start 'New disk' --device srv-files --comment 'disk 2 reports errors' --for 2h
  siteward window start 'Power cut by the utility' --all --comment 'announced by the utility'`,
		RunE: func(cmd *cobra.Command, title []string) error {
			if len(devices) == 0 && !w.All {
				return usageError{errors.New("name what the work is about with --device, or --all for the whole site")}
			}
			w.Title = title[0]
			w.From = time.Now()
			w.Until = w.From.Add(long)
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				made, err := ops.BeginWindow(cmd.Context(), w, devices)
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "window %s runs until %s\n", made.ID, made.Until.Local().Format("2006-01-02 15:04"))
				}
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&devices, "device", nil, "a device it is about, several times")
	f.BoolVar(&w.All, "all", false, "it is about the whole site")
	f.StringVar(&w.Comment, "comment", "", "why, and what one should know; required")
	f.StringVar(&w.Effect, "effect", "", "what does not work meanwhile, in the customer's words")
	f.DurationVar(&long, "for", time.Hour, "how long it runs at most")
	return cmd
}

func windowEnd(data *string) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use: "end [NUMBER]", Short: "End maintenance that runs", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			var id appliance.ID
			if len(given) > 0 {
				var err error
				if id, err = appliance.ParseID(given[0]); err != nil {
					return usageError{err}
				}
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				v, err := ops.EndWindow(cmd.Context(), id, note)
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "window %s has ended\n", v.ID)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "what was done, for the logbook")
	return cmd
}

func windowList(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List maintenance windows: running, to come, over", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				all, err := ops.Windows(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				return printWindows(cmd.OutOrStdout(), all)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printWindows(w io.Writer, all []appliance.WindowView) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "WINDOW\tSTATE\tKIND\tFROM\tUNTIL\tWHAT")
	for _, v := range all {
		from, until := v.From, v.Until
		switch {
		case v.Run != nil:
			from, until = v.Run.From, v.Run.Plan.Until
		case !v.Next.IsZero():
			from, until = v.Next.From, v.Next.Until
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", v.ID, v.State, v.Kind, from.Local().Format("2006-01-02 15:04"), until.Local().Format("2006-01-02 15:04"), plain(v.Title))
	}
	return tw.Flush()
}
