package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"siteward/appliance/control"
	"siteward/appliance/store"
)

func backupCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Write a verified copy of the store into a file", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				size, err := backupTo(given[0], func(f *os.File) error { return ops.Backup(cmd.Context(), f) })
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d bytes, verified\n", given[0], size)
				return err
			})
		},
	}
	dataFlag(cmd, &data)
	return cmd
}

// backupTo writes beside the target and moves it there only when it is whole, verified and synced.
func backupTo(target string, write func(*os.File) error) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(target), ".siteward-backup-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err = write(f); err != nil {
		return 0, err
	}
	if size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return 0, err
	}
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if _, err = store.VerifyBackup(f); err != nil {
		return 0, fmt.Errorf("the backup just written does not verify: %w", err)
	}
	if err = f.Sync(); err != nil {
		return 0, err
	}
	return size, errors.Join(os.Rename(f.Name(), target), f.Close())
}

func restoreCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Make a new store from a backup", Args: args(cobra.ExactArgs(1)),
		Long: "Makes a new store in the --data folder, which must be empty or not exist, from a file that `siteward backup` wrote. The\nnew store is verified before it is moved into place.",
		RunE: func(cmd *cobra.Command, given []string) error {
			f, err := os.Open(given[0])
			if err != nil {
				return err
			}
			defer f.Close()
			if err := asOwner(data, func() error { return store.Restore(cmd.Context(), f, data) }); err != nil {
				return fmt.Errorf("%s: %w", given[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "restored to %s; start it with siteward serve --data %s\n", data, data)
			return err
		},
	}
	dataFlag(cmd, &data)
	return cmd
}

func verifyCommand() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "verify", Short: "Read the whole store against its checksums", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withOps(cmd.Context(), data, func(ops control.Ops) error {
				v, err := ops.Verify(cmd.Context())
				if err != nil {
					return err
				}
				return printVerified(cmd, v, asJSON)
			})
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printVerified(cmd *cobra.Command, v control.Verified, asJSON bool) error {
	w := cmd.OutOrStdout()
	if asJSON {
		if err := printJSON(w, v); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(w, "%d records read\n", v.Records)
		for _, d := range v.Damage {
			fmt.Fprintln(w, "damaged:", d)
		}
	}
	if len(v.Damage) > 0 {
		return exit(1)
	}
	if !asJSON {
		fmt.Fprintln(w, "no damage")
	}
	return nil
}
