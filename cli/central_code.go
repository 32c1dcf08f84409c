//go:build central

package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"siteward/central"
	"siteward/central/enrol"
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
	cmd.AddCommand(centralCodeList(at), centralCodeRevoke(at))
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

func centralCodeList(at *centralAt) *cobra.Command {
	return &cobra.Command{Use: "list SITE", Short: "List the codes of a site", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := findCentralSite(cmd, at, given[0])
			if err != nil {
				return err
			}
			var l struct{ Items []enrol.OpenCode }
			if err := ask(cmd.Context(), at, http.MethodGet, "/sites/"+string(id)+"/codes", nil, &l); err != nil {
				return err
			}
			for _, c := range l.Items {
				state := "over"
				switch {
				case !c.Used.IsZero():
					state = "used " + c.Used.Local().Format(time.DateTime)
				case time.Now().Before(c.Expires):
					state = "good until " + c.Expires.Local().Format(time.DateTime)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s  made by %s  %s\n", c.ID, plain(c.By), state)
			}
			return nil
		}}
}

func centralCodeRevoke(at *centralAt) *cobra.Command {
	return &cobra.Command{Use: "revoke SITE ID", Short: "Take a code back that nobody has used; list shows its id", Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := findCentralSite(cmd, at, given[0])
			if err != nil {
				return err
			}
			return ask(cmd.Context(), at, http.MethodDelete, "/sites/"+string(id)+"/codes/"+url.PathEscape(given[1]), nil, nil)
		}}
}

// centralRevoke is site revoke.
func centralRevoke(at *centralAt) *cobra.Command {
	var reason string
	cmd := &cobra.Command{Use: "revoke SITE", Short: "Believe no key of a site any more", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := findCentralSite(cmd, at, given[0])
			if err != nil {
				return err
			}
			return ask(cmd.Context(), at, http.MethodPost, "/sites/"+string(id)+"/revoke", map[string]any{"why": reason}, nil)
		}}
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}
