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

// TestTheWorkedExampleOfProfilesWorks does literally what docs/profiles.md says, and compares what it promises.
func TestTheWorkedExampleOfProfilesWorks(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "profiles.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string) string {
		_, text, found := strings.Cut(string(raw), "```"+kind+"\n")
		text, _, closed := strings.Cut(text, "```")
		if !found || !closed {
			t.Fatalf("no block %s", kind)
		}
		return text
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"beispiel.yaml": block("yaml"), "beispiel.snmprec": block("snmprec")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs strings.Builder
	if code := Main([]string{"profile", "check", filepath.Join(dir, "beispiel.yaml")}, nil, &out, &errs); code != 0 {
		t.Errorf("check: %d %s", code, &out)
	}
	out.Reset()
	if code := Main([]string{"profile", "test", filepath.Join(dir, "beispiel.yaml"), filepath.Join(dir, "beispiel.snmprec")}, nil, &out, &errs); code != 0 {
		t.Errorf("test: %d %s", code, &errs)
	}
	if want := block("text"); out.String() != want {
		t.Errorf("it says\n%swhere the document promises\n%s", &out, want)
	}
}
