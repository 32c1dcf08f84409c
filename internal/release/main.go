// Command release writes the manifest of a release for programs that lie in a folder: `go run ./internal/release -version 1.2.3
// dist/release siteward-amd64 siteward-arm64`. Signing is for whoever holds the key: minisign -Sm dist/release/release.json.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"siteward/appliance/update"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	m := update.Manifest{Form: 1, Product: "siteward", Date: time.Now().UTC().Truncate(time.Second)}
	flag.StringVar(&m.Version, "version", "", "version of the release")
	flag.StringVar(&m.From, "from", "", "the least version that may be updated to it")
	flag.StringVar(&m.Base, "base", "", "https address of the files, for releases that are offered by central")
	flag.StringVar(&m.Notes, "notes", "", "what is new")
	flag.Parse()
	if flag.NArg() < 2 || !update.ValidVersion(m.Version) {
		return fmt.Errorf("use: release -version 1.2.3 FOLDER NAME-ARCH…")
	}
	for _, name := range flag.Args()[1:] {
		f, err := describe(flag.Arg(0), name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(flag.Arg(0), update.ManifestName), append(text, '\n'), 0o644) //nolint:gosec // public
}

func describe(folder, name string) (update.File, error) {
	in, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return update.File{}, err
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	arch := name[strings.LastIndexByte(name, '-')+1:]
	return update.File{OS: "linux", Arch: arch, Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}
