package cli

import (
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
)

// Set by the linker (Makefile).
var (
	version = "dev"
	commit  = "unknown"
	date    = ""
)

func about() appliance.About {
	when, _ := time.Parse(time.RFC3339, date) // zero when built by hand
	return appliance.About{Version: version, Commit: commit, Date: when}
}

func versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "version", Short: "Print version, commit and date", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a := about()
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]string{
					"version": a.Version, "commit": a.Commit, "date": date,
					"go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
				})
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "siteward %s, commit %s of %s, %s, %s/%s\n",
				a.Version, a.Commit, date, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
