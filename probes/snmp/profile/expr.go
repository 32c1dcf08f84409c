package profile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// expr is a compiled arithmetic expression over named objects: + - * / ^ ( ), numbers and names. It gives NaN when one
// of its objects is unknown, or when it divides by zero: an unknown number never becomes a known one.
type expr struct {
	ops   []op
	names []string // object names, in the order in which ops refer to them
}

type op struct {
	code  byte // 'n' number, 'v' object, or the operator
	num   float64
	index int
}

// maxOps bounds an expression; eval keeps its stack in an array of that size.
const maxOps = 64

func parseExpr(s string) (*expr, error) {
	p := exprParser{rest: s}
	p.sum()
	if p.next(); p.err == nil && p.rest != "" {
		p.fail("%q is left over", p.rest)
	}
	if p.err == nil && len(p.e.ops) > maxOps {
		p.fail("more than %d steps", maxOps)
	}
	if p.err != nil {
		return nil, fmt.Errorf("expression %q: %w", s, p.err)
	}
	return &p.e, nil
}

type exprParser struct {
	rest  string
	e     expr
	depth int
	err   error
}

func (p *exprParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// next skips blanks and gives the next character, 0 at the end.
func (p *exprParser) next() byte {
	p.rest = strings.TrimLeft(p.rest, " \t\n")
	if p.rest == "" || p.err != nil {
		return 0
	}
	return p.rest[0]
}

func (p *exprParser) sum() {
	p.product()
	for c := p.next(); c == '+' || c == '-'; c = p.next() {
		p.rest = p.rest[1:]
		p.product()
		p.e.ops = append(p.e.ops, op{code: c})
	}
}

func (p *exprParser) product() {
	p.power()
	for c := p.next(); c == '*' || c == '/'; c = p.next() {
		p.rest = p.rest[1:]
		p.power()
		p.e.ops = append(p.e.ops, op{code: c})
	}
}

func (p *exprParser) power() {
	p.factor()
	if p.next() == '^' {
		p.rest = p.rest[1:]
		p.factor()
		p.e.ops = append(p.e.ops, op{code: '^'})
	}
}

func (p *exprParser) factor() {
	switch c := p.next(); {
	case c == '(':
		if p.depth++; p.depth > maxOps {
			p.fail("too many brackets")
			return
		}
		p.rest = p.rest[1:]
		p.sum()
		if p.next() != ')' {
			p.fail("a bracket is not closed")
			return
		}
		p.rest = p.rest[1:]
		p.depth--
	case c >= '0' && c <= '9':
		p.number()
	case isNameByte(c):
		p.name()
	default:
		p.fail("expected a number or an object name at %q", p.rest)
	}
}

func (p *exprParser) number() {
	n := 0
	for n < len(p.rest) && (p.rest[n] >= '0' && p.rest[n] <= '9' || p.rest[n] == '.') {
		n++
	}
	v, err := strconv.ParseFloat(p.rest[:n], 64)
	if err != nil {
		p.fail("%q is not a number", p.rest[:n])
	}
	p.rest = p.rest[n:]
	p.e.ops = append(p.e.ops, op{code: 'n', num: v})
}

func (p *exprParser) name() {
	n := 0
	for n < len(p.rest) && isNameByte(p.rest[n]) {
		n++
	}
	p.e.ops = append(p.e.ops, op{code: 'v', index: len(p.e.names)})
	p.e.names = append(p.e.names, p.rest[:n])
	p.rest = p.rest[n:]
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// eval computes the expression; value gives the number of the i-th name.
func (e *expr) eval(value func(i int) float64) float64 {
	var stack [maxOps + 1]float64
	top := 0
	for _, o := range e.ops {
		switch o.code {
		case 'n':
			stack[top] = o.num
			top++
			continue
		case 'v':
			stack[top] = value(o.index)
			top++
			continue
		}
		a, b := stack[top-2], stack[top-1]
		top--
		stack[top-1] = apply(o.code, a, b)
	}
	if v := stack[0]; !math.IsInf(v, 0) {
		return v
	}
	return math.NaN()
}

func apply(code byte, a, b float64) float64 {
	switch code {
	case '+':
		return a + b
	case '-':
		return a - b
	case '*':
		return a * b
	case '^':
		if math.IsNaN(a) {
			return a // math.Pow(NaN, 0) is 1
		}
		return math.Pow(a, b)
	}
	if b == 0 {
		return math.NaN()
	}
	return a / b
}
