package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
)

func receiverCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "receiver", Short: "What others may send by themselves: list, on, off"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(receiverList(&data), receiverSwitch(&data, "on", true), receiverSwitch(&data, "off", false))
	return cmd
}

func receiverList(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the receivers and their switches", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				all, err := ops.Receivers(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, r := range all {
					state := "off"
					if r.On {
						state = "on"
					}
					if _, err := fmt.Fprintf(t, "%s\t%s\t%s\n", r.Name, state, strings.Join(r.At, " ")); err != nil {
						return err
					}
				}
				return t.Flush()
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func receiverSwitch(data *string, word string, on bool) *cobra.Command {
	return &cobra.Command{
		Use: word + " NAME", Short: "Switch a receiver " + word, Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, name []string) error {
			r := appliance.Receiver(strings.ReplaceAll(strings.ToLower(name[0]), "-", "_"))
			if !slices.Contains(appliance.Receivers, r) {
				return fmt.Errorf("%q is no receiver; siteward receiver list names them", name[0])
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error { return ops.SwitchReceiver(cmd.Context(), r, on) })
		},
	}
}
