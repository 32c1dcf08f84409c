//go:build central

package cli

import "github.com/spf13/cobra"

// centralCommand is the provider's side.
func centralCommand() *cobra.Command {
	return group(&cobra.Command{
		Use: "central", Short: "The provider's side: receive the reports of many sites and show them",
	})
}
