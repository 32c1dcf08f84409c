//go:build central

package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"siteward/central"
)

func centralCodeCommand(at *centralAt) *cobra.Command {
	var hours int
	cmd := &cobra.Command{
		Use: "code SITE", Short: "Print a one-time code with which a site enrols", Args: args(cobra.ExactArgs(1)),
		Long: "Prints a one-time code for a site, named by its id or its name, and the fingerprint of this central. At the site the code is\nentered with the address of this central; the fingerprint shown there must be this one.",
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := findCentralSite(cmd, at, given[0])
			if err != nil {
				return err
			}
			var c struct {
				Code, Fingerprint string
				Expires           time.Time
			}
			if err := ask(cmd.Context(), at, http.MethodPost, "/sites/"+string(id)+"/code", map[string]any{"hours": hours}, &c); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "code         %s\nfingerprint  %s\ngood until   %s\n", c.Code, c.Fingerprint, c.Expires.Local().Format(time.DateTime))
			return err
		},
	}
	cmd.Flags().IntVar(&hours, "hours", 72, "how long it is good")
	return cmd
}

// findCentralSite gives the id of a site that is named by its id or by its name.
func findCentralSite(cmd *cobra.Command, at *centralAt, name string) (central.SiteID, error) {
	var fleet struct{ Items []central.Row }
	if err := ask(cmd.Context(), at, http.MethodGet, "/sites?limit=1000&text="+url.QueryEscape(name), nil, &fleet); err != nil {
		return "", err
	}
	for _, r := range fleet.Items {
		if r.Site.Name == name {
			return r.Site.ID, nil
		}
	}
	if central.SiteID(name).Valid() {
		return central.SiteID(name), nil
	}
	return "", fmt.Errorf("there is no site called %q; siteward central site list shows all", name)
}
