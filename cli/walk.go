package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
	"siteward/appliance/daemon"
	"siteward/embed"
	"siteward/probes"
	"siteward/probes/snmp"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/profile"
	"siteward/probes/snmp/snmprec"
)

// walking is what the flags of a walk say.
type walking struct {
	json  bool
	save  string
	mask  bool
	limit int
}

func (w *walking) walkFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.save, "save", "", "write the walk to this file as a recording (.snmprec); - is standard output")
	f.BoolVar(&w.mask, "mask", false, "with --save: replace names, places, serial numbers and the ends of hardware addresses")
	f.IntVar(&w.limit, "limit", appliance.MaxWalk, "objects at most")
}

func walkCommand() *cobra.Command {
	var w walking
	var data string
	cmd := &cobra.Command{
		Use: "walk DEVICE [OID|NAME]", Short: "Read what a device tells over SNMP, with the names of its objects", Args: args(cobra.RangeArgs(1, 2)),
		Long: "Reads a range of a device that the running appliance knows, with the credential of its SNMP check. Without a range it reads\neverything, at most 10,000 objects. `siteward probe snmp HOST --walk OID` asks a device that is not kept.",
		Example: `  siteward walk sw-core ifTable
  siteward walk nas-1 enterprises --save nas.snmprec --mask`,
		RunE: func(cmd *cobra.Command, given []string) error {
			r := appliance.WalkRequest{Limit: w.limit}
			if len(given) > 1 {
				r.Root = given[1]
			}
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				out, err := ops.Walk(cmd.Context(), given[0], r)
				if err != nil {
					return err
				}
				if w.save == "" {
					return w.print(cmd, out)
				}
				b, err := ops.WalkRecording(cmd.Context(), out.ID, w.mask)
				if err != nil {
					return err
				}
				return w.store(cmd, b, out)
			})
		},
	}
	w.walkFlags(cmd)
	cmd.Flags().BoolVar(&w.json, "json", false, "print JSON")
	dataFlag(cmd, &data)
	return cmd
}

func (w *walking) print(cmd *cobra.Command, out appliance.Walk) error {
	if w.json {
		return printJSON(cmd.OutOrStdout(), out)
	}
	for _, r := range out.Rows {
		name := r.Name
		if name == "" {
			name = r.OID
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-36s %s: %s\n", plain(name), r.Type, plain(r.Value))
	}
	w.cut(cmd.ErrOrStderr(), out)
	return nil
}

func (w *walking) cut(to io.Writer, out appliance.Walk) {
	if out.Cut != "" {
		fmt.Fprintf(to, "siteward: not everything was read: %s\n", plain(out.Cut))
	}
}

func (w *walking) store(cmd *cobra.Command, b []byte, out appliance.Walk) error {
	w.cut(cmd.ErrOrStderr(), out)
	if w.save == "-" {
		_, err := cmd.OutOrStdout().Write(b)
		return err
	}
	if err := os.WriteFile(w.save, b, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%d objects of %s in %s\n", len(out.Rows), plain(out.Device), plain(w.save))
	return nil
}

// direct walks a device that no appliance keeps: `siteward probe snmp HOST --walk`.
func (w *walking) direct(cmd *cobra.Command, set *profile.Set, t snmp.Target, root string) error {
	table, err := names.New(embed.MIB, set.Objects()...)
	if err != nil {
		return err
	}
	from, err := table.OID(root)
	if err != nil {
		return usageError{err}
	}
	vars, cut, err := daemon.ReadRange(cmd.Context(), snmp.New(set, snmp.Options{Sessions: 1}), t, from, w.limit)
	if err != nil {
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", plain(t.Device.Name), plain(snmp.Explain(err, t).Detail))
		return exit(probes.ExitCode(appliance.StateCritical))
	}
	out := daemon.WalkOf(vars, from, table)
	out.Device, out.Cut = t.Device.Name, cut
	if w.save == "" {
		return w.print(cmd, out)
	}
	b, err := recordingOf(vars, table, w.mask)
	if err != nil {
		return err
	}
	return w.store(cmd, b, out)
}

func recordingOf(vars []mib.Varbind, table *names.Table, masked bool) ([]byte, error) {
	if masked {
		vars = snmprec.Mask(vars, table)
	}
	var out bytes.Buffer
	err := snmprec.Write(&out, vars)
	return out.Bytes(), err
}
