package ui

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// check walks the parsed templates of a set: every template that is called must be defined, and every word asked for by a
// literal key must be there. Both would otherwise show up when somebody opens the page.
func check(set *template.Template, l *Lang) error {
	for _, t := range set.Templates() {
		if t.Tree == nil {
			continue
		}
		var first error
		walk(t.Tree.Root, func(n parse.Node) {
			if err := checkNode(n, set, l); err != nil && first == nil {
				first = fmt.Errorf("%s: %w", t.Name(), err)
			}
		})
		if first != nil {
			return first
		}
	}
	return nil
}

func checkNode(n parse.Node, set *template.Template, l *Lang) error {
	switch n := n.(type) {
	case *parse.TemplateNode:
		if set.Lookup(n.Name) == nil {
			return fmt.Errorf("calls template %q, which is not there", n.Name)
		}
	case *parse.CommandNode:
		if key := wordKey(n); key != "" && !l.has(key) {
			return fmt.Errorf("%s has no words for %q", l.Tag, key)
		}
	}
	return nil
}

// wordKey is the literal key of a call of T, or nothing.
func wordKey(c *parse.CommandNode) string {
	if len(c.Args) < 2 {
		return ""
	}
	if id, ok := c.Args[0].(*parse.IdentifierNode); !ok || id.Ident != "T" {
		return ""
	}
	if s, ok := c.Args[1].(*parse.StringNode); ok {
		return s.Text
	}
	return ""
}

// walk visits every node below n, pipelines and their nested calls included.
func walk(n parse.Node, visit func(parse.Node)) {
	visit(n)
	for _, child := range children(n) {
		walk(child, visit)
	}
}

func children(n parse.Node) []parse.Node {
	switch n := n.(type) {
	case *parse.ListNode:
		return n.Nodes
	case *parse.ActionNode:
		return []parse.Node{n.Pipe}
	case *parse.PipeNode:
		return nodes(n.Cmds)
	case *parse.CommandNode:
		return n.Args
	case *parse.TemplateNode:
		return present(n.Pipe, nil, nil)
	case *parse.IfNode:
		return present(n.Pipe, n.List, n.ElseList)
	case *parse.RangeNode:
		return present(n.Pipe, n.List, n.ElseList)
	case *parse.WithNode:
		return present(n.Pipe, n.List, n.ElseList)
	}
	return nil
}

func nodes[N parse.Node](in []N) []parse.Node {
	out := make([]parse.Node, len(in))
	for i, n := range in {
		out[i] = n
	}
	return out
}

// present leaves out what a branch does not have; a nil pointer inside an interface would not be nil.
func present(pipe *parse.PipeNode, list, other *parse.ListNode) []parse.Node {
	var out []parse.Node
	if pipe != nil {
		out = append(out, pipe)
	}
	if list != nil {
		out = append(out, list)
	}
	if other != nil {
		out = append(out, other)
	}
	return out
}
