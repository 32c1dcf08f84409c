// Command pack puts what embed carries into one zip file, with which a release is 1.2 MB smaller: `make build` runs it.
// The same files give the same bytes, so that a build can be repeated.
package main

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"siteward/embed"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pack FILE.zip")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func write(name string) error {
	f, err := os.CreateTemp(path.Dir(name), ".pack-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has its name by then
	if err := pack(f, embed.Files()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// packed are the endings of files that are compressed in themselves.
var packed = []string{".woff2", ".png", ".gz"}

func pack(w io.Writer, files fs.FS) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		h := &zip.FileHeader{Name: name, Method: zip.Deflate} // no time: it would differ each time
		if slices.Contains(packed, path.Ext(name)) {
			h.Method = zip.Store
		}
		out, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		_, err = out.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	return z.Close()
}
