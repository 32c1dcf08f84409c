package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"siteward/probes/probetest/agent"
)

// simulation is what the flags of simulate say.
type simulation struct {
	layout agent.Layout
	o      agent.Options
	user   agent.User
	loss   string
	fault  string
	asJSON bool
}

func simulateCommand() *cobra.Command {
	var s simulation
	cmd := &cobra.Command{
		Use:   "simulate DIR|FILE…",
		Short: "Answer SNMP from recordings of devices",
		Long: `Answers SNMPv1, v2c and v3 from recordings (.snmprec). The community is the file name without its ending, and so is
the SNMPv3 context name. Runs until it is stopped, and says then what it was asked. docs/simulate.md has the format.`,
		Example: `  siteward simulate recordings/ --listen 127.0.0.1:16100 --moving
  snmpbulkwalk -v2c -c dsm 127.0.0.1:16100 1.3.6.1
  siteward simulate switch.snmprec --listen 127.1.0.1:16100 --per-address --repeat 1000 --community public`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := s.check(); err != nil {
				return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
			}
			return s.run(cmd.Context(), cmd.OutOrStdout(), paths)
		},
	}
	s.flags(cmd)
	return cmd
}

func (s *simulation) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.layout.Listen, "listen", "127.0.0.1:16100", "UDP address to answer on")
	f.BoolVar(&s.layout.PerAddress, "per-address", false, "an IP address for each recording, counting up from --listen")
	f.BoolVar(&s.layout.PerPort, "port-range", false, "a UDP port for each recording, counting up from --listen")
	f.IntVar(&s.layout.Repeat, "repeat", 1, "copies of each recording, named NAME-1, NAME-2 …")
	f.StringVar(&s.layout.Community, "community", "", "with an address or port for each: a community all answer to")
	f.BoolVar(&s.o.Moving, "moving", false, "sysUpTime and counters advance, gauges wander")
	f.Uint64Var(&s.o.Seed, "seed", 1, "of movement and loss; the same seed repeats a run")
	f.DurationVar(&s.o.Delay, "delay", 0, "wait before each answer, such as 20ms")
	f.StringVar(&s.loss, "loss", "0", "share of requests to drop, such as 5%")
	f.IntVar(&s.o.MaxReply, "max-reply", agent.MaxMessage, "octets of an answer at most: GETBULK is cut, GET is answered tooBig")
	f.IntVar(&s.o.MaxVarbinds, "max-varbinds", 0, "varbinds of an answer at most (0: as many as fit)")
	f.StringVar(&s.fault, "fault", "", "misbehave: "+strings.Join(agent.FaultNames(), ", "))
	f.StringVar(&s.user.Name, "v3-user", "", "SNMPv3 user; none: no SNMPv3")
	f.StringVar(&s.user.Auth, "v3-auth-proto", "", strings.Join(agent.AuthNames(), ", ")+" (SHA when only the key is given)")
	f.StringVar(&s.user.AuthPhrase, "v3-auth-key", "", "pass phrase of 8 characters or more")
	f.StringVar(&s.user.Priv, "v3-priv-proto", "", strings.Join(agent.PrivNames(), ", ")+" (AES when only the key is given)")
	f.StringVar(&s.user.PrivPhrase, "v3-priv-key", "", "pass phrase of 8 characters or more")
	f.BoolVar(&s.asJSON, "json", false, "print one JSON object at the start and one at the end")
}

// check makes options of the flags that are words.
func (s *simulation) check() (err error) {
	if s.o.Loss, err = parseShare(s.loss); err != nil {
		return err
	}
	if s.o.Fault, err = agent.ParseFault(s.fault); err != nil {
		return err
	}
	if s.layout.Repeat < 1 || s.layout.Repeat > 100_000 {
		return fmt.Errorf("--repeat is 1 to 100000, not %d", s.layout.Repeat)
	}
	if s.o.MaxReply < 1 || s.o.MaxReply > agent.MaxMessage {
		return fmt.Errorf("--max-reply is 1 to %d, not %d", agent.MaxMessage, s.o.MaxReply)
	}
	if s.user.Name == "" {
		if s.user.Auth+s.user.AuthPhrase+s.user.Priv+s.user.PrivPhrase != "" {
			return fmt.Errorf("SNMPv3 needs --v3-user too")
		}
		return nil
	}
	s.user.Auth = protocol(s.user.Auth, s.user.AuthPhrase, "SHA")
	s.user.Priv = protocol(s.user.Priv, s.user.PrivPhrase, "AES")
	s.o.User = &s.user
	return nil
}

// protocol takes the names of net-snmp and of people as well: SHA-256, sha1, AES128.
func protocol(name, key, usual string) string {
	name = strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(name))
	switch {
	case name == "" && key != "":
		return usual
	case name == "SHA1":
		return "SHA"
	case name == "AES128":
		return "AES"
	case name == "NONE":
		return ""
	}
	return name
}

func parseShare(s string) (float64, error) {
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, fmt.Errorf("--loss %q: want a share such as 5%% or 0.05", s)
	}
	return v, nil
}

func (s *simulation) run(ctx context.Context, w io.Writer, paths []string) error {
	recordings, err := agent.Open(paths...)
	if err != nil {
		return err
	}
	fleet, err := agent.Listen(s.layout, s.o, recordings...)
	if err != nil {
		return err
	}
	if err := s.announce(w, fleet, recordings); err != nil {
		fleet.Close()
		return err
	}
	if err := fleet.Run(ctx); err != nil {
		return err
	}
	n := fleet.Counters()
	if s.asJSON {
		return printJSON(w, n)
	}
	_, err = fmt.Fprintf(w, "%d requests (%d GET, %d GETNEXT, %d GETBULK, %d SET), %d answers with %d varbinds, %d reports; "+
		"dropped: %d unknown, %d malformed, %d lost; %d octets in, %d out\n",
		n.Requests, n.Get, n.GetNext, n.GetBulk, n.Set, n.Answers, n.Varbinds, n.Reports, n.Unknown, n.Malformed, n.Lost, n.BytesIn, n.BytesOut)
	return err
}

// simulated is what --json prints when the sockets are open.
type simulated struct {
	Recordings int        `json:"recordings"`
	Objects    int        `json:"objects"`
	Endpoints  []answerer `json:"endpoints"`
}

type answerer struct {
	Address     string   `json:"address"`
	Communities []string `json:"communities"`
}

func (s *simulation) announce(w io.Writer, fleet *agent.Fleet, recordings []*agent.Recording) error {
	out := simulated{Recordings: len(recordings)}
	for _, r := range recordings {
		out.Objects += r.Len()
	}
	for _, e := range fleet.Endpoints {
		out.Endpoints = append(out.Endpoints, answerer{e.Addr.String(), e.Agent.Names()})
	}
	if s.asJSON {
		return printJSON(w, out)
	}
	var b strings.Builder
	for _, e := range out.Endpoints {
		fmt.Fprintf(&b, "%s answers to %s\n", e.Address, plain(strings.Join(e.Communities, ", ")))
	}
	fmt.Fprintf(&b, "%d recordings with %d objects on %d sockets; stop with Ctrl-C\n", out.Recordings, out.Objects, len(out.Endpoints))
	_, err := io.WriteString(w, b.String())
	return err
}
