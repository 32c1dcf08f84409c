package enrol

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	wire "siteward/appliance/enrol"
)

// refusal is a no with its status and code. What exactly is wrong with a code or a key is not told.
type refusal struct {
	status int
	code   string
}

func (r refusal) Error() string { return "refused: " + r.code }

var (
	errBad       = refusal{http.StatusBadRequest, wire.CodeBad}
	errUnknown   = refusal{http.StatusForbidden, wire.CodeUnknown}
	errSignature = refusal{http.StatusForbidden, wire.CodeSignature}
	errRevoked   = refusal{http.StatusForbidden, wire.CodeRevoked}
	errOther     = refusal{http.StatusConflict, wire.CodeOtherPlace}
)

// Handler answers below wire.Path and wire.PathOffers. addressOf says where a request comes from; nil is the peer.
func (e *Enrolment) Handler(addressOf func(*http.Request) string) http.Handler {
	if addressOf == nil {
		addressOf = func(r *http.Request) string {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil {
				return r.RemoteAddr
			}
			return host
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+wire.Path, e.identity)
	mux.HandleFunc("POST "+wire.Path, e.throttled(addressOf, e.takeRequest))
	mux.HandleFunc("POST "+wire.PathRotate, e.throttled(addressOf, e.takeRotation))
	mux.HandleFunc("POST "+wire.PathLeave, e.throttled(addressOf, e.takeLeaving))
	mux.HandleFunc("POST "+wire.PathOffers, e.throttled(addressOf, e.giveOffers))
	return mux
}

func (e *Enrolment) identity(w http.ResponseWriter, r *http.Request) {
	nonce := r.URL.Query().Get("nonce")
	if len(nonce) > 100 {
		e.refuse(w, errBad)
		return
	}
	e.say(w, wire.PurposeIdentity, wire.Identity{Name: e.name, Key: e.public(), Nonce: nonce})
}

func (e *Enrolment) say(w http.ResponseWriter, p wire.Purpose, v any) {
	s, err := wire.Seal(e.key, p, v)
	if err != nil {
		e.refuse(w, err)
		return
	}
	answer(w, s)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // who has gone hears nothing
}

func (e *Enrolment) refuse(w http.ResponseWriter, err error) {
	r, ok := errors.AsType[refusal](err)
	if !ok {
		e.log.Error("enrolment", "err", err)
		r = refusal{http.StatusInternalServerError, wire.CodeTrouble}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	if r.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(int(attemptsOver.Seconds())))
	}
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(wire.Problem{Type: "about:blank", Title: http.StatusText(r.status), Status: r.status, Code: r.code})
}

// throttled counts refusals of an address and lets it wait when there were too many.
func (e *Enrolment) throttled(addressOf func(*http.Request) string, take func(http.ResponseWriter, *http.Request, wire.Sealed) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from := addressOf(r)
		if !e.attempts.allowed(from, e.now()) {
			e.refuse(w, refusal{http.StatusTooManyRequests, wire.CodeSlowDown})
			return
		}
		var m wire.Sealed
		err := wire.Strict(r.Body, wire.MaxMessage, &m)
		if err != nil {
			err = errBad
		} else {
			err = take(w, r, m)
		}
		if err == nil {
			return
		}
		if _, ok := errors.AsType[refusal](err); ok {
			e.attempts.failed(from, e.now())
		}
		e.refuse(w, err)
	}
}

func (e *Enrolment) takeRequest(w http.ResponseWriter, r *http.Request, m wire.Sealed) error {
	var q wire.Request
	if wire.Peek(m, &q) != nil || len(q.Outbox) > 100 || len(q.Nonce) > 100 {
		return errBad
	}
	if wire.Open(q.Key, wire.PurposeEnrol, m, &q) != nil {
		return errSignature
	}
	if !slices.Equal(q.Central, []byte(e.public())) {
		return errOther
	}
	got, err := e.enrol(r.Context(), q)
	if err == nil {
		e.say(w, wire.PurposeEnrolled, got)
	}
	return err
}

func (e *Enrolment) takeRotation(w http.ResponseWriter, r *http.Request, m wire.Sealed) error {
	var q wire.Rotation
	if wire.Peek(m, &q) != nil {
		return errBad
	}
	if _, err := e.signer(r.Context(), q.Site, wire.PurposeRotate, m, &q); err != nil {
		return err
	}
	if !q.ProofHolds() {
		return errSignature
	}
	if err := e.rotate(r.Context(), q); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (e *Enrolment) takeLeaving(w http.ResponseWriter, r *http.Request, m wire.Sealed) error {
	var q wire.Leaving
	if wire.Peek(m, &q) != nil {
		return errBad
	}
	if _, err := e.signer(r.Context(), q.Site, wire.PurposeLeave, m, &q); err != nil {
		return err
	}
	if err := e.leave(r.Context(), q); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// How many refusals an address gets in which time before it has to wait.
const (
	maxAttempts   = 10
	attemptsOver  = 10 * time.Minute
	maxRemembered = 10_000
)

// attempts counts refusals by address, in bounded memory.
type attempts struct {
	mu sync.Mutex
	by map[string]attempt
}

type attempt struct {
	n     int
	since time.Time
}

func (a *attempts) allowed(from string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	t, ok := a.by[from]
	return !ok || now.Sub(t.since) >= attemptsOver || t.n < maxAttempts
}

func (a *attempts) failed(from string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil || len(a.by) >= maxRemembered {
		a.by = map[string]attempt{} // codes have 100 bits: what is forgotten here helps nobody
	}
	t, ok := a.by[from]
	if !ok || now.Sub(t.since) >= attemptsOver {
		t = attempt{since: now}
	}
	t.n++
	a.by[from] = t
}
