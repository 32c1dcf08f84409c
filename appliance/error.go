package appliance

import (
	"errors"
	"fmt"
)

// Code sorts errors by who can mend them. One table in ui turns codes into HTTP status, one in cli into exit codes.
type Code string

// The codes. An error without a code is ours to mend and goes to the log.
const (
	CodeInvalid      Code = "invalid"       // what was entered cannot be used; the message says what to enter
	CodeNotFound     Code = "not_found"     // no such record
	CodeConflict     Code = "conflict"      // somebody else has it, or it exists already
	CodeUnauthorized Code = "unauthorized"  // not signed in
	CodeForbidden    Code = "forbidden"     // signed in, but the role does not allow it
	CodeTooMany      Code = "too_many"      // throttled; try later
	CodeTooLarge     Code = "too_large"     // beyond a size limit
	CodeReadOnly     Code = "read_only"     // the store takes no writes for now (disk full, failed sync)
	CodeUnavailable  Code = "unavailable"   // not ready yet, or stopping
	CodeOwnedByFile  Code = "owned_by_file" // the site file owns this object; change it there or take it over
)

// Message is a sentence in whatever language the reader has: a key of the locale files and what to put in.
// English is what stands in logs and on the command line.
type Message struct {
	Key     string         `json:"key"`
	Args    map[string]any `json:"args,omitempty"`
	English string         `json:"text,omitempty"`
}

// Error is an error that a person may read. Field names the form field or file path it belongs to, Err is for the log.
type Error struct {
	Code    Code
	Field   string
	Message Message
	Err     error
}

// Error is the English sentence.
func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message.English
	}
	return e.Field + ": " + e.Message.English
}

// Unwrap gives the cause, which is for the log only.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes a coded error with an English sentence. A %w operand becomes the cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: Message{English: err.Error()}, Err: errors.Unwrap(err)}
}

// Invalid makes a CodeInvalid error for one field, with the locale key of its sentence.
func Invalid(field, key, english string, args map[string]any) *Error {
	return &Error{Code: CodeInvalid, Field: field, Message: Message{Key: key, Args: args, English: english}}
}

// CodeOf gives the code of an error, or "" when it has none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// ErrNotFound is what Find-like functions wrap when there is no such record.
var ErrNotFound = &Error{Code: CodeNotFound, Message: Message{Key: "error.not_found", English: "there is no such record"}}
