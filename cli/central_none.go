//go:build !central

package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

// centralCommand stands in the place of the provider's side, which an appliance does not carry along: its libraries would be a
// tenth of the binary and no customer runs them.
func centralCommand() *cobra.Command {
	return &cobra.Command{
		Use: "central", Short: "Run the provider's side (package siteward-central)", DisableFlagParsing: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("this build has no central; install the package siteward-central, whose program takes the same commands")
		},
	}
}
