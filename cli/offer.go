package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
	"siteward/appliance/offer"
)

func offerCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "offer", Short: "What the provider offers: list, show, accept, decline, undo, fetch, policy",
		Long: "Device profiles, log formats, settings and releases that the provider offers. Nothing of it is used before somebody here accepts\nit; what nobody decides about waits. See docs/enrolment.md."})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(offerList(&data), offerShow(&data), offerDecide(&data, "accept", "Use what is offered"), offerDecide(&data, "decline", "Do not use it, and say why"),
		offerDecide(&data, "undo", "Take back what was accepted"), offerFetch(&data), offerPolicy(&data))
	return cmd
}

func offerList(data *string) *cobra.Command {
	var asJSON, held bool
	cmd := &cobra.Command{
		Use: "list", Short: "List offers, the newest first", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				all, err := ops.Offers(cmd.Context())
				if err != nil {
					return err
				}
				all = slices.DeleteFunc(all, func(o appliance.ProviderOffer) bool { return held && o.State != appliance.OfferHeld })
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				return printOffers(cmd.OutOrStdout(), all)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&held, "held", false, "only what waits for somebody")
	return cmd
}

func printOffers(w io.Writer, all []appliance.ProviderOffer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, o := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.State, o.Kind, plain(o.Name), o.Came.Local().Format(time.DateTime), plain(strings.TrimSpace(o.By+" "+o.Reason)))
	}
	return t.Flush()
}

func offerShow(data *string) *cobra.Command {
	var file bool
	cmd := &cobra.Command{
		Use: "show NUMBER", Short: "Show what an offer would change; + comes, - goes", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withOffer(cmd, *data, given[0], func(ops control.Ops, o appliance.ProviderOffer) error {
				w := cmd.OutOrStdout()
				if file {
					_, err := fmt.Fprintln(w, plainLines(string(o.Body)))
					return err
				}
				fmt.Fprintf(w, "%s %s (%s)\n", o.Kind, plain(o.Name), o.State)
				if o.Notes != "" {
					fmt.Fprintln(w, plainLines(o.Notes))
				}
				if o.State == appliance.OfferAccepted || o.State == appliance.OfferInstalled {
					return nil
				}
				lines, err := ops.OfferChanges(cmd.Context(), o.ID)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(w, plainLines(strings.Join(lines, "\n")))
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&file, "file", false, "print the file as it was offered")
	return cmd
}

// withOffer finds an offer by the number that list shows.
func withOffer(cmd *cobra.Command, data, number string, work func(control.Ops, appliance.ProviderOffer) error) error {
	id, err := appliance.ParseID(number)
	if err != nil {
		return usageError{err}
	}
	return withOps(cmd.Context(), data, func(ops control.Ops) error {
		all, err := ops.Offers(cmd.Context())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o appliance.ProviderOffer) bool { return o.ID == id })
		if i < 0 {
			return fmt.Errorf("there is no offer %s; siteward offer list shows all", id)
		}
		return work(ops, all[i])
	})
}

func offerDecide(data *string, do, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: do + " NUMBER", Short: short, Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withOffer(cmd, *data, given[0], func(ops control.Ops, o appliance.ProviderOffer) error {
				if err := ops.DecideOffer(cmd.Context(), control.OfferDecision{ID: o.ID, Do: do, Reason: reason}); err != nil {
					return err
				}
				word := map[string]string{"accept": "is used now", "decline": "is declined", "undo": "was taken back"}[do]
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s %s %s\n", o.Kind, plain(o.Name), word)
				return err
			})
		},
	}
	if do == "decline" {
		cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	}
	return cmd
}

func offerFetch(data *string) *cobra.Command {
	return &cobra.Command{
		Use: "fetch", Short: "Ask the provider for offers now", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				n, err := ops.FetchOffers(cmd.Context())
				if appliance.CodeOf(err) == appliance.CodeNotFound {
					return errors.New("this site is not connected to a provider; see siteward connect --help")
				}
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d new\n", n)
				}
				return err
			})
		},
	}
}

func offerPolicy(data *string) *cobra.Command {
	var automatic []string
	cmd := &cobra.Command{
		Use: "policy", Short: "Show or change which kinds are used without asking", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			change := cmd.Flags().Changed("automatic")
			for _, k := range automatic {
				if k != "" && !slices.Contains(offer.Kinds, offer.Kind(k)) {
					return usageError{fmt.Errorf("there is no kind %q; the kinds are %v", k, offer.Kinds)}
				}
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				p := appliance.OfferPolicy{Automatic: slices.DeleteFunc(automatic, func(k string) bool { return k == "" })}
				var err error
				if change {
					err = ops.SaveOfferPolicy(cmd.Context(), p)
				} else {
					p, err = ops.OfferPolicy(cmd.Context())
				}
				if err != nil {
					return err
				}
				for _, k := range offer.Kinds {
					word := "waits for somebody"
					if slices.Contains(p.Automatic, string(k)) {
						word = "is used without asking"
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%-10s  %s\n", k, word)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&automatic, "automatic", nil, "kinds that are used without asking; empty: none")
	return cmd
}
