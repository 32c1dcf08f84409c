package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
	"siteward/appliance/enrol"
)

func connectCommand() *cobra.Command {
	var data, fingerprint string
	var rotate, asJSON bool
	cmd := &cobra.Command{
		Use: "connect [URL CODE]", Short: "Connect this site to its provider's central system, or show the connection",
		Args: args(cobra.MatchAll(cobra.MaximumNArgs(2), func(_ *cobra.Command, given []string) error {
			if len(given) == 1 {
				return errors.New("give the address and the code that your provider made for this site")
			}
			return nil
		})),
		Long: `Shows who answers at the address, with the fingerprint of its key. Compare it with the one that your provider gave you, by
telephone or on paper; only then is the code handed in. A provider before is told that this site leaves. Without arguments it
shows the connection. See docs/enrolment.md.`,
		RunE: func(cmd *cobra.Command, given []string) error {
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				switch {
				case len(given) == 2:
					return connect(cmd, ops, appliance.ConnectRequest{URL: given[0], Code: given[1], Fingerprint: fingerprint})
				case rotate:
					if err := ops.RotateKey(cmd.Context()); err != nil {
						return err
					}
					_, err := fmt.Fprintln(cmd.OutOrStdout(), "a new key signs from now on; the provider has taken it")
					return err
				}
				all, err := ops.Enrolments(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				return printEnrolments(cmd.OutOrStdout(), all)
			})
		},
	}
	dataFlag(cmd, &data)
	f := cmd.Flags()
	f.StringVar(&fingerprint, "fingerprint", "", "the fingerprint that the provider gave you; without it you are asked")
	f.BoolVar(&rotate, "rotate", false, "put a new key in the place of the present one")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func connect(cmd *cobra.Command, ops control.Ops, r appliance.ConnectRequest) error {
	w := cmd.OutOrStdout()
	if _, ok := enrol.ParseCode(r.Code); !ok {
		return usageError{errors.New("the code has 20 letters and digits, such as ABCDE-FGHJK-MNPQR-STVWX")}
	}
	id, err := ops.LookAtProvider(cmd.Context(), r.URL)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s answers as %q\nfingerprint  %s\n", id.URL, plain(id.Name), id.Fingerprint)
	if r.Fingerprint == "" {
		fmt.Fprint(w, "Is that the fingerprint your provider gave you? Type yes to connect: ")
		line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 1000)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if strings.TrimSpace(strings.ToLower(line)) != "yes" {
			return errors.New("not connected; nothing was told to the provider")
		}
		r.Fingerprint = id.Fingerprint
	}
	e, err := ops.Connect(cmd.Context(), r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "connected as %q (%s)\n", plain(e.SiteName), e.Site)
	return err
}

func printEnrolments(w io.Writer, all []appliance.Enrolment) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "not connected to a provider")
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "STATE\tPROVIDER\tADDRESS\tSITE\tSINCE\tFINGERPRINT")
	for _, e := range all {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", e.State, plain(e.Provider), e.URL, e.Site, e.Since.Local().Format("2006-01-02 15:04"), enrol.Fingerprint(e.Central))
	}
	return tw.Flush()
}

func disconnectCommand() *cobra.Command {
	var data, reason string
	cmd := &cobra.Command{
		Use: "disconnect", Short: "End the connection to the provider's central system", Args: args(cobra.NoArgs),
		Long: "Nothing is sent any more, and the provider is told so when it can be reached. What is on this machine stays. The reason stands\nin the logbook.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				if err := ops.Disconnect(cmd.Context(), reason); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "disconnected")
				return err
			})
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}
