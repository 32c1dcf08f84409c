//go:build central

package cli

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"siteward/central"
)

func centralHookCommand(at *centralAt) *cobra.Command {
	cmd := group(&cobra.Command{Use: "hook", Short: "Other systems and mailboxes that are told of alarms and events"})
	var secret, language string
	var kinds []string
	add := &cobra.Command{Use: "add NAME URL", Short: "Tell a web hook (https://…) or a mailbox (mailto:…)", Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := checkCentralURL(given[1]); err != nil {
				return err
			}
			var h central.Hook
			in := map[string]any{"name": given[0], "url": given[1], "secret": secret, "kinds": kinds, "language": language}
			if err := ask(cmd.Context(), at, http.MethodPost, "/hooks", in, &h); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), h.ID)
			return err
		}}
	add.Flags().StringVar(&secret, "secret", "", "secret that requests are signed with, whsec_… (Standard Webhooks)")
	add.Flags().StringSliceVar(&kinds, "kinds", []string{}, "what is told: alarm.opened, alarm.closed, siteward.ticket.v1, …, * for all (default: alarms)")
	add.Flags().StringVar(&language, "language", "", "language of the sentence: de, en or nl (default: that of central)")
	list := &cobra.Command{Use: "list", Short: "List them and how they are doing", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var l struct {
				Items []struct {
					central.Hook
					Status central.HookStatus
				}
			}
			if err := ask(cmd.Context(), at, http.MethodGet, "/hooks", nil, &l); err != nil {
				return err
			}
			for _, h := range l.Items {
				fmt.Fprintf(cmd.OutOrStdout(), "%d  %s  %s  waiting %d  %s\n", h.ID, plain(h.Name), plain(h.URL), h.Status.Waiting, plain(h.Status.Error))
			}
			return nil
		}}
	remove := &cobra.Command{Use: "remove NUMBER", Short: "Tell it no more", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return ask(cmd.Context(), at, http.MethodDelete, "/hooks/"+given[0], nil, nil)
		}}
	cmd.AddCommand(add, list, remove)
	return cmd
}

func centralAlarmsCommand(at *centralAt) *cobra.Command {
	return &cobra.Command{Use: "alarms", Short: "List the alarms that are open", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var l struct{ Items []central.Alarm }
			if err := ask(cmd.Context(), at, http.MethodGet, "/alarms", nil, &l); err != nil {
				return err
			}
			for _, a := range l.Items {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", a.Kind, plain(a.Text()))
			}
			return nil
		}}
}
