package message

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Answer is what central says to a batch that it took.
type Answer struct {
	// Acknowledged is the highest sequence number up to which everything has arrived. It need not be sent again.
	Acknowledged uint64    `json:"acknowledged"`
	Outbox       string    `json:"outbox,omitempty"` // whose number that is
	Received     time.Time `json:"received"`         // by central's clock
	// Offers are what the site may fetch, if it likes.
	Offers []json.RawMessage `json:"offers,omitempty"`
	// Cosigned is the newest checkpoint of the logbook with central's signature below.
	Cosigned string `json:"cosigned,omitempty"`
	// Copy counts the copies of the logbook that central has begun anew: one that the site has not heard of yet wants all entries again.
	Copy uint64 `json:"copy,omitempty"`
}

// Code says why a batch was not taken.
type Code string

// The codes.
const (
	CodeUnknownSite  Code = "unknown_site"
	CodeBadSignature Code = "bad_signature"
	CodeKeyRevoked   Code = "key_revoked"
	CodeGap          Code = "gap"       // Expected is the number that has to come
	CodeBehind       Code = "behind"    // central has less than it had acknowledged; Expected as with gap
	CodeSchema       Code = "schema"    // the site goes on with the next event only after an update of central
	CodeTooLarge     Code = "too_large" // send fewer at a time
	CodeSlowDown     Code = "slow_down" // see Retry-After
	CodeInvalid      Code = "invalid"   // it cannot be read
	CodeUnavailable  Code = "unavailable"
)

// Status is the status of HTTP that goes with a code.
func (c Code) Status() int {
	switch c {
	case CodeUnknownSite:
		return http.StatusNotFound
	case CodeBadSignature, CodeKeyRevoked:
		return http.StatusUnauthorized
	case CodeGap, CodeBehind:
		return http.StatusConflict
	case CodeSchema:
		return http.StatusUnprocessableEntity
	case CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case CodeSlowDown:
		return http.StatusTooManyRequests
	case CodeUnavailable:
		return http.StatusServiceUnavailable
	case CodeInvalid:
	}
	return http.StatusBadRequest
}

// Problem is the answer when a batch was not taken: RFC 9457 with a code. It is an error.
type Problem struct {
	Type     string `json:"type,omitempty"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Code     Code   `json:"code"`
	Expected uint64 `json:"expected,omitempty"` // the next number, with gap and behind
	Outbox   string `json:"outbox,omitempty"`   // whose number that is
	// After is how many seconds to wait, with slow_down; the same as Retry-After.
	After int `json:"retry_after,omitempty"`
}

// ContentTypeProblem is the type of a Problem.
const ContentTypeProblem = "application/problem+json"

// Refuse makes a problem.
func Refuse(code Code, format string, args ...any) *Problem {
	return &Problem{Title: titles[code], Status: code.Status(), Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Error is the problem in one line.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

var titles = map[Code]string{
	CodeUnknownSite: "no such site", CodeBadSignature: "the signature does not fit", CodeKeyRevoked: "the key was revoked",
	CodeGap: "events are missing before these", CodeBehind: "central was restored from a backup", CodeSchema: "the schema is not known",
	CodeTooLarge: "the batch is too large", CodeSlowDown: "too many requests", CodeInvalid: "the request cannot be read",
	CodeUnavailable: "central cannot take anything now",
}
