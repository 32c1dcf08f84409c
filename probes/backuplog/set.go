package backuplog

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Set is all formats that are known. It does not change and may be shared.
type Set struct {
	formats []*Format
	once    sync.Once
	found   *automaton
	refs    [][]ref // of each anchor: the patterns it may belong to
}

// ref is a pattern: a rule of a format, or a document rule.
type ref struct {
	format, rule int
	doc          bool
}

// Load reads all *.yaml of the given folders. A format of a later folder replaces one of the same name, so that users may
// correct what ships. The errors are *appliance.Error that name file, line and column.
func Load(fsys ...fs.FS) (*Set, error) {
	files := map[string]*file{}
	var errs []error
	for _, dir := range fsys {
		if err := readAll(dir, files); err != nil {
			errs = append(errs, err)
		}
	}
	s, bad := newSet(files)
	if errs = append(errs, bad...); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

func newSet(files map[string]*file) (*Set, []error) {
	var errs []error
	s := &Set{}
	for _, f := range files {
		c, bad := compile(f)
		errs = append(errs, bad...)
		s.formats = append(s.formats, c)
	}
	slices.SortFunc(s.formats, func(a, b *Format) int { return cmp.Compare(a.Name, b.Name) })
	return s, errs
}

// Formats lists what is known, by name.
func (s *Set) Formats() []*Format { return s.formats }

// With gives a set that also has the given formats, which win over those of the same name.
func (s *Set) With(more ...*Format) *Set {
	n := &Set{}
	for _, f := range s.formats {
		if !slices.ContainsFunc(more, func(m *Format) bool { return m.Name == f.Name }) {
			n.formats = append(n.formats, f)
		}
	}
	n.formats = append(n.formats, more...)
	slices.SortFunc(n.formats, func(a, b *Format) int { return cmp.Compare(a.Name, b.Name) })
	return n
}

// CompileFormat checks one format.
func CompileFormat(b []byte) (*Format, error) {
	f, err := decodeFile("", b)
	if err != nil {
		return nil, err
	}
	c, errs := compile(f)
	return c, errors.Join(errs...)
}

// Where JSON, XML and HTML begin; each at the beginning of a line. They stand before all anchors of formats.
var openings = []string{"\n{", "\r{", "\n[{", "\n[\n", "\n[\r", "<event ", "<event>"}

// automaton builds the search when the first log is read: a running appliance that reads none has not paid for it.
func (s *Set) automaton() (*automaton, [][]ref) {
	s.once.Do(func() {
		texts := slices.Clone(openings)
		number := map[string]int{}
		for i, t := range texts {
			number[t] = i
		}
		refs := make([][]ref, len(texts))
		add := func(text string, r ref) {
			n, known := number[text]
			if !known {
				n = len(texts)
				number[text] = n
				texts, refs = append(texts, text), append(refs, nil)
			}
			if !slices.Contains(refs[n], r) {
				refs[n] = append(refs[n], r)
			}
		}
		for i, f := range s.formats {
			for k, r := range f.rules {
				for _, p := range r.match {
					for _, a := range anchorsOf(p.re.String()) {
						add(a, ref{i, k, false})
					}
				}
			}
			for k, d := range f.docs {
				add(strings.ToLower(d.anchor), ref{i, k, true})
			}
		}
		s.found, s.refs = newAutomaton(texts), refs
	})
	return s.found, s.refs
}
