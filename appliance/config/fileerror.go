package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"siteward/appliance"
)

// maxProblems of one file are told.
const maxProblems = 50

// Problem is one thing wrong with a file.
type Problem struct {
	At  Position
	Err *appliance.Error
}

// FileError is everything wrong with a file, by place.
type FileError struct {
	File     string
	Problems []Problem
}

// Error is a line for each problem: "site.yaml:12:5: kind: "swich" is not known here; use one of …".
func (e *FileError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.line(p))
	}
	return b.String()
}

func (e *FileError) line(p Problem) string {
	if p.At.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, p.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, p.At.Line, p.At.Column, p.Err)
}

// As makes one *appliance.Error of all problems, so that whoever passes on only that loses no line of them. Its code is
// the first one's.
func (e *FileError) As(target any) bool {
	to, ok := target.(**appliance.Error)
	if ok {
		*to = &appliance.Error{Code: e.Problems[0].Err.Code, Message: appliance.Message{English: e.Error()}}
	}
	return ok
}

// trouble collects the problems of a file.
type trouble struct {
	file     string
	problems []Problem
}

func (t *trouble) add(at Position, err *appliance.Error) {
	t.problems = append(t.problems, Problem{At: at, Err: err})
}

func (t *trouble) say(at Position, code appliance.Code, field, format string, args ...any) {
	err := appliance.Errorf(code, format, args...)
	err.Field = field
	t.add(at, err)
}

// err is nil when nothing is wrong.
func (t *trouble) err() error {
	if len(t.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(t.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	if more := len(t.problems) - maxProblems; more > 0 {
		t.problems = t.problems[:maxProblems]
		t.say(Position{}, appliance.CodeInvalid, "", "%d more problems; mend these first", more)
	}
	return &FileError{File: t.file, Problems: t.problems}
}
