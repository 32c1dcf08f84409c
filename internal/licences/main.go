// Command licences prints what must go with the binary: name, version, licence and notice of every Go module that is linked
// into it. `make package` puts the output beside the binary. It keeps nothing.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "Siteward's binary contains the Go standard library and the modules below, each with its licence and notice.")
	root, err := list("env", "GOROOT")
	if err != nil {
		return err
	}
	if err := section(out, "Go standard library", strings.TrimSpace(root)); err != nil {
		return err
	}
	modules, err := list("list", "-tags", "gosnmp_nodebug,central", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}", ".")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for line := range strings.Lines(modules) {
		name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || seen[name] || strings.HasPrefix(name, "siteward ") || name == "siteward" {
			continue
		}
		seen[name] = true
		if err := section(out, name, dir); err != nil {
			return err
		}
	}
	return out.Flush()
}

func list(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	return string(b), err
}

// section writes the licence and notice files of a module's folder; a module without one is an error.
func section(w io.Writer, name, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	found := false
	for _, f := range files {
		base := strings.ToUpper(filepath.Base(f))
		licence := strings.HasPrefix(base, "LICEN") || strings.HasPrefix(base, "COPYING")
		if !licence && !strings.HasPrefix(base, "NOTICE") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		found = found || licence
		fmt.Fprintf(w, "\n%s\n%s: %s\n\n%s\n", strings.Repeat("=", 78), name, filepath.Base(f), bytes.TrimSpace(text))
	}
	if !found {
		return fmt.Errorf("%s has no licence file", name)
	}
	return nil
}
