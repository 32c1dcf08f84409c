package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"siteward/appliance"
	"siteward/appliance/control"
	"siteward/appliance/logbook"
)

func logbookCommand() *cobra.Command {
	var data string
	cmd := group(&cobra.Command{Use: "logbook", Short: "The logbook: list, add, export, verify"})
	cmd.PersistentFlags().StringVar(&data, "data", defaultData, "folder of the store")
	cmd.AddCommand(logbookList(&data), logbookAdd(&data), logbookExport(&data), logbookVerify(&data))
	return cmd
}

func logbookList(data *string) *cobra.Command {
	var asJSON bool
	var limit int
	var kinds []string
	cmd := &cobra.Command{
		Use: "list", Short: "List the newest entries", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted, err := logbookKinds(kinds, appliance.LogbookKinds)
			if err != nil {
				return err
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				entries, err := ops.Logbook(cmd.Context(), wanted, limit)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), entries)
				}
				return printLogbook(cmd.OutOrStdout(), entries)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&limit, "limit", 50, "how many entries")
	cmd.Flags().StringSliceVar(&kinds, "kind", nil, "only these kinds")
	return cmd
}

func logbookKinds(given []string, known []appliance.LogbookKind) (out []appliance.LogbookKind, err error) {
	for _, k := range given {
		if !slices.Contains(known, appliance.LogbookKind(k)) {
			return nil, usageError{fmt.Errorf("there is no kind %q of entries; the kinds are %s", k, joinKinds(known))}
		}
		out = append(out, appliance.LogbookKind(k))
	}
	return out, nil
}

func joinKinds(kinds []appliance.LogbookKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

func printLogbook(w io.Writer, entries []control.LogbookLine) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "ENTRY\tWHEN\tKIND\tWHO\tON\tWHAT")
	for _, e := range entries {
		what := e.Text
		if e.Message != nil {
			what = strings.TrimSpace(e.Message.English + " " + e.Text)
		}
		on := strings.Join(e.DeviceNames, ", ")
		if on == "" {
			on = e.Subject
		}
		first, _, _ := strings.Cut(what, "\n")
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\t%s\n", e.Seq, e.At.Local().Format("2006-01-02 15:04"), e.Kind, plain(e.By), plain(on), plain(first))
	}
	return tw.Flush()
}

func logbookAdd(data *string) *cobra.Command {
	var e appliance.LogbookEntry
	var kind string
	var devices, files []string
	cmd := &cobra.Command{
		Use: "add TEXT", Short: "Write an entry", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			wanted, err := logbookKinds([]string{kind}, appliance.LogbookByHand)
			if err != nil {
				return err
			}
			e.Kind, e.Text = wanted[0], given[0]
			for _, path := range files {
				ref, err := fileRef(path)
				if err != nil {
					return err
				}
				e.Files = append(e.Files, ref)
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				got, err := ops.AddLogbook(cmd.Context(), e, devices)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "entry %d\n", got.Seq)
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", string(appliance.LogbookNote), "what kind of entry: "+joinKinds(appliance.LogbookByHand))
	f.StringSliceVar(&devices, "device", nil, "name of a device that the work was on; may be given several times")
	f.StringSliceVar(&files, "file", nil, "file that belongs to it: name, size and SHA-256 are noted, the file is not kept; may be given several times")
	f.StringVar(&e.Subject, "subject", "", "what the work was on, when it is no device")
	f.StringVar(&e.Reason, "reason", "", "why it was done")
	f.IntVar(&e.Minutes, "minutes", 0, "how long it took")
	f.StringVar(&e.Ticket, "ticket", "", "reference of a ticket")
	f.StringVar(&e.Party, "party", "", "whose work it was: customer, provider or a firm's name")
	f.Uint64Var(&e.Corrects, "corrects", 0, "number of the entry that this one corrects")
	return cmd
}

// fileRef reads a file through for its hash.
func fileRef(path string) (ref appliance.LogbookFileRef, err error) {
	f, err := os.Open(path)
	if err != nil {
		return ref, err
	}
	defer f.Close()
	sum := sha256.New()
	if ref.Bytes, err = io.Copy(sum, f); err != nil {
		return ref, fmt.Errorf("read %s: %w", path, err)
	}
	ref.Name, ref.SHA256 = filepath.Base(path), hex.EncodeToString(sum.Sum(nil))
	return ref, nil
}

func logbookExport(data *string) *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Print the whole logbook in a form that can be verified without us", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				return ops.ExportLogbook(cmd.Context(), cmd.OutOrStdout())
			})
		},
	}
}

