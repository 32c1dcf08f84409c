package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"siteward/internal/peer"
)

// TestEveryCommandAndFlagIsDescribed looks for each in docs/cli.md, and for a sentence in --help.
func TestEveryCommandAndFlagIsDescribed(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s has no description", cmd.CommandPath())
		}
		if !strings.Contains(text, "`"+cmd.Name()+"`") && !strings.Contains(text, cmd.CommandPath()) {
			t.Errorf("docs/cli.md does not name %s", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("--%s of %s has no description", f.Name, cmd.CommandPath())
			}
			if f.Name != "help" && f.Name != "no-descriptions" && !strings.Contains(text, "--"+f.Name) {
				t.Errorf("docs/cli.md does not name --%s of %s", f.Name, cmd.CommandPath())
			}
		})
		for _, c := range cmd.Commands() {
			if c.Name() != "help" {
				walk(c)
			}
		}
	}
	for _, c := range newRoot().Commands() {
		if c.Name() != "help" {
			walk(c)
		}
	}
}
