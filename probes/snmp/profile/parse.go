package profile

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"siteward/appliance"
)

// Bounds of a profile file. The greatest of ours has a tenth of it.
const (
	maxFile  = 256 << 10
	maxDepth = 16
)

// decodeFile reads the YAML of one profile. Anchors and aliases are refused: nothing in a profile needs them, and a
// few bytes of them become gigabytes.
func decodeFile(path string, b []byte) (f *file, err error) {
	defer func() { // the library falls over tags that it does not know
		if p := recover(); p != nil {
			f, err = nil, invalid(path, "this is no YAML that can be read: %v", p)
		}
	}()
	if len(b) > maxFile {
		return nil, invalid(path, "the file is larger than %d KiB; split it by family of devices", maxFile>>10)
	}
	if depth(b) > maxDepth {
		return nil, invalid(path, "the file is nested deeper than %d levels", maxDepth)
	}
	tree, err := parser.ParseBytes(b, 0)
	if err != nil {
		return nil, invalid(path, "%s", yaml.FormatError(err, false, false))
	}
	for _, doc := range tree.Docs {
		guard := guard{}
		if doc.Body != nil {
			ast.Walk(&guard, doc.Body)
		}
		if guard.found != "" {
			return nil, invalid(path, "%s; anchors and aliases are not allowed here, write the text out", guard.found)
		}
	}
	f = &file{path: path}
	if err := yaml.UnmarshalWithOptions(b, f, yaml.Strict()); err != nil {
		return nil, invalid(path, "%s", yaml.FormatError(err, false, false))
	}
	return f, nil
}

func invalid(path, format string, args ...any) error {
	e := appliance.Errorf(appliance.CodeInvalid, format, args...)
	e.Field = path
	return e
}

// guard finds the first anchor or alias of a document.
type guard struct{ found string }

func (g *guard) Visit(n ast.Node) ast.Visitor {
	if g.found != "" {
		return nil
	}
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		at := n.GetToken().Position
		g.found = fmt.Sprintf("[%d:%d] %s", at.Line, at.Column, n.Type())
		return nil
	}
	return g
}

// depth is an upper bound of the nesting: of brackets, which cost a parser's stack, and of indentation.
func depth(b []byte) int {
	var open, deepest, dashes int
	indent, start := 0, true
	for _, c := range b {
		switch {
		case c == '\n':
			indent, dashes, start = 0, 0, true
			continue
		case start && c == ' ':
			indent++
		case start && c == '-':
			dashes++
		default:
			start = false
		}
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open = max(open-1, 0)
		}
		deepest = max(deepest, open, indent/2, dashes/3)
	}
	return deepest
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
	info, err := fs.Stat(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	if info.Size() > maxFile {
		return nil, invalid(path, "the file is larger than %d KiB; split it by family of devices", maxFile>>10)
	}
	b, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	return decodeFile(path, b)
}
