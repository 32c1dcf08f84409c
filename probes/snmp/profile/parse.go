package profile

import (
	"errors"
	"fmt"
	"io/fs"

	"siteward/appliance"
	"siteward/internal/yamlfile"
)

// bounds of a profile file. The greatest of ours has a tenth of it.
var bounds = yamlfile.Bounds{Bytes: 256 << 10, Depth: 16}

// decodeFile reads the YAML of one profile.
func decodeFile(path string, b []byte) (*file, error) {
	f := &file{path: path}
	if err := yamlfile.Decode(path, b, bounds, f); err != nil {
		return nil, err
	}
	return f, nil
}

func invalid(path, format string, args ...any) error {
	e := appliance.Errorf(appliance.CodeInvalid, format, args...)
	e.Field = path
	return e
}

// readAll decodes the profile files of one folder.
func readAll(fsys fs.FS, into map[string]*file) error {
	paths, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return fmt.Errorf("list profiles: %w", err)
	}
	own := map[string]string{}
	var all []error
	for _, path := range paths {
		f, err := readFile(fsys, path)
		if err != nil {
			all = append(all, err)
			continue
		}
		if other := own[f.Name]; other != "" {
			all = append(all, invalid(path, "profile %q is also in %s; names are unique", f.Name, other))
			continue
		}
		own[f.Name] = path
		into[f.Name] = f
	}
	return errors.Join(all...)
}

func readFile(fsys fs.FS, path string) (*file, error) {
	f := &file{path: path}
	if err := yamlfile.Read(fsys, path, bounds, f); err != nil {
		return nil, err
	}
	return f, nil
}
