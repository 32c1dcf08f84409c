package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
)

// problem is an RFC 9457 document with our code as an extension: stable words for programs, a sentence for people.
type problem struct {
	huma.ErrorModel
	Code appliance.Code `json:"code,omitempty"`
	wait int            // seconds, for Retry-After
}

// GetHeaders are sent with the problem.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="siteward"`)
	}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(p.wait))
	}
	return h
}

// statuses has the HTTP status of each code. What is entered wrongly is 422, as huma says of what breaks the schema.
var statuses = map[appliance.Code]int{
	appliance.CodeInvalid:      http.StatusUnprocessableEntity,
	appliance.CodeNotFound:     http.StatusNotFound,
	appliance.CodeConflict:     http.StatusConflict,
	appliance.CodeUnauthorized: http.StatusUnauthorized,
	appliance.CodeForbidden:    http.StatusForbidden,
	appliance.CodeTooMany:      http.StatusTooManyRequests,
	appliance.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	appliance.CodeReadOnly:     http.StatusInsufficientStorage,
	appliance.CodeUnavailable:  http.StatusServiceUnavailable,
	appliance.CodeOwnedByFile:  http.StatusConflict,
}

// StatusOf is the HTTP status of an error's code, 500 for an error without one. Pages answer with the same.
func StatusOf(code appliance.Code) int {
	if s, ok := statuses[code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

func newProblem(status int, code appliance.Code, detail string) *problem {
	return &problem{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}, Code: code}
}

// problemOf turns an error into its document. An error without a code tells the caller nothing of itself.
func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*appliance.Error](err)
	status := StatusOf(appliance.CodeOf(err))
	if !ok || status == http.StatusInternalServerError {
		return newProblem(http.StatusInternalServerError, "internal", "something in the appliance is not as it should be; its log has the reason")
	}
	p := newProblem(status, e.Code, e.Message.English)
	if e.Field != "" {
		p.Errors = []*huma.ErrorDetail{{Message: e.Message.English, Location: "body." + e.Field}}
	}
	p.wait, _ = e.Message.Args["Seconds"].(int)
	return p
}

// WriteProblem answers a request with an error.
func WriteProblem(w http.ResponseWriter, err error) { writeProblem(w, problemOf(err)) }

func writeProblem(w http.ResponseWriter, p *problem) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone
}

// fail turns an error of the appliance into what huma sends, and logs what is ours to mend.
func (a *API) fail(operation string, err error) error {
	if err == nil {
		return nil
	}
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		a.log.Error("api operation failed", "operation", operation, slog.Any("err", err))
	}
	return p
}
