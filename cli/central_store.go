//go:build central

package cli

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"siteward/central/store"
)

func centralBackupCommand(at *centralAt) *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write a verified copy of everything into a file", Args: args(cobra.ExactArgs(1)),
		Long: "Writes everything that central knows into a file, which either store reads: a backup of a folder can be restored into\nPostgreSQL and the other way round. It may run while central runs.",
		RunE: func(cmd *cobra.Command, given []string) error {
			f, err := os.CreateTemp(filepath.Dir(given[0]), ".siteward-backup-*")
			if err != nil {
				return err
			}
			err = writeCentralBackup(cmd, at, f)
			if err == nil {
				err = f.Sync()
			}
			if err != nil {
				return errors.Join(err, f.Close(), os.Remove(f.Name()))
			}
			if err := errors.Join(f.Close(), os.Rename(f.Name(), given[0])); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: verified\n", given[0])
			return err
		},
	}
}

func writeCentralBackup(cmd *cobra.Command, at *centralAt, f *os.File) error {
	err := at.client(cmd.Context(), func(c *http.Client) error {
		c.Timeout = 0 // as long as it takes
		req, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, "http://central/api/v1/backup", nil)
		if err != nil {
			return err
		}
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("central answered %s", res.Status)
		}
		_, err = io.Copy(f, res.Body)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, _, err := store.VerifyBackup(cmd.Context(), f); err != nil {
		return fmt.Errorf("the backup just written does not verify: %w", err)
	}
	return nil
}

func centralRestoreCommand(at *centralAt) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Load a backup into an empty store", Args: args(cobra.ExactArgs(1)),
		Long: "Checks a backup to its end and loads it into a store that holds nothing: a new folder or an empty database. What is there is\nnever written over, and when something goes wrong the store is empty as before.",
		RunE: func(cmd *cobra.Command, given []string) error {
			f, err := os.Open(given[0])
			if err != nil {
				return err
			}
			defer f.Close()
			made, _, err := store.VerifyBackup(cmd.Context(), f) // before anything is written
			if err != nil {
				return fmt.Errorf("%s: %w", given[0], err)
			}
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				return err
			}
			return asOwner(at.data, func() error {
				s, err := at.open(cmd.Context())
				if err != nil {
					return err
				}
				if err := errors.Join(store.Restore(cmd.Context(), s, f), s.Close()); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "restored the backup of %s; sites send again what came after it\n", made.Local().Format(time.DateTime))
				return err
			})
		},
	}
}

func centralHealthCommand() *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use: "health", Short: "Say whether the running central takes reports", Args: args(cobra.NoArgs),
		Long: "Asks /readyz of the running central. Exit code 0 when it takes reports, 1 when it does not.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := &http.Client{Timeout: 15 * time.Second}
			req, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, url+"/readyz", nil)
			if err != nil {
				return err
			}
			res, err := c.Do(req)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("central at %s answers %s", url, res.Status)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "ok")
			return err
		},
	}
	cmd.Flags().StringVar(&url, "url", "http://127.0.0.1:8430", "address of the central")
	return cmd
}
