package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
)

func consumerCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "consumer", Short: "Who is told besides the provider: list, add, test, remove"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(consumerList(&data), consumerAdd(&data), consumerTest(&data), consumerRemove(&data))
	return cmd
}

func consumerList(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List who is told, and how far each is", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				all, err := ops.Consumers(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, r := range all {
					if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", plain(r.Name), r.Kind, plain(r.URL), plain(howFar(r))); err != nil {
						return err
					}
				}
				return t.Flush()
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func howFar(r appliance.ConsumerView) string {
	st := r.State
	words := []string{fmt.Sprintf("%d of %d acknowledged", st.Acked, st.Last)}
	if r.Kind == appliance.ConsumerSamples {
		words = []string{"nothing sent yet"}
		if s := st.Samples; s != nil && s.Sent > 0 {
			words = []string{fmt.Sprintf("%d numbers taken, up to %s", s.Sent, s.Until.Local().Format("2006-01-02 15:04:05"))}
		}
	}
	if st.Lost > 0 {
		words = append(words, fmt.Sprintf("%d refused or given up", st.Lost))
	}
	switch {
	case r.Off:
		words = append(words, "switched off")
	case st.Code != "":
		words = append(words, "last failure "+st.Code+": "+st.Why)
	}
	return strings.Join(words, ", ")
}

func consumerAdd(data *string) *cobra.Command {
	var c appliance.Consumer
	var secretFile string
	cmd := &cobra.Command{
		Use: "add NAME URL", Short: "Tell one more", Args: args(cobra.ExactArgs(2)),
		Long: "Tell one more besides the provider.\n\nA consumer of reports gets the same batches as the provider, signed with the secret that both sides know.\nA consumer of samples gets the numbers of all checks by Prometheus' remote-write protocol: URL is that of its receiver, such as\nhttps://metrics.example.org/api/v1/write. With --user the secret is a password, without it a bearer token.",
		RunE: func(cmd *cobra.Command, given []string) error {
			c.Name, c.URL = given[0], given[1]
			if secretFile != "" {
				b, err := os.ReadFile(secretFile)
				if err != nil {
					return err
				}
				c.Secret.Value = strings.TrimSpace(string(b))
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error { return ops.SaveConsumer(cmd.Context(), c) })
		},
	}
	f := cmd.Flags()
	f.StringVar((*string)(&c.Kind), "kind", string(appliance.ConsumerReports), "what it is told: reports or samples")
	f.StringVar(&c.Site, "site", "", "what this site is called there: letters, digits and dashes")
	f.StringVar(&c.User, "user", "", "of samples: the user whose password the secret is")
	f.StringVar(&secretFile, "secret-file", "", "file with the secret, which is read once")
	return cmd
}

func consumerTest(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "test NAME", Short: "Send one the state of now, or one number, and say what came of it", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withConsumer(cmd.Context(), *data, given[0], func(ops control.Ops, r appliance.ConsumerView) error {
				v, err := ops.TestConsumer(cmd.Context(), r.ID)
				if err != nil {
					return err
				}
				if asJSON {
					err = printJSON(cmd.OutOrStdout(), v)
				} else if v.OK {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "taken: %d bytes\n", v.Bytes)
				}
				if err == nil && !v.OK {
					err = errors.New("not taken, " + plain(v.Code+": "+v.Why))
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func consumerRemove(data *string) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Tell one no more; what waits for it goes too", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withConsumer(cmd.Context(), *data, given[0], func(ops control.Ops, r appliance.ConsumerView) error {
				return ops.DeleteConsumer(cmd.Context(), r.ID)
			})
		},
	}
}

func withConsumer(ctx context.Context, data, name string, work func(control.Ops, appliance.ConsumerView) error) error {
	return withOps(ctx, data, func(ops control.Ops) error {
		all, err := ops.Consumers(ctx)
		if err != nil {
			return err
		}
		for _, r := range all {
			if strings.EqualFold(r.Name, name) {
				return work(ops, r)
			}
		}
		return fmt.Errorf("there is no consumer %q; siteward consumer list names them", name)
	})
}
