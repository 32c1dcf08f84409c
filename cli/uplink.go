package cli

import (
	"bytes"
	"encoding/json"
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
	"siteward/appliance/message"
	"siteward/appliance/metric"
)

func uplinkCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "uplink", Short: "What is sent to the provider: status, sent, policy"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(uplinkStatus(&data), uplinkSent(&data), uplinkPolicy(&data))
	return cmd
}

func uplinkStatus(data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "Say how far the reports are", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				st, err := ops.UplinkState(cmd.Context())
				if appliance.CodeOf(err) == appliance.CodeNotFound {
					return errors.New("this site is not connected to a provider; see siteward connect --help")
				}
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), st)
				}
				return printUplink(cmd.OutOrStdout(), st)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printUplink(w io.Writer, st appliance.UplinkState) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "acknowledged\t%d of %d\nwaiting\t%d\nkept\t%d bytes\n", st.Acked, st.Last, st.Waiting(), st.Bytes)
	for _, at := range []struct {
		name string
		at   time.Time
	}{{"oldest waiting", st.Oldest}, {"arrived last", st.Good}, {"last try", st.Tried}, {"next try", st.Next}} {
		if !at.at.IsZero() && (at.name != "next try" || st.Failed > 0) {
			fmt.Fprintf(t, "%s\t%s\n", at.name, at.at.Local().Format("2006-01-02 15:04:05"))
		}
	}
	if st.Lost > 0 {
		fmt.Fprintf(t, "given up\t%d\n", st.Lost)
	}
	if st.Code != "" {
		fmt.Fprintf(t, "last failure\t%s: %s\n", plain(st.Code), plain(st.Why))
	}
	return t.Flush()
}

func uplinkSent(data *string) *cobra.Command {
	var asJSON, raw, failed bool
	var limit int
	var kind string
	cmd := &cobra.Command{
		Use: "sent [NUMBER]", Short: "List what was sent, or print one delivery as it left", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			if k := appliance.ConsumerKind(kind); k != "" && !slices.Contains(appliance.ConsumerKinds, k) {
				return usageError{fmt.Errorf("there is no kind %q; the kinds are reports and samples", kind)}
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				if len(given) == 1 {
					return oneSent(cmd, ops, given[0], raw)
				}
				list, err := ops.SentReports(cmd.Context(), appliance.SentFilter{Limit: limit, Failed: failed, Kind: appliance.ConsumerKind(kind)})
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), list)
				}
				return printSent(cmd.OutOrStdout(), list)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&raw, "raw", false, "of one delivery: print the exact bytes instead of the events in them")
	f.BoolVar(&failed, "failed", false, "only what was not taken")
	f.IntVar(&limit, "limit", 50, "the newest so many")
	f.StringVar(&kind, "kind", "", "only reports, or only samples: the measured values")
	return cmd
}

func oneSent(cmd *cobra.Command, ops control.Ops, number string, raw bool) error {
	id, err := appliance.ParseID(number)
	if err != nil {
		return usageError{err}
	}
	v, err := ops.SentReport(cmd.Context(), id)
	if err != nil {
		return err
	}
	if v.Folded > 0 {
		return fmt.Errorf("%s stands for %d deliveries; the bytes of measured values are kept for a day", v.ID, v.Folded)
	}
	if raw {
		_, err := cmd.OutOrStdout().Write(v.Body)
		return err
	}
	if v.Kind == appliance.ConsumerSamples {
		return printNumbers(cmd.OutOrStdout(), v.Body)
	}
	events, err := message.Raw(v.Body, v.Encoding)
	if err != nil {
		return err
	}
	b, err := json.Marshal(events)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), plainLines(out.String()))
	return err
}

// printNumbers prints measured values a line each: as /metrics does, with the time.
func printNumbers(w io.Writer, body []byte) error {
	all, err := metric.Read(body)
	if err != nil {
		return err
	}
	for _, n := range all {
		var labels []string
		for _, l := range n.Labels {
			if l.Name != "__name__" {
				labels = append(labels, fmt.Sprintf("%s=%q", plain(l.Name), plain(l.Value)))
			}
		}
		if _, err := fmt.Fprintf(w, "%s{%s} %v %s\n", plain(n.Label("__name__")), strings.Join(labels, ","), n.Number, time.UnixMilli(n.At).UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}

func printSent(w io.Writer, list []appliance.Sent) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range list {
		how := "acknowledged"
		if !v.Taken() {
			how = plain(v.Code + ": " + v.Why)
		}
		what := fmt.Sprintf("%d events", v.Events)
		if v.Kind == appliance.ConsumerSamples {
			what = fmt.Sprintf("%d numbers", v.Samples)
		}
		if v.Folded > 0 {
			what += fmt.Sprintf(" in %d deliveries", v.Folded)
		}
		if v.Refused > 0 {
			how = fmt.Sprintf("%d not taken, %s", v.Refused, how)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d bytes\t%s\n", v.ID, v.At.Local().Format("2006-01-02 15:04:05"), plain(v.To), what, v.Bytes, how)
	}
	return t.Flush()
}

func uplinkPolicy(data *string) *cobra.Command {
	var asJSON bool
	var off, on []string
	var texts bool
	cmd := &cobra.Command{
		Use: "policy", Short: "Show or change what leaves", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, kind := range slices.Concat(off, on) {
				if !slices.Contains(appliance.UplinkKinds, kind) {
					return usageError{fmt.Errorf("there is no kind %q; the kinds are %s", kind, strings.Join(appliance.UplinkKinds, ", "))}
				}
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				p, err := ops.UplinkPolicy(cmd.Context())
				if err != nil {
					return err
				}
				if len(off)+len(on) > 0 || cmd.Flags().Changed("texts") {
					p.Off = slices.DeleteFunc(append(p.Off, off...), func(kind string) bool { return slices.Contains(on, kind) })
					slices.Sort(p.Off)
					p.Off = slices.Compact(p.Off)
					if cmd.Flags().Changed("texts") {
						p.Texts = texts
					}
					if err := ops.SaveUplinkPolicy(cmd.Context(), p); err != nil {
						return err
					}
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), p)
				}
				return printPolicy(cmd.OutOrStdout(), p)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.StringSliceVar(&off, "off", nil, "kinds that stay here")
	f.StringSliceVar(&on, "on", nil, "kinds that leave again")
	f.BoolVar(&texts, "texts", false, "whether titles of tickets and windows leave")
	return cmd
}

func printPolicy(w io.Writer, p appliance.UplinkPolicy) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	word := map[bool]string{true: "leaves", false: "stays here"}
	for _, kind := range appliance.UplinkKinds {
		fmt.Fprintf(t, "%s\t%s\n", kind, word[p.Leaves(kind)])
	}
	fmt.Fprintf(t, "titles of tickets and windows\t%s\n", word[p.Texts])
	return t.Flush()
}
