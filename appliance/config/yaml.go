package config

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"siteward/appliance"
)

// Bounds of a site file. The parser knows none of its own: it descends as deep as a file tells it to, and took a
// 9^10 alias bomb without protest.
const (
	maxFile   = 1 << 20
	maxIndent = 64 // columns that a block entry may be indented
	maxFlow   = 8  // brackets within brackets
)

// node is a piece of YAML without anchors, aliases and tags: a text, a list or pairs.
type node struct {
	at    Position
	kind  nodeKind
	text  string
	items []*node
	pairs []pair
}

type pair struct {
	at    Position
	key   string
	value *node
}

type nodeKind uint8

const (
	isNull nodeKind = iota
	isText
	isList
	isMap
)

var kindNames = [...]string{"nothing", "a single value", "a list", "keys with values"}

// readTree reads one bounded document. An empty one is nil.
func readTree(r io.Reader, t *trouble) (root *node) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		t.say(Position{}, appliance.CodeInvalid, "", "cannot be read: %w", err)
		return nil
	case len(raw) > maxFile:
		t.say(Position{}, appliance.CodeTooLarge, "", "is larger than 1 MiB; split the site or take out what is not needed")
		return nil
	case !utf8.Valid(raw):
		t.say(Position{}, appliance.CodeInvalid, "", "is not UTF-8 text; save it as UTF-8")
		return nil
	}
	defer func() { // the parser has panicked on odd input before
		if p := recover(); p != nil {
			root = nil
			t.say(Position{}, appliance.CodeInvalid, "", "cannot be understood as YAML: %v", p)
		}
	}()
	text := strings.TrimPrefix(string(raw), "\ufeff")
	tokens := lexer.Tokenize(text)
	if !allowed(tokens, t) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		t.say(placeOf(err), appliance.CodeInvalid, "", "is not YAML here: %s", sentenceOf(err))
		return nil
	}
	return document(file, t)
}

// allowed looks at the tokens before anything is built of them: no anchors, aliases, merges, tags or odd keys, and
// not deeper than a site file ever is.
func allowed(tokens token.Tokens, t *trouble) bool {
	flow := 0
	for _, tk := range tokens {
		at := place(tk)
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			t.say(at, appliance.CodeInvalid, "", "anchors, aliases and merges (& * <<) are not used in a site file; write it out")
			return false
		case token.TagType, token.DirectiveType, token.MappingKeyType:
			t.say(at, appliance.CodeInvalid, "", "%q is not used in a site file; write plain keys and values", clip(tk.Value))
			return false
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingValueType:
			if flow <= 0 && entryColumn(tk) > maxIndent {
				t.say(at, appliance.CodeInvalid, "", "is nested too deep")
				return false
			}
		}
		if flow > maxFlow {
			t.say(at, appliance.CodeInvalid, "", "is nested too deep")
			return false
		}
	}
	return true
}

// entryColumn is where an entry of a block begins: the dash, or the key before the colon.
func entryColumn(tk *token.Token) int {
	if tk.Type == token.MappingValueType && tk.Prev != nil && tk.Prev.Position != nil && tk.Prev.Position.Line == tk.Position.Line {
		return tk.Prev.Position.Column
	}
	return tk.Position.Column
}

func document(file *ast.File, t *trouble) *node {
	var body ast.Node
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			t.say(place(doc.Body.GetToken()), appliance.CodeInvalid, "", "a second document begins here; a site file is one")
			return nil
		}
		body = doc.Body
	}
	if body == nil {
		return nil
	}
	return tree(body, t)
}

func tree(n ast.Node, t *trouble) *node {
	if n == nil {
		return &node{}
	}
	out := &node{at: place(n.GetToken())}
	switch v := n.(type) {
	case *ast.MappingNode:
		out.kind = isMap
		for _, mv := range v.Values {
			out.add(mv, t)
		}
	case *ast.MappingValueNode:
		out.kind = isMap
		out.add(v, t)
	case *ast.SequenceNode:
		out.kind = isList
		for _, item := range v.Values {
			out.items = append(out.items, tree(item, t))
		}
	case *ast.LiteralNode:
		out.kind, out.text = isText, v.Value.Value
	case *ast.StringNode:
		out.kind, out.text = isText, v.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = isText, n.GetToken().Value
	case *ast.NullNode:
	default:
		t.say(out.at, appliance.CodeInvalid, "", "this kind of YAML is not used in a site file; write plain keys and values")
	}
	if len(out.pairs) > 0 {
		out.at = out.pairs[0].at
	}
	return out
}

func (n *node) add(mv *ast.MappingValueNode, t *trouble) {
	key := mv.Key.GetToken()
	value := tree(mv.Value, t)
	if value.at == (Position{}) || value.kind == isNull {
		value.at = place(key)
	}
	n.pairs = append(n.pairs, pair{at: place(key), key: key.Value, value: value})
}

func place(tk *token.Token) Position {
	if tk == nil || tk.Position == nil {
		return Position{}
	}
	return Position{Line: tk.Position.Line, Column: tk.Position.Column}
}

func placeOf(err error) Position {
	if e, ok := errors.AsType[yaml.Error](err); ok {
		return place(e.GetToken())
	}
	return Position{}
}

func sentenceOf(err error) string {
	if e, ok := errors.AsType[yaml.Error](err); ok {
		return e.GetMessage()
	}
	return fmt.Sprint(err)
}