func logbookVerify(data *string) *cobra.Command {
	var asJSON bool
	var noted logbook.Noted
	var checkpoint, file string
	cmd := &cobra.Command{
		Use: "verify [EXPORT]", Short: "Check an export, or the store's logbook, against its signatures", Args: args(cobra.MaximumNArgs(1)),
		Long: "Checks every entry against the signatures and names the first one that does not fit. With a file nothing else is needed:\nneither a store nor a network.",
		RunE: func(cmd *cobra.Command, given []string) error {
			if len(given) == 0 && (noted.Key != "" || checkpoint != "" || file != "") {
				return usageError{errors.New("--key, --checkpoint and --file are for an export; name its file")}
			}
			if len(given) == 1 {
				r, err := verifyExport(given[0], noted, checkpoint)
				if err != nil {
					return err
				}
				if err := printReport(cmd.OutOrStdout(), r, asJSON); err != nil || file == "" {
					return err
				}
				return findFile(cmd.ErrOrStderr(), given[0], file)
			}
			return withOps(cmd.Context(), *data, func(ops control.Ops) error {
				r, err := ops.VerifyLogbook(cmd.Context())
				if err != nil {
					return err
				}
				return printReport(cmd.OutOrStdout(), r, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&file, "file", "", "file of which is said which entries of the export name it")
	cmd.Flags().StringVar(&noted.Key, "key", "", "public key that the log must be signed with")
	cmd.Flags().StringVar(&checkpoint, "checkpoint", "", "file with a checkpoint of an earlier day, which the log must agree with")
	return cmd
}

// findFile says which entries name a file by what is in it.
func findFile(w io.Writer, export, path string) error {
	ref, err := fileRef(path)
	if err != nil {
		return err
	}
	f, err := os.Open(export)
	if err != nil {
		return err
	}
	defer f.Close()
	entries, err := logbook.Naming(f, ref.SHA256)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		fmt.Fprintf(w, "no entry names %s as it is (SHA-256 %s)\n", path, ref.SHA256)
		return exit(1)
	}
	for _, seq := range entries {
		fmt.Fprintf(w, "%s is the file of entry %d\n", path, seq)
	}
	return nil
}

func verifyExport(path string, noted logbook.Noted, checkpoint string) (r appliance.LogbookReport, err error) {
	if checkpoint != "" {
		b, err := os.ReadFile(checkpoint)
		if err != nil {
			return r, err
		}
		noted.Checkpoint = string(b)
	}
	f, err := os.Open(path)
	if err != nil {
		return r, err
	}
	defer f.Close()
	if r, err = logbook.Verify(f, noted, time.Now()); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func printReport(w io.Writer, r appliance.LogbookReport, asJSON bool) error {
	switch {
	case asJSON:
		if err := printJSON(w, r); err != nil {
			return err
		}
	case r.Fits():
		fmt.Fprintf(w, "%d entries, all fit\n", r.Entries)
		if r.Root != "" {
			fmt.Fprintln(w, "root", r.Root)
		}
		for _, k := range r.Keys {
			fmt.Fprintln(w, "key", plain(k))
		}
	default:
		fmt.Fprintf(w, "entry %d does not fit: %s\n", r.Bad, plain(r.Fault))
	}
	if !r.Fits() {
		return exit(1)
	}
	return nil
}
