package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"siteward/appliance/demo"
)

func demoCommand() *cobra.Command {
	o := demo.Options{}
	var level string
	cmd := &cobra.Command{
		Use: "demo", Short: "Show a demo site on real sockets, in a temporary folder", Args: args(cobra.NoArgs),
		Long: "Builds a small site from simulated devices that answer over the network, with thirty days of history, and serves its\npages. Now and then the mains fail or a device falls silent. Nothing is kept.\n\nWith --connect the site reports to a provider's central system: with --central to one that runs on this machine, else with the\ncode and the fingerprint that the provider gave.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c := o.Connect; c.URL != "" && c.Central == "" && (c.Code == "" || c.Fingerprint == "") {
				return errors.New("--connect needs --central, or --code and --fingerprint as the provider gave them")
			}
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
	f.StringVar(&o.Connect.URL, "connect", "", "address of a provider's central system that the site reports to")
	f.StringVar(&o.Connect.Central, "central", "", "folder of that central when it runs on this machine: the site is added and the code made there")
	f.StringVar(&o.Connect.Code, "code", "", "one-time code that the provider made")
	f.StringVar(&o.Connect.Fingerprint, "fingerprint", "", "the provider's fingerprint, as the provider gave it")
	f.StringVar(&level, "log-level", "warn", "debug, info, warn or error")
	return cmd
}
