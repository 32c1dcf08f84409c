package profile

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"

	"siteward/probes/snmp/mib"
)

// Set is all profiles known to the appliance, in the order in which they win. It does not change after Load and may
// be shared.
type Set struct {
	profiles []*Profile
	byName   map[string]*Profile
	traps    map[mib.OID][]*Trap // by TrapKey, best first
}

// Load reads all *.yaml of the given folders. A profile of a later folder replaces one of the same name, so that users
// may correct what ships with the binary. The errors are *appliance.Error that name file, line and column.
func Load(fsys ...fs.FS) (*Set, error) {
	files := map[string]*file{}
	var errs []error
	for _, dir := range fsys {
		if err := readAll(dir, files); err != nil {
			errs = append(errs, err)
		}
	}
	s, err := compileAll(files)
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

// compileAll makes a set of decoded files.
func compileAll(files map[string]*file) (*Set, error) {
	var errs []error
	s := &Set{byName: map[string]*Profile{}}
	for _, f := range files {
		p, bad := compile(f)
		errs = append(errs, bad...)
		s.profiles = append(s.profiles, p)
		s.byName[p.Name] = p
	}
	for _, f := range files {
		for _, other := range f.Also {
			if s.byName[other] == nil {
				errs = append(errs, invalid(f.path, "also: there is no profile %q", other))
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(s.profiles, func(a, b *Profile) int {
		return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.Name, b.Name))
	})
	s.indexTraps()
	return s, nil
}

// Profiles lists all profiles, best first.
func (s *Set) Profiles() []*Profile { return s.profiles }
