package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"testing"
	"testing/fstest"

	"siteward/embed"
)

// TestWhatIsPackedIsWhatWasThere compares the zip with the folders, and one zip with the next.
func TestWhatIsPackedIsWhatWasThere(t *testing.T) {
	var first, second bytes.Buffer
	if err := pack(&first, embed.Files()); err != nil {
		t.Fatal(err)
	}
	if err := pack(&second, embed.Files()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("packed twice, the bytes differ")
	}
	z, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = fs.WalkDir(embed.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		want, err := fs.ReadFile(embed.Files(), name)
		if err != nil {
			return err
		}
		if got, err := fs.ReadFile(z, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes instead of %d, %v", name, len(got), len(want), err)
		}
		return nil
	})
	if err != nil || n != len(z.File) {
		t.Errorf("%d files, %d packed, %v", n, len(z.File), err)
	}
	if err := fstest.TestFS(z, "locales/en/start.json", "templates/layout.html"); err != nil {
		t.Error(err)
	}
}
