package profile

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// LoadWith reads the profiles of a folder and one file more, which may replace one of the same name, and gives that file's name.
func LoadWith(folder fs.FS, path string, b []byte) (*Set, string, error) {
	f, err := decodeFile(path, b)
	if err != nil {
		return nil, "", err
	}
	files := map[string]*file{}
	if err := readAll(folder, files); err != nil {
		return nil, "", err
	}
	files[f.Name] = f
	set, err := compileAll(files)
	return set, f.Name, err
}

// Trial is what the profiles make of a recorded device: `siteward profile test`.
type Trial struct {
	Profile string            `json:"profile"`
	Applies bool              `json:"applies"`
	Facts   *Facts            `json:"facts"`
	Reading appliance.Reading `json:"reading"`
	Missing []string          `json:"missing,omitempty"` // objects of the profile that the recording does not have
	Rest    []Rest            `json:"rest,omitempty"`    // what is recorded and nobody reads, the most first
}

// Rest is a range of objects.
type Rest struct {
	OID     mib.OID `json:"oid"`
	Name    string  `json:"name,omitempty"`
	Objects int     `json:"objects"`
}

// maxRest bounds how many ranges are told.
const maxRest = 40

// Try asks a recording as a device is asked, and says what became of it. When the profile does not apply by itself it is left out.
func Try(ctx context.Context, set *Set, name string, ask mib.Asker, recorded []mib.Varbind) (Trial, error) {
	t := Trial{Profile: name}
	m, err := set.Identify(ctx, ask)
	if err != nil {
		return t, err
	}
	t.Applies = slices.Contains(m.Names(), name)
	plan, err := m.Discover(ctx, ask)
	if plan == nil {
		return t, err
	}
	if err != nil && !errors.Is(err, mib.ErrPartial) {
		return t, err
	}
	hot, err := ask.Get(ctx, plan.Hot())
	if err != nil {
		return t, err
	}
	cold, err := ask.Get(ctx, plan.Cold())
	if err != nil {
		return t, err
	}
	t.Reading = plan.Interpret(hot, cold)
	t.Facts = plan.Facts(hot, cold)
	t.rest(m, recorded)
	if p := set.byName[name]; p != nil {
		t.missing(p, recorded)
	}
	return t, nil
}

// missing lists the objects of the profile of which nothing is recorded.
func (t *Trial) missing(p *Profile, recorded []mib.Varbind) {
	look := func(s *spec) {
		if !slices.ContainsFunc(recorded, func(v mib.Varbind) bool { return v.OID.Under(s.oid) }) {
			t.Missing = append(t.Missing, s.name)
		}
	}
	for _, s := range p.scalars {
		look(s)
	}
	for _, table := range p.tables {
		for _, s := range table.columns {
			look(s)
		}
	}
}

// rest counts what is recorded below vendors' trees and in MIBs that none of the profiles reads, by table or group.
func (t *Trial) rest(m *Match, recorded []mib.Varbind) {
	read := map[mib.OID]bool{}
	for _, p := range m.Profiles {
		for _, s := range p.scalars {
			read[s.oid] = true
		}
		for _, table := range p.tables {
			for _, s := range table.columns {
				read[s.oid] = true
			}
		}
	}
	counts := map[mib.OID]int{}
	for i := range recorded {
		if !above(read, recorded[i].OID) {
			counts[groupOf(recorded[i].OID)]++
		}
	}
	for o, n := range counts {
		t.Rest = append(t.Rest, Rest{OID: o, Objects: n})
	}
	slices.SortFunc(t.Rest, func(a, b Rest) int { return cmp.Or(b.Objects-a.Objects, mib.Compare(a.OID, b.OID)) })
	t.Rest = t.Rest[:min(len(t.Rest), maxRest)]
}

func above(read map[mib.OID]bool, o mib.OID) bool {
	for o != "" {
		if read[o] {
			return true
		}
		i := strings.LastIndexByte(string(o), '.')
		if i < 0 {
			return false
		}
		o = o[:i]
	}
	return false
}

// groupOf is the branch that an object is counted under: of a vendor's tree four numbers below the vendor, else eight in all.
func groupOf(o mib.OID) mib.OID {
	keep := 8
	if o.Under("1.3.6.1.4.1") {
		keep = 11
	}
	arcs := strings.Split(string(o), ".")
	return mib.OID(strings.Join(arcs[:min(len(arcs), keep)], "."))
}
