package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
)

func healthCommand() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "health", Short: "Say how the running appliance is doing", Args: args(cobra.NoArgs),
		Long: "Asks the running appliance how it is doing. Exit code 0 when it is well, 1 when it needs attention or is not running.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := control.Dial(cmd.Context(), data)
			if err != nil {
				return err
			}
			h, err := client.Health(cmd.Context())
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			if asJSON {
				err = printJSON(w, h)
			} else {
				_, err = fmt.Fprintf(w, "store   %d bytes, %d free, schema %d\nchecks  %d, %d running, %d late, %d missed since start\npings   %s\n",
					h.Store.Bytes, h.Store.FreeBytes, h.Store.Schema, h.Checks, h.Running, h.Late, h.Missed, h.Ping)
			}
			if err != nil {
				return err
			}
			return attention(cmd, h)
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// attention says what somebody has to look at.
func attention(cmd *cobra.Command, h appliance.Health) error {
	var lines []string
	if h.Store.ReadOnly {
		lines = append(lines, "the store takes no writes: "+h.Store.Why.English)
	}
	for _, d := range h.Store.Damage {
		lines = append(lines, "damaged: "+d)
	}
	for _, n := range h.Notes {
		lines = append(lines, n.English)
	}
	if len(lines) == 0 {
		return nil
	}
	for _, l := range lines {
		fmt.Fprintln(cmd.ErrOrStderr(), plain(l))
	}
	return exit(1)
}
