package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/embed"
	"siteward/probes"
	"siteward/probes/snmp"
	"siteward/probes/snmp/profile"
)

// snmpAsking is what the flags of `probe snmp` say.
type snmpAsking struct {
	asking
	cred     appliance.Credential
	v1, v3   bool
	profiles string
	only     string
	walk     string
	walking
}

func probeSNMP() *cobra.Command {
	var a snmpAsking
	cmd := &cobra.Command{
		Use: "snmp HOST[:PORT]", Short: "Say what a device is and how it is doing, over SNMP", Args: args(cobra.ExactArgs(1)),
		Example: `  siteward probe snmp 192.0.2.10 --community public
  siteward probe snmp 192.0.2.10 --v3 --user reader --auth-protocol SHA-256 --auth-file auth.key --priv-protocol AES-128 --priv-file priv.key --json`,
		RunE: func(cmd *cobra.Command, given []string) error { return a.run(cmd, given[0]) },
	}
	a.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&a.v1, "v1", false, "ask with SNMPv1")
	f.BoolVar(&a.v3, "v3", false, "ask with SNMPv3")
	f.StringVarP(&a.cred.Community.Value, "community", "c", "public", "community of SNMPv1 and v2c")
	f.StringVar(&a.cred.User, "user", "", "SNMPv3 user")
	f.StringVar(&a.cred.Context, "context", "", "SNMPv3 context name")
	f.StringVar(&a.cred.AuthProtocol, "auth-protocol", "", "SHA-256, SHA-512, SHA-384, SHA-224, SHA-1 or MD5")
	f.StringVar(&a.cred.Auth.Value, "auth-password", "", "SNMPv3 authentication password; --auth-file keeps it off the command line")
	f.StringVar(&a.cred.Auth.File, "auth-file", "", "file with the authentication password")
	f.StringVar(&a.cred.PrivProtocol, "priv-protocol", "", "AES-128, AES-192, AES-256, AES-192C, AES-256C or DES")
	f.StringVar(&a.cred.Priv.Value, "priv-password", "", "SNMPv3 privacy password")
	f.StringVar(&a.cred.Priv.File, "priv-file", "", "file with the privacy password")
	f.StringVar(&a.profiles, "profiles", "", "folder of own device profiles")
	f.StringVar(&a.only, "profile", "", "use this profile instead of recognising the device")
	f.StringVar(&a.walk, "walk", "", "read what is below this OID or name instead of recognising the device")
	a.walkFlags(cmd)
	return cmd
}

func (a *snmpAsking) run(cmd *cobra.Command, target string) error {
	host, port, err := hostPort(target, 161)
	if err != nil {
		return err
	}
	cred, err := a.credential()
	if err != nil {
		return err
	}
	set, err := profiles(a.profiles)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), a.timeout)
	defer cancel()
	t := snmp.Target{
		Device:     appliance.Device{Name: host, Address: host},
		Check:      appliance.Check{ID: 1, Probe: appliance.ProbeSNMP, Timeout: appliance.Duration(a.timeout), SNMP: &appliance.SNMPSettings{Port: port, Profile: a.only}},
		Credential: &cred,
	}
	if a.walk != "" {
		a.json = a.asJSON
		cmd.SetContext(ctx)
		return a.direct(cmd, set, t, a.walk)
	}
	found, r := snmp.New(set, snmp.Options{Sessions: 1}).Look(ctx, t)
	a.printLog(cmd.ErrOrStderr(), r)
	if found == nil {
		return a.printFailure(cmd, target, r)
	}
	if a.asJSON {
		err = printJSON(cmd.OutOrStdout(), found)
	} else {
		printFacts(cmd.OutOrStdout(), target, found, r)
	}
	if err != nil {
		return err
	}
	return exitBy(stateOfFacts(found.State))
}

// credential puts the flags together; secrets in files are read.
func (a *snmpAsking) credential() (appliance.Credential, error) {
	c := a.cred
	switch {
	case a.v1 && a.v3:
		return c, usageError{fmt.Errorf("--v1 and --v3 exclude each other")}
	case a.v3:
		c.SNMPVersion, c.Community = "3", appliance.Secret{}
		if c.User == "" {
			return c, usageError{fmt.Errorf("--v3 needs --user")}
		}
	case a.v1:
		c.SNMPVersion = "1"
	default:
		c.SNMPVersion = "2c"
	}
	for _, p := range []struct {
		flag, value string
		allowed     []string
	}{{"auth-protocol", c.AuthProtocol, appliance.AuthProtocols}, {"priv-protocol", c.PrivProtocol, appliance.PrivProtocols}} {
		if p.value == "" {
			continue
		}
		if err := oneOf(p.flag, p.value, p.allowed); err != nil {
			return c, err
		}
	}
	return probes.Resolve(c, "")
}

func profiles(folder string) (*profile.Set, error) {
	from := []fs.FS{embed.Profiles}
	if folder != "" {
		from = append(from, os.DirFS(folder))
	}
	return profile.Load(from...)
}

// printFailure says why a device could not be asked, in the schema of the other probes: there are no facts to print.
func (a *snmpAsking) printFailure(cmd *cobra.Command, target string, r appliance.Reading) error {
	state := probes.StateOf(r)
	if a.asJSON {
		if err := printJSON(cmd.OutOrStdout(), probes.NewReport(appliance.ProbeSNMP, target, r, state)); err != nil {
			return err
		}
		return exitBy(state)
	}
	detail := "no answer"
	if r.Failure != nil {
		detail = r.Failure.Detail
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: %s\n", plain(target), state, plain(detail))
	return exitBy(state)
}

func stateOfFacts(name string) appliance.State {
	if s, err := appliance.ParseState(name); err == nil {
		return s
	}
	return appliance.StateNoData // "unknown"
}

func printFacts(w io.Writer, target string, f *profile.Facts, r appliance.Reading) {
	fmt.Fprintf(w, "%s: %s\n", plain(target), f.State)
	for _, line := range f.Why {
		fmt.Fprintln(w, " ", plain(line))
	}
	row := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			fmt.Fprintf(w, "  %-10s %s\n", name, plain(value))
		}
	}
	row("kind", string(f.Kind))
	row("device", f.Vendor+" "+f.Model)
	row("serial", f.Serial)
	row("firmware", f.Firmware)
	if f.SysName != nil {
		row("sysName", *f.SysName)
	}
	if f.Interfaces != nil && f.OperUp != nil {
		row("interfaces", fmt.Sprintf("%d, %d up", *f.Interfaces, *f.OperUp))
	}
	row("profiles", strings.Join(f.Profiles, ", "))
	fmt.Fprintf(w, "  read %d values and %d states in %d ms\n", len(r.Values), len(r.Statuses), r.Took.Milliseconds())
}
