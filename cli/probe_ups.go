package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/probes"
)

func probeNUT() *cobra.Command {
	var a asking
	var login appliance.Credential
	s := appliance.NUTSettings{}
	cmd := &cobra.Command{
		Use: "nut HOST[:PORT]", Short: "Ask a NUT server for a UPS", Args: args(cobra.ExactArgs(1)),
		Example: `  siteward probe nut 192.0.2.5
  siteward probe nut 192.0.2.5 --ups qnapups --user monitor --password-file monitor.pw --tls --skip-verify --json`,
		RunE: func(cmd *cobra.Command, given []string) error {
			host, port, err := hostPort(given[0], probes.NUTPort)
			if err != nil {
				return err
			}
			s.Port = port
			if login.User != "" {
				login.SNMPVersion = appliance.CredentialLogin
				resolved, err := probes.Resolve(login, "")
				if err != nil {
					return err
				}
				a.login = &resolved
			} else if !login.Auth.IsZero() {
				return usageError{fmt.Errorf("--password-file needs --user")}
			}
			return a.run(cmd, given[0], appliance.Device{Address: host, Kind: appliance.KindUPS}, appliance.Check{Probe: appliance.ProbeNUT, NUT: &s})
		},
	}
	a.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&s.UPS, "ups", "", "name of the UPS on the server (default: the only one)")
	f.BoolVar(&s.TLS, "tls", false, "encrypt with STARTTLS")
	f.BoolVar(&s.SkipVerify, "skip-verify", false, "accept any certificate")
	f.StringVar(&login.User, "user", "", "user to log in with")
	f.StringVar(&login.Auth.File, "password-file", "", "file with the password")
	return cmd
}

func probeApcupsd() *cobra.Command {
	var a asking
	s := appliance.ApcupsdSettings{}
	cmd := &cobra.Command{
		Use: "apcupsd HOST[:PORT]", Short: "Ask apcupsd for its UPS", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			host, port, err := hostPort(given[0], probes.ApcupsdPort)
			if err != nil {
				return err
			}
			s.Port = port
			return a.run(cmd, given[0], appliance.Device{Address: host, Kind: appliance.KindUPS}, appliance.Check{Probe: appliance.ProbeApcupsd, Apcupsd: &s})
		},
	}
	a.flags(cmd)
	return cmd
}
