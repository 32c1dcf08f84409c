package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
)

// Refused is a file of one's own profiles that cannot be used, and why. Err is made of *appliance.Error that say where.
type Refused struct {
	File string
	Err  error
}

// LoadBeside reads the profiles that ship and a folder of one's own beside them, which may replace shipped ones of the same name. A
// file with a mistake is left out alone: its shipped namesake is used in its place, and all others go on.
func LoadBeside(shipped, own fs.FS) (*Set, []Refused, error) {
	files := map[string]*file{}
	if err := readAll(shipped, files); err != nil {
		return nil, nil, err
	}
	paths, err := fs.Glob(own, "*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("list own profiles: %w", err)
	}
	var refused []Refused
	mine := map[string]*file{}
	for _, path := range paths {
		f, err := usable(own, path, mine)
		if err != nil {
			refused = append(refused, Refused{path, err})
			continue
		}
		mine[f.Name] = f
	}
	refused = append(refused, dropLonely(files, mine)...)
	maps.Copy(files, mine)
	set, err := compileAll(files)
	return set, refused, err
}

// usable reads one file that makes sense by itself.
func usable(own fs.FS, path string, before map[string]*file) (*file, error) {
	f, err := readFile(own, path)
	if err != nil {
		return nil, err
	}
	if other := before[f.Name]; other != nil {
		return nil, invalid(path, "profile %q is also in %s; names are unique", f.Name, other.path)
	}
	if _, bad := compile(f); len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	return f, nil
}

// dropLonely takes out own profiles that go along with one that is not there, again and again: one that is taken out may have been
// what another goes along with.
func dropLonely(shipped, mine map[string]*file) (refused []Refused) {
	for again := true; again; {
		again = false
		for name, f := range mine {
			for _, other := range f.Also {
				if shipped[other] == nil && mine[other] == nil {
					refused = append(refused, Refused{f.path, invalid(f.path, "also: there is no profile %q", other)})
					delete(mine, name)
					again = true
					break
				}
			}
		}
	}
	return refused
}
