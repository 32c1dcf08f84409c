// Package names knows MIB objects by their names: those of the standard MIBs that ship inside, and those that the profiles read. With
// it walks and traps are readable, and a recording can leave out what tells whose device it was taken from.
package names

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"siteward/internal/lazyregexp"
	"siteward/probes/snmp/mib"
)

// Object is a named node of the tree.
type Object struct {
	OID   mib.OID
	Name  string
	Words map[int64]string // of its numbers
	Hides Hidden
}

// Hidden is what an object tells that a recording need not: "" is nothing.
type Hidden string

// What is hidden.
const (
	HideName     Hidden = "name"
	HidePlace    Hidden = "place"
	HideContact  Hidden = "contact"
	HideSerial   Hidden = "serial"
	HideMAC      Hidden = "mac"
	HideMACIndex Hidden = "macindex" // of a table: the last six numbers of its index are a hardware address
)

// Table is a set of named objects. It does not change after it was made and may be shared.
type Table struct {
	byOID  map[mib.OID]*Object
	byName map[string]mib.OID // lower case
}

// New makes a table of the *.txt of a folder and of more objects. The first that names an OID counts, words and hints of others are
// added where it has none.
func New(files fs.FS, more ...Object) (*Table, error) {
	t := &Table{byOID: map[mib.OID]*Object{}, byName: map[string]mib.OID{}}
	paths, err := fs.Glob(files, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("list names of objects: %w", err)
	}
	for _, path := range paths {
		f, err := files.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read names of objects: %w", err)
		}
		objects, err := Parse(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		t.add(objects)
	}
	t.add(more)
	return t, nil
}

func (t *Table) add(objects []Object) {
	for i := range objects {
		o := objects[i]
		old := t.byOID[o.OID]
		if old == nil {
			t.byOID[o.OID] = &o
			old = &o
		}
		if old.Words == nil {
			old.Words = o.Words
		}
		if old.Hides == "" {
			old.Hides = o.Hides
		}
		if key := strings.ToLower(o.Name); t.byName[key] == "" {
			t.byName[key] = o.OID
		}
	}
}

// find gives the deepest named node at or above an OID.
func (t *Table) find(o mib.OID) *Object {
	for o != "" {
		if n := t.byOID[o]; n != nil {
			return n
		}
		i := strings.LastIndexByte(string(o), '.')
		if i < 0 {
			return nil
		}
		o = o[:i]
	}
	return nil
}

// Name writes an OID with the name of the deepest node that has one: "ifDescr.3". Without one it stays as it is.
func (t *Table) Name(o mib.OID) string {
	n := t.find(o)
	if n == nil {
		return string(o)
	}
	return n.Name + string(o[len(n.OID):])
}

// Object gives the name of the object that an instance belongs to, "" when only something above it has a name.
func (t *Table) Object(o mib.OID) string {
	n := t.find(o)
	if n == nil || general(n.OID) {
		return ""
	}
	return n.Name
}

// general says that a node is a root of many MIBs, which says nothing about an instance: mib-2, enterprises, a vendor.
func general(o mib.OID) bool {
	rest := o.Suffix("1.3.6.1.4.1")
	return rest != "" && !strings.Contains(rest, ".") || strings.Count(string(o), ".") < 6
}

// Word is the MIB's word for a number of an object, "" when there is none.
func (t *Table) Word(o mib.OID, n int64) string {
	if x := t.find(o); x != nil {
		return x.Words[n]
	}
	return ""
}

// Hides is what an instance tells that a recording need not.
func (t *Table) Hides(o mib.OID) Hidden {
	if n := t.find(o); n != nil {
		return n.Hides
	}
	return ""
}

// MACIndex says that the last six numbers of an instance are a hardware address.
func (t *Table) MACIndex(o mib.OID) bool {
	for base := o; base != ""; {
		if n := t.byOID[base]; n != nil && n.Hides == HideMACIndex {
			return true
		}
		i := strings.LastIndexByte(string(base), '.')
		if i < 0 {
			return false
		}
		base = base[:i]
	}
	return false
}

var nameForm = lazyregexp.New(`^([A-Za-z][A-Za-z0-9_-]{0,63})((?:\.[0-9]+)*)$`)

// dotted says that a text is an OID in dotted decimal: 2 to 128 numbers below 2^32 without leading zeros.
func dotted(s string) bool {
	arcs := strings.Split(s, ".")
	for _, a := range arcs {
		if n, err := strconv.ParseUint(a, 10, 32); err != nil || strconv.FormatUint(n, 10) != a {
			return false
		}
	}
	return len(arcs) >= 2 && len(arcs) <= 128 && len(arcs[0]) == 1 && arcs[0][0] <= '2'
}

// OID reads an OID in dotted decimal, with or without a leading dot, or the name of an object with what follows it: "ifDescr.3".
func (t *Table) OID(text string) (mib.OID, error) {
	text = strings.TrimSpace(text)
	if plain := strings.TrimPrefix(text, "."); dotted(plain) {
		return mib.OID(plain), nil
	}
	m := nameForm.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("%q is neither an OID (1.3.6.1.2.1.1) nor a name (system, ifDescr.3)", text)
	}
	o, ok := t.byName[strings.ToLower(m[1])]
	if !ok {
		return "", fmt.Errorf("no object is known by the name %q; write its OID", m[1])
	}
	if o += mib.OID(m[2]); !dotted(string(o)) {
		return "", fmt.Errorf("%q is no OID", o)
	}
	return o, nil
}

// Parse reads a list of objects: see embed/mib/standard.txt.
func Parse(r io.Reader) ([]Object, error) {
	var out []Object
	var base mib.OID
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		if len(fields) < 2 {
			return nil, fmt.Errorf("line %d: an OID and a name are needed", n)
		}
		o := Object{OID: mib.OID(fields[0]), Name: fields[1]}
		if line[0] == ' ' {
			o.OID = base + "." + o.OID
		} else {
			base = o.OID
		}
		if !dotted(string(o.OID)) || !nameForm.MatchString(o.Name) {
			return nil, fmt.Errorf("line %d: %q is no OID, or %q no name", n, o.OID, o.Name)
		}
		if err := o.rest(fields[2:]); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, o)
	}
	return out, lines.Err()
}

func (o *Object) rest(fields []string) error {
	for _, f := range fields {
		if hidden, ok := strings.CutPrefix(f, "@"); ok {
			o.Hides = Hidden(hidden)
			continue
		}
		word, number, _ := strings.Cut(f, "=")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is neither word=number nor @what", f)
		}
		if o.Words == nil {
			o.Words = map[int64]string{}
		}
		o.Words[n] = word
	}
	return nil
}
