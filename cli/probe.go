package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/appliance/ups"
	"siteward/probes"
)

// asking is what the flags common to all probes say.
type asking struct {
	timeout time.Duration
	asJSON  bool
	verbose bool
	login   *appliance.Credential // of probes that have one
}

func (a *asking) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.DurationVar(&a.timeout, "timeout", 20*time.Second, "of the whole run")
	f.BoolVar(&a.asJSON, "json", false, "print JSON (docs/probe-json.md, docs/probe-ping-tcp-http.md, docs/ups.md)")
	f.BoolVar(&a.verbose, "log", false, "print the run's own log to standard error")
}

func probeCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use: "probe", Short: "Ask one device once: snmp, ping, tcp, http, nut, apcupsd",
		Long: "Asks one device once and prints what it says. Exits as monitoring plugins do: 0 OK, 1 warning, 2 critical, 3 unknown (could not\nask, or wrong use).",
	})
	cmd.AddCommand(probeSNMP(), probePing(), probeTCP(), probeHTTP(), probeNUT(), probeApcupsd())
	return cmd
}

func probePing() *cobra.Command {
	var a asking
	s := appliance.PingSettings{}
	cmd := &cobra.Command{
		Use: "ping HOST", Short: "Send ICMP echoes", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return a.run(cmd, given[0], appliance.Device{Address: given[0]}, appliance.Check{Probe: appliance.ProbePing, Ping: &s})
		},
	}
	a.flags(cmd)
	cmd.Flags().IntVar(&s.Count, "count", 3, "echoes, 1 to 20")
	cmd.Flags().IntVar(&s.Size, "size", 0, "payload bytes (0: 56)")
	return cmd
}

func probeTCP() *cobra.Command {
	var a asking
	s := appliance.TCPSettings{}
	cmd := &cobra.Command{
		Use: "tcp HOST:PORT", Short: "Connect to a TCP port", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			host, port, err := hostPort(given[0], 0)
			if err != nil {
				return err
			}
			s.Port = port
			return a.run(cmd, given[0], appliance.Device{Address: host}, appliance.Check{Probe: appliance.ProbeTCP, TCP: &s})
		},
	}
	a.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&s.TLS, "tls", false, "speak TLS and look at the certificate")
	f.BoolVar(&s.SkipVerify, "skip-verify", false, "accept any certificate")
	f.StringVar(&s.Send, "send", "", "text to send after connecting")
	f.StringVar(&s.Expect, "expect", "", "text that must be in the first 4 KiB of the answer")
	return cmd
}

func probeHTTP() *cobra.Command {
	var a asking
	s := appliance.HTTPSettings{}
	cmd := &cobra.Command{
		Use: "http URL", Short: "Ask for a web page", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			u, err := url.Parse(given[0])
			if err != nil || u.Host == "" {
				return usageError{fmt.Errorf("%q is no address of a page; write it like https://example.org/", given[0])}
			}
			s.URL = given[0]
			return a.run(cmd, given[0], appliance.Device{Address: u.Hostname()}, appliance.Check{Probe: appliance.ProbeHTTP, HTTP: &s})
		},
	}
	a.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&s.Method, "method", "GET", "GET or HEAD")
	f.IntSliceVar(&s.Status, "status", nil, "accepted status codes (default 200 to 299)")
	f.StringVar(&s.Match, "match", "", "regular expression that the page must match")
	f.StringVar(&s.MatchNot, "match-not", "", "regular expression that the page must not match")
	f.BoolVar(&s.SkipVerify, "skip-verify", false, "accept any certificate")
	f.IntVar(&s.Redirects, "redirects", 0, "redirects to follow, 0 to 10")
	return cmd
}

// run asks, judges with the default limits, prints and exits with the state.
func (a *asking) run(cmd *cobra.Command, target string, dev appliance.Device, c appliance.Check) error {
	c.ID, c.Name, c.Timeout = 1, string(c.Probe), appliance.Duration(a.timeout)
	ctx, cancel := context.WithTimeout(cmd.Context(), a.timeout)
	defer cancel()
	r := probes.New(probes.Options{}).Run(ctx, probes.Target{Check: c, Device: dev, Credential: a.login})
	ups.Clean(&r)
	state, why := judge(dev, c, r)
	a.printLog(cmd.ErrOrStderr(), r)
	if a.asJSON {
		if err := printJSON(cmd.OutOrStdout(), probes.NewReport(c.Probe, target, r, state)); err != nil {
			return err
		}
	} else {
		printReading(cmd.OutOrStdout(), target, state, why, r)
	}
	return exitBy(state)
}

// judge says at once what a running appliance says after a few runs: each limit counts from the first reading.
func judge(dev appliance.Device, c appliance.Check, r appliance.Reading) (worst appliance.State, why []string) {
	if r.Failure != nil {
		return probes.StateOf(r), []string{r.Failure.Detail}
	}
	c.Attempts, c.Recoveries = 1, 1
	v := monitor.Judge(monitor.Input{Device: dev, Check: c, Reading: r, Now: r.At})
	for _, s := range v.States {
		if s.State.Problem() {
			why = append(why, s.Label+" "+s.Evidence.Why.English)
		}
		worst = max(worst, s.State)
	}
	return worst, why
}

func exitBy(s appliance.State) error {
	if code := probes.ExitCode(s); code != 0 {
		return exit(code)
	}
	return nil
}

func (a *asking) printLog(w io.Writer, r appliance.Reading) {
	if !a.verbose {
		return
	}
	for _, l := range r.Log {
		fmt.Fprintf(w, "%8.3f s  %s\n", l.After.Seconds(), plain(l.Text))
	}
}

func printReading(w io.Writer, target string, state appliance.State, why []string, r appliance.Reading) {
	fmt.Fprintf(w, "%s: %s, %d ms\n", plain(target), state, r.Took.Milliseconds())
	for _, line := range why {
		fmt.Fprintln(w, " ", plain(line))
	}
	for _, v := range r.Values {
		fmt.Fprintf(w, "  %-28s %g %s\n", plain(join(v.Metric, v.Label)), v.Number, v.Unit)
	}
	for _, s := range r.Statuses {
		fmt.Fprintf(w, "  %-28s %s (%s)\n", plain(join(s.Name, s.Label)), plain(s.Word), plain(s.Raw))
	}
	for _, t := range r.Texts {
		fmt.Fprintf(w, "  %-28s %s\n", plain(join(t.Name, t.Instance)), plain(t.Value))
	}
}

func join(name, instance string) string {
	if instance == "" {
		return name
	}
	return name + "[" + instance + "]"
}

// hostPort takes HOST or HOST:PORT apart; def 0 makes the port required.
func hostPort(target string, def int) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(target)
	if err != nil {
		if def == 0 {
			return "", 0, usageError{fmt.Errorf("%q names no port; write it like 192.0.2.7:25", target)}
		}
		return target, def, nil
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return "", 0, usageError{fmt.Errorf("%q is no port; use a number from 1 to 65535", text)}
	}
	return host, port, nil
}

// oneOf says whether a flag has one of the values that are allowed.
func oneOf(flag, value string, allowed []string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return usageError{fmt.Errorf("--%s %q: use one of %v", flag, value, allowed)}
}
