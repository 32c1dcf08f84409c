package cli

import (
	"github.com/spf13/cobra"

	"siteward/appliance/demo"
)

func demoCommand() *cobra.Command {
	o := demo.Options{}
	var level string
	cmd := &cobra.Command{
		Use: "demo", Short: "Show a demo site on real sockets, in a temporary folder", Args: args(cobra.NoArgs),
		Long: "Builds a small site from simulated devices that answer over the network, with thirty days of history, and serves its\npages. Now and then the mains fail or a device falls silent. Nothing is kept.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := logger(cmd, level, "text")
			if err != nil {
				return err
			}
			o.Log, o.About, o.Out = log, about(), cmd.OutOrStdout()
			return demo.Run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8420", "address of the pages; another free port is taken when it is in use")
	f.BoolVar(&o.Calm, "calm", false, "let nothing happen")
	f.StringVar(&level, "log-level", "warn", "debug, info, warn or error")
	return cmd
}
