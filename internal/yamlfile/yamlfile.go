// Package yamlfile reads YAML that people write for Siteward, such as a device profile or a log format, into structs: strictly
// and within bounds, because the library has none of its own. The site file is read by package config, which keeps every place.
package yamlfile

import (
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"siteward/appliance"
)

// Bounds are the most that a file may be.
type Bounds struct {
	Bytes int // length of the file
	Depth int // lists and pairs within each other
}

// Decode reads a file into a struct with yaml tags. Unknown keys are errors. Anchors and aliases are refused: a few bytes of
// them become gigabytes, and nothing in our files needs them. An error has CodeInvalid and the path as its field.
func Decode(path string, b []byte, most Bounds, into any) (err error) {
	defer func() { // the library falls over tags that it does not know
		if p := recover(); p != nil {
			err = invalid(path, "this is no YAML that can be read: %v", p)
		}
	}()
	if len(b) > most.Bytes {
		return tooLarge(path, most)
	}
	if err := allowed(path, lexer.Tokenize(string(b)), most.Depth); err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(b, into, yaml.Strict()); err != nil {
		return invalid(path, "%s", yaml.FormatError(err, false, false))
	}
	return nil
}

// Read is Decode of a file in a folder. One that is too large is not read first.
func Read(fsys fs.FS, path string, most Bounds, into any) error {
	info, err := fs.Stat(fsys, path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if info.Size() > int64(most.Bytes) {
		return tooLarge(path, most)
	}
	b, err := fs.ReadFile(fsys, path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return Decode(path, b, most, into)
}

func tooLarge(path string, most Bounds) error {
	return invalid(path, "the file is larger than %d KiB; split it", most.Bytes>>10)
}

// allowed looks at the signs of a file before anything is built of them.
func allowed(path string, tokens token.Tokens, depth int) error {
	flow := 0
	for _, tk := range tokens {
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return invalid(path, "[%d:%d] anchors and aliases are not allowed here, write the text out", tk.Position.Line, tk.Position.Column)
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		}
		block := 0
		if flow <= 0 {
			block = column(tk) / 2
		}
		if flow > depth || block > depth {
			return invalid(path, "[%d:%d] the file is nested deeper than %d levels", tk.Position.Line, tk.Position.Column, depth)
		}
	}
	return nil
}

// column is how far an entry of a block is indented; signs that begin none count nothing.
func column(tk *token.Token) int {
	switch {
	case tk.Type == token.SequenceEntryType:
		return tk.Position.Column - 1
	case tk.Type == token.MappingValueType && tk.Prev != nil && tk.Prev.Position != nil && tk.Prev.Position.Line == tk.Position.Line:
		return tk.Prev.Position.Column - 1
	}
	return 0
}

func invalid(path, format string, args ...any) error {
	e := appliance.Errorf(appliance.CodeInvalid, format, args...)
	e.Field = path
	return e
}
