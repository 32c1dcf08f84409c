package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/embed"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/profile"
	"siteward/probes/snmp/snmprec"
)

func profileCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use: "profile", Short: "Try device profiles before they are used",
		Long: "Tries profile files (docs/profiles.md) beside those that ship inside. check exits 1 when a file has mistakes. test exits 0 when the\nprofile recognises the recorded device, 1 when it does not, 2 when a file has mistakes.",
	})
	cmd.AddCommand(profileCheck(), profileTest())
	return cmd
}

func profileCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "check FILE…", Short: "Read profile files and name their mistakes", Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			bad := 0
			var out []profileChecked
			for _, path := range given {
				c := profileChecked{File: path}
				if _, _, err := withProfile(path); err != nil {
					bad++
					c.Mistakes = mistakes(err)
				}
				out = append(out, c)
			}
			if asJSON {
				if err := printJSON(cmd.OutOrStdout(), out); err != nil {
					return err
				}
			} else {
				printChecked(cmd.OutOrStdout(), out)
			}
			if bad > 0 {
				return exit(1)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// profileChecked is what check says of a file.
type profileChecked struct {
	File     string   `json:"file"`
	Mistakes []string `json:"mistakes,omitempty"`
}

func printChecked(w io.Writer, all []profileChecked) {
	for _, c := range all {
		if len(c.Mistakes) == 0 {
			fmt.Fprintf(w, "%s: in order\n", plain(c.File))
		}
		for _, m := range c.Mistakes {
			fmt.Fprintf(w, "%s: %s\n", plain(c.File), plainLines(m))
		}
	}
}

// joined is what errors.Join makes.
type joined interface {
	error
	Unwrap() []error
}

// mistakes takes joined errors apart.
func mistakes(err error) (out []string) {
	if many, ok := errors.AsType[joined](err); ok {
		for _, e := range many.Unwrap() {
			out = append(out, mistakes(e)...)
		}
		return out
	}
	return []string{err.Error()}
}

// withProfile loads what ships inside and one file, which may replace a profile of the same name. It gives the file's own name.
func withProfile(path string) (set *profile.Set, name string, err error) {
	b, err := readBounded(path, 1<<20)
	if err != nil {
		return nil, "", err
	}
	return profile.LoadWith(embed.Profiles, filepath.Base(path), b)
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is larger than %d KiB", path, limit>>10)
	}
	return b, err
}

func profileTest() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "test FILE RECORDING", Short: "Say what a profile makes of a recorded device", Args: args(cobra.ExactArgs(2)),
		Example: "  siteward walk nas-1 --save nas.snmprec --mask\n  siteward profile test nas.yaml nas.snmprec",
		RunE: func(cmd *cobra.Command, given []string) error {
			set, name, err := withProfile(given[0])
			if err != nil {
				for _, m := range mistakes(err) {
					fmt.Fprintln(cmd.ErrOrStderr(), "siteward:", plainLines(m))
				}
				return exit(2)
			}
			f, err := os.Open(given[1])
			if err != nil {
				return err
			}
			defer f.Close()
			vars, err := snmprec.Parse(f)
			if err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "siteward: %s: %v\n", plain(given[1]), err)
				return exit(2)
			}
			table, err := names.New(embed.MIB, set.Objects()...)
			if err != nil {
				return err
			}
			t, err := profile.Try(cmd.Context(), set, name, snmprec.New(vars), vars)
			if err != nil {
				return err
			}
			nameRest(&t, table)
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), t)
			} else {
				printTrial(cmd.OutOrStdout(), &t)
			}
			if err == nil && !t.Applies {
				return exit(1)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// nameRest puts the names of known nodes to the ranges that nobody reads.
func nameRest(t *profile.Trial, table *names.Table) {
	for i := range t.Rest {
		if name := table.Name(t.Rest[i].OID); name != string(t.Rest[i].OID) {
			t.Rest[i].Name = name
		}
	}
}

func printTrial(w io.Writer, t *profile.Trial) {
	verdict := "does not apply"
	if t.Applies {
		verdict = "applies"
	}
	fmt.Fprintf(w, "%s %s; profiles: %v\n", t.Profile, verdict, t.Facts.Profiles)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %-10s %s\n", name, plain(value))
		}
	}
	row("kind", string(t.Facts.Kind))
	row("vendor", t.Facts.Vendor)
	row("model", t.Facts.Model)
	row("serial", t.Facts.Serial)
	row("firmware", t.Facts.Firmware)
	row("state", t.Facts.State)
	for _, why := range t.Facts.Why {
		row("", why)
	}
	fmt.Fprintf(w, "statuses\n")
	for _, s := range t.Reading.Statuses {
		fmt.Fprintf(w, "  %-34s %s = %s (%s) %s\n", plain(join(s.Name, s.Label)), plain(s.Object), plain(s.Word), plain(s.Raw), severityWord(s.Severity))
	}
	fmt.Fprintf(w, "numbers\n")
	for _, v := range t.Reading.Values {
		if v.Kind == appliance.Gauge {
			fmt.Fprintf(w, "  %-34s %g %s\n", plain(join(v.Metric, v.Label)), v.Number, v.Unit)
		} else {
			fmt.Fprintf(w, "  %-34s counter, %d\n", plain(join(v.Metric, v.Label)), v.Raw)
		}
	}
	for _, o := range t.Missing {
		fmt.Fprintf(w, "the file names %s, which the recording does not have\n", plain(o))
	}
	for _, r := range t.Rest {
		name := r.Name
		if name == "" {
			name = string(r.OID)
		}
		fmt.Fprintf(w, "nobody reads %d objects below %s\n", r.Objects, plain(name))
	}
}

func severityWord(s appliance.Severity) string {
	return [...]string{"", "ok", "warning", "critical", "unknown"}[min(int(s), 4)]
}
