//go:build central

package cli

import (
	"fmt"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/central"
)

func centralSiteCommand(at *centralAt) *cobra.Command {
	cmd := group(&cobra.Command{Use: "site", Short: "Sites that report to this central"})
	var asJSON bool
	list := &cobra.Command{Use: "list", Short: "List sites, the worst first", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var fleet struct{ Items []central.Row }
			if err := ask(cmd.Context(), at, http.MethodGet, "/sites?limit=1000", nil, &fleet); err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), fleet.Items)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, r := range fleet.Items {
				seen, silent := "never", string(r.Status.Silent)
				if !r.Status.Seen.IsZero() {
					seen = r.Status.Seen.Local().Format(time.DateTime)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Site.ID, plain(r.Site.Name), r.Status.Facts.State, silent, seen)
			}
			return w.Flush()
		}}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	add := &cobra.Command{Use: "add NAME", Short: "Add a site and print its id", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			var r central.Row
			if err := ask(cmd.Context(), at, http.MethodPost, "/sites", map[string]any{"name": given[0]}, &r); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), r.Site.ID)
			return err
		}}
	remove := &cobra.Command{Use: "remove ID", Short: "Remove a site with everything it told", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return ask(cmd.Context(), at, http.MethodDelete, "/sites/"+given[0], nil, nil)
		}}
	cmd.AddCommand(list, add, remove, centralRevoke(at))
	return cmd
}

func centralTokenCommand(at *centralAt) *cobra.Command {
	cmd := group(&cobra.Command{Use: "token", Short: "Tokens of central's REST API"})
	var write bool
	var days int
	add := &cobra.Command{Use: "add NAME", Short: "Make a token and print it, once", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			var t struct{ Secret string }
			if err := ask(cmd.Context(), at, http.MethodPost, "/tokens", map[string]any{"name": given[0], "write": write, "days": days}, &t); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), t.Secret)
			return err
		}}
	add.Flags().BoolVar(&write, "write", false, "it may change things, not only read")
	add.Flags().IntVar(&days, "days", 0, "how long it is good (0: for ever)")
	list := &cobra.Command{Use: "list", Short: "List tokens", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var l struct{ Items []central.Token }
			if err := ask(cmd.Context(), at, http.MethodGet, "/tokens", nil, &l); err != nil {
				return err
			}
			for _, t := range l.Items {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", t.ID[:16], plain(t.Name))
			}
			return nil
		}}
	remove := &cobra.Command{Use: "remove ID", Short: "Take a token back, named by the beginning of its id", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			var l struct{ Items []central.Token }
			if err := ask(cmd.Context(), at, http.MethodGet, "/tokens", nil, &l); err != nil {
				return err
			}
			for _, t := range l.Items {
				if len(given[0]) >= 8 && len(given[0]) <= len(t.ID) && t.ID[:len(given[0])] == given[0] {
					return ask(cmd.Context(), at, http.MethodDelete, "/tokens/"+t.ID, nil, nil)
				}
			}
			return fmt.Errorf("there is no token %s", given[0])
		}}
	cmd.AddCommand(add, list, remove)
	return cmd
}
