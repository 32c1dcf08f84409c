package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"siteward/probes/backuplog"
)

func formatCommand() *cobra.Command {
	cmd := group(&cobra.Command{Use: "format", Short: "Log formats of your own: test one against a log"})
	cmd.AddCommand(formatTest())
	return cmd
}

// formatTest reads a log with a format file and what ships: what the page does while a technician types.
func formatTest() *cobra.Command {
	var zone string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "test FORMAT LOG…", Short: "Read logs with a format file and print what they tell",
		Args: args(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				return usageError{fmt.Errorf("--zone %q: write it like Europe/Berlin", zone)}
			}
			text, err := os.ReadFile(filepath.Clean(given[0]))
			if err != nil {
				return fmt.Errorf("read the format: %w", err)
			}
			own, err := backuplog.CompileFormat(text)
			if err != nil {
				return fmt.Errorf("%s: %w", given[0], err)
			}
			set, err := loadFormats(nil)
			if err != nil {
				return err
			}
			o := backuplog.Options{Formats: set.With(own), Product: own.Product, Location: loc, Now: time.Now(), Final: true}
			for _, name := range given[1:] {
				o.Name = name
				if err := printFile(cmd, name, o, asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&zone, "zone", "Local", "time zone of times that name none")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a file")
	return cmd
}
