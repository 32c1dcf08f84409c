package probes

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"siteward/appliance"
)

// Bounds of what a NUT server may answer. A large UPS has some 150 variables, each far below 200 bytes.
const (
	maxNUTLine  = 4 << 10
	maxNUTLines = 4000
)

// nutConn is a conversation with upsd: a line is asked, a line or a list comes back.
type nutConn struct {
	w io.Writer
	r *bufio.Reader
	n int // lines read, over all answers
}

func newNUTConn(rw io.ReadWriter) *nutConn {
	return &nutConn{w: rw, r: bufio.NewReaderSize(rw, maxNUTLine)}
}

// nutError is what upsd answers instead of what was asked for: "ERR DATA-STALE".
type nutError struct{ code string }

func (e *nutError) Error() string { return "ERR " + e.code }

func (c *nutConn) line() (string, error) {
	if c.n++; c.n > maxNUTLines {
		return "", failf(appliance.ReasonProtocol, "the answer goes on after %d lines; this is no NUT server", maxNUTLines)
	}
	b, err := c.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", failf(appliance.ReasonProtocol, "a line of the answer is longer than %d bytes; this is no NUT server", maxNUTLine)
	case err != nil && len(b) > 0 && isTimeout(err):
		return "", &failureError{appliance.Failure{Reason: appliance.ReasonTimeout, Cause: appliance.CauseHalf,
			Detail: fmt.Sprintf("the server stopped in the middle of the line %q", clean(string(b), 100))}}
	case err != nil:
		return "", err
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// ask sends a command and gives the first line of the answer.
func (c *nutConn) ask(words ...string) (string, error) {
	if _, err := io.WriteString(c.w, strings.Join(words, " ")+"\n"); err != nil {
		return "", err
	}
	line, err := c.line()
	if err != nil {
		return "", err
	}
	if code, wrong := strings.CutPrefix(line, "ERR "); wrong {
		code, _, _ = strings.Cut(code, " ")
		return "", &nutError{code}
	}
	return line, nil
}

// list asks for a list and gives its rows, each with what it begins with taken off.
func (c *nutConn) list(what string) ([][]string, error) {
	first, err := c.ask("LIST", what)
	if err != nil {
		return nil, err
	}
	if first != "BEGIN LIST "+what {
		return nil, failf(appliance.ReasonProtocol, "%q is no answer of a NUT server to LIST %s", clean(first, 100), what)
	}
	var rows [][]string
	for {
		line, err := c.line()
		switch {
		case err != nil:
			return rows, err
		case line == "END LIST "+what:
			return rows, nil
		case strings.HasPrefix(line, "ERR "):
			code, _, _ := strings.Cut(line[4:], " ")
			return rows, &nutError{code}
		}
		rest, ok := strings.CutPrefix(line, what+" ")
		if !ok {
			return rows, failf(appliance.ReasonProtocol, "%q does not belong to the answer to LIST %s", clean(line, 100), what)
		}
		rows = append(rows, nutWords(rest))
	}
}

// nutWords takes a line apart: words, some in double quotes, with a backslash before what must be taken as it is.
func nutWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted, escaped, begun := false, false, false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped, begun = true, true
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// nutQuoted is a word as upsd takes it apart again.
func nutQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
