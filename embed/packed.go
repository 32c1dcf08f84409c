//go:build packed

package embed

import (
	"archive/zip"
	_ "embed"
	"io/fs"
	"strings"
)

//go:embed files.zip
var archive string

var files = open()

func open() fs.FS {
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		panic("what ships inside cannot be read: " + err.Error()) // a damaged binary
	}
	return z
}
