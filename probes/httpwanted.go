package probes

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"siteward/appliance"
)

// wanted is what a check expects of an answer.
type wanted struct {
	method          string
	status          []int
	match, matchNot *regexp.Regexp
}

func newWanted(set appliance.HTTPSettings) (wanted, error) {
	w := wanted{method: set.Method, status: set.Status}
	switch w.method {
	case "":
		w.method = http.MethodGet
	case http.MethodGet, http.MethodHead:
	default:
		return w, fmt.Errorf("the method %q is not offered; use GET or HEAD", w.method)
	}
	var err error
	if w.match, err = pattern(set.Match); err != nil {
		return w, err
	}
	w.matchNot, err = pattern(set.MatchNot)
	return w, err
}

func pattern(s string) (*regexp.Regexp, error) {
	if s == "" {
		return nil, nil
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("the pattern cannot be used: %w", err)
	}
	return re, nil
}

// judge gives nil when the answer is as wanted. The body may be one byte longer than what is looked at, which says
// that it goes on.
func (w wanted) judge(answer *http.Response, body []byte, log *Log) *appliance.Failure {
	if why := w.badStatus(answer.StatusCode); why != "" {
		return unexpected(log, "status %s, wanted %s", clean(answer.Status, 100), why)
	}
	within := fmt.Sprintf("the %d bytes of the page", len(body))
	if len(body) > maxBody {
		body, within = body[:maxBody], "the first MiB of the page"
		log.Printf("the page is longer than 1 MiB; only that much was looked at")
	}
	if w.match != nil && !w.match.Match(body) {
		return unexpected(log, "nothing in %s matches %q", within, w.match)
	}
	if w.matchNot != nil {
		if found := w.matchNot.Find(body); found != nil {
			return unexpected(log, "the page holds %q, which matches %q", clean(string(found[:min(len(found), 100)]), 100), w.matchNot)
		}
	}
	return nil
}

func (w wanted) badStatus(code int) string {
	switch {
	case len(w.status) == 0 && (code < 200 || code > 299):
		return "200 to 299"
	case len(w.status) > 0 && !slices.Contains(w.status, code):
		return fmt.Sprintf("%v", w.status)
	}
	return ""
}

func unexpected(log *Log, format string, args ...any) *appliance.Failure {
	detail := clean(fmt.Sprintf(format, args...), maxLogText)
	log.Printf("%s", detail)
	return &appliance.Failure{Reason: appliance.ReasonUnexpected, Detail: detail}
}
