package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
)

// searching is what the flags of discover say.
type searching struct {
	r      appliance.DiscoveryRequest
	asJSON bool
}

func discoverCommand() *cobra.Command {
	var s searching
	var data string
	cmd := &cobra.Command{
		Use: "discover [CIDR…]", Short: "Find the devices of a network and propose them",
		Long: `Looks who is in the given ranges, or in this machine's own networks: pings, neighbour tables of this machine and of the routers and
switches that are known, DNS, mDNS, SNMP with the stored credentials, and a few TCP ports. What is found becomes proposals, which
people accept, ignore or merge in the interface. Credentials are tried within the ranges only. Ctrl-C stops the search and keeps what it
has found.`,
		Example: `  siteward discover 192.168.1.0/24
  siteward discover 192.168.1.0/24 10.0.5.0/26 --rate 100 --json`,
		RunE: func(cmd *cobra.Command, ranges []string) error {
			s.r.Ranges = ranges
			return withOps(cmd.Context(), data, func(ops control.Ops) error { return s.run(cmd, ops) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", defaultData, "folder of the store")
	f.IntVar(&s.r.Rate, "rate", appliance.DiscoveryRate, fmt.Sprintf("packets a second at most, 1 to %d", appliance.MaxDiscoveryRate))
	f.DurationVar((*time.Duration)(&s.r.Limit), "limit", appliance.DiscoveryLimit, "time after which the search ends in any case")
	f.BoolVar(&s.r.Public, "public", false, "also search ranges that are not private")
	f.BoolVar(&s.r.NoSNMP, "no-snmp", false, "try no credentials")
	f.BoolVar(&s.asJSON, "json", false, "print JSON (docs/discovery.md)")
	return cmd
}

// run begins the search, tells how far it is on standard error, and prints what came of it.
func (s *searching) run(cmd *cobra.Command, ops control.Ops) error {
	ctx := cmd.Context()
	if len(s.r.Ranges) == 0 {
		own, err := ops.ProposedRanges(ctx)
		if err != nil {
			return err
		}
		if s.r.Ranges = own; len(own) == 0 {
			return usageError{errors.New("this machine has no private network of its own; name a range such as 192.168.1.0/24")}
		}
	}
	if err := ops.Discover(ctx, s.r); err != nil {
		if appliance.CodeOf(err) == appliance.CodeInvalid {
			return usageError{err}
		}
		return err
	}
	run, err := follow(ctx, ops, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	proposals, err := ops.Proposals(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	found := foundBy(run, proposals)
	if s.asJSON {
		err = printJSON(cmd.OutOrStdout(), searched{run, found})
	} else {
		err = printFound(cmd.OutOrStdout(), run, found)
	}
	if err == nil && (run.Error != "" || run.Stopped != "") {
		return exit(1)
	}
	return err
}

// searched is what --json prints.
type searched struct {
	Run       appliance.DiscoveryRun `json:"run"`
	Proposals []appliance.Proposal   `json:"proposals"` // open ones that this search has seen
}

// follow waits for the end of the search. Who gives up waiting stops it.
func follow(ctx context.Context, ops control.Ops, w io.Writer) (appliance.DiscoveryRun, error) {
	look := time.NewTicker(300 * time.Millisecond)
	defer look.Stop()
	stop := ctx.Done()
	told, step := time.Now(), ""
	for {
		select {
		case <-look.C:
		case <-stop:
			stop = nil
			if err := ops.StopDiscovery(context.WithoutCancel(ctx)); err != nil {
				return appliance.DiscoveryRun{}, err
			}
		}
		run, err := ops.LastDiscovery(context.WithoutCancel(ctx))
		if err != nil || !run.Running() {
			return run, err
		}
		if run.Step != step || time.Since(told) > 2*time.Second {
			told, step = time.Now(), run.Step
			fmt.Fprintln(w, progress(run))
		}
	}
}

// stepWords are what is counted in each step.
var stepWords = map[string]string{"ping": "addresses", "names": "devices asked for their names", "snmp": "devices asked over SNMP", "ports": "devices tried for open ports"}

func progress(run appliance.DiscoveryRun) string {
	line := fmt.Sprintf("%d of %d %s", run.Done, run.Total, stepWords[run.Step])
	if run.Left > 0 {
		line += fmt.Sprintf(", about %s more", time.Duration(run.Left).Round(time.Second))
	}
	return line
}

// foundBy are the open proposals that a search has seen.
func foundBy(run appliance.DiscoveryRun, all []appliance.Proposal) []appliance.Proposal {
	out := []appliance.Proposal{}
	for _, p := range all {
		if p.Status == appliance.ProposalOpen && !p.Seen.Before(run.Began) && p.Kind != appliance.ProposeWay {
			out = append(out, p)
		}
	}
	return out
}

func printFound(w io.Writer, run appliance.DiscoveryRun, found []appliance.Proposal) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, p := range found {
		what := p.Identity.Product()
		switch p.Kind {
		case appliance.ProposeMove:
			what = "moved from " + p.From
		case appliance.ProposeTwin:
			what = "says the same of itself as " + strings.Join(p.Others, ", ")
		}
		checks := make([]string, len(p.Checks))
		for i, c := range p.Checks {
			checks[i] = c.Name
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", plain(p.Device.Address), p.Device.Kind, plain(p.Device.Name), plain(what), strings.Join(checks, " "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, n := range run.Notes {
		fmt.Fprintln(w, plain(n.English))
	}
	switch run.Stopped {
	case "person":
		fmt.Fprintln(w, "The search was stopped before its end.")
	case "time":
		fmt.Fprintf(w, "The search was ended after %s; --limit gives it more time, --rate makes it faster.\n", run.Request.Limit)
	case "end":
		fmt.Fprintln(w, "The search ended with the appliance.")
	}
	if run.Error != "" {
		fmt.Fprintln(w, plain(run.Error))
	}
	_, err := fmt.Fprintf(w, "%d addresses in %s: %d devices, %d of them known, %d proposed for the first time. %d packets, %d answers, %s.\n",
		run.Addresses, plain(strings.Join(run.Request.Ranges, ", ")), run.Found, run.Known, run.New, run.Packets, run.Answers, run.Ended.Sub(run.Began).Round(time.Second))
	return err
}
