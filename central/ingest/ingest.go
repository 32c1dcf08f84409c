package ingest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
)

// Config is what ingest is made of.
type Config struct {
	Store central.Store
	Log   *slog.Logger
	Now   func() time.Time
	// Offers gives what a site may fetch; may be nil.
	Offers func(ctx context.Context, row central.Row) []json.RawMessage
	// Wanted says whether anybody wants to be told of an event of a type; may be nil.
	Wanted func(kind string) bool
	// Cosign signs a checkpoint that was verified; may be nil.
	Cosign func(note string) (string, error)
	// PerSecond and Burst bound the requests of one site. 0: 10 and 120.
	PerSecond float64
	Burst     int
}

// Path is what the address of a site's requests begins with.
const Path = "/ingest/v1/"

// Handler takes batches.
type Handler struct {
	Config
	limit   *limits
	refused *limits
	large   chan struct{} // requests that hold a large body
	work    chan struct{} // requests that unpack and check
}

// Bounds of what is held at the same time.
const (
	small      = 64 << 10
	largeAtOne = 32
	readLimit  = 60 * time.Second
	workLimit  = 30 * time.Second
	// forgedFrom is how many refused signatures in an hour are an alarm: fewer may be a site whose key was just renewed.
	forgedFrom = 10
)

// New makes the handler.
func New(c Config) *Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.PerSecond == 0 {
		c.PerSecond, c.Burst = 10, 120
	}
	return &Handler{Config: c, limit: newLimits(c.PerSecond, c.Burst), refused: newLimits(float64(forgedFrom)/3600, forgedFrom),
		large: make(chan struct{}, largeAtOne), work: make(chan struct{}, 4*runtime.GOMAXPROCS(0))}
}

// ServeHTTP takes one batch.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := h.take(w, r)
	if err == nil {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(answer)
		return
	}
	p := h.problem(r, err)
	w.Header().Set("Content-Type", message.ContentTypeProblem)
	w.Header().Set("Cache-Control", "no-store")
	if p.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.After))
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// problem gives any error the form that sites read. What is ours to mend says no more than that.
func (h *Handler) problem(r *http.Request, err error) *message.Problem {
	if p, ok := errors.AsType[*message.Problem](err); ok {
		return p
	}
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return message.Refuse(message.CodeUnknownSite, "there is no such site here; ask the provider whether it was removed")
	}
	if r.Context().Err() == nil {
		h.Log.Error("a batch could not be taken", "site", strings.TrimPrefix(r.URL.Path, Path), "err", err)
	}
	p := message.Refuse(message.CodeUnavailable, "central cannot take anything now; try again later")
	p.After = 30
	return p
}

func (h *Handler) take(w http.ResponseWriter, r *http.Request) (*message.Answer, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		p := message.Refuse(message.CodeInvalid, "a batch is posted")
		p.Status = http.StatusMethodNotAllowed
		return nil, p
	}
	id := central.SiteID(strings.TrimPrefix(r.URL.Path, Path))
	if !id.Valid() {
		return nil, message.Refuse(message.CodeUnknownSite, "that is no id of a site")
	}
	now := h.Now()
	if wait := h.limit.take(string(id), now); wait > 0 {
		p := message.Refuse(message.CodeSlowDown, "more than %g requests a second", h.PerSecond)
		p.After = int(wait/time.Second) + 1
		return nil, p
	}
	row, err := h.Store.Site(r.Context(), id)
	if err != nil {
		return nil, err
	}
	body, release, err := h.read(w, r)
	if err != nil {
		return nil, err
	}
	defer release()
	signed, key, err := verify(r, &row.Site, body, now)
	if err != nil {
		h.forged(r.Context(), id, now, err)
		return nil, err
	}
	return h.accept(r, row, body, signed, key, now)
}

// read reads the body within its bounds.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != message.ContentType {
		return nil, nil, message.Refuse(message.CodeInvalid, "Content-Type is %.60q, not %s", kind, message.ContentType)
	}
	if r.ContentLength > message.MaxBody {
		return nil, nil, message.Refuse(message.CodeTooLarge, "%d bytes, at most %d", r.ContentLength, message.MaxBody)
	}
	release = func() {}
	if r.ContentLength < 0 || r.ContentLength > small {
		select {
		case h.large <- struct{}{}:
			release = func() { <-h.large }
		default:
			p := message.Refuse(message.CodeSlowDown, "too many large batches at the same time")
			p.After = 5
			return nil, nil, p
		}
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readLimit)) // a test's recorder has none
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, message.MaxBody))
	if err != nil {
		release()
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, nil, message.Refuse(message.CodeTooLarge, "more than %d bytes", message.MaxBody)
		}
		return nil, nil, message.Refuse(message.CodeInvalid, "the body was cut")
	}
	return body, release, nil
}

// verify says with which key of the site a body was signed.
func verify(r *http.Request, s *central.Site, body []byte, now time.Time) (message.Signed, ed25519.PublicKey, error) {
	good := s.GoodKeys(now)
	signed, i, err := message.Verify(r.Header, good, body)
	if err == nil {
		return signed, good[i], nil
	}
	var gone []ed25519.PublicKey
	for _, k := range s.Keys {
		if !k.Good(now) {
			gone = append(gone, k.Public)
		}
	}
	if _, _, old := message.Verify(r.Header, gone, body); old == nil {
		return signed, nil, message.Refuse(message.CodeKeyRevoked, "this key of the site was revoked; the site has to be enrolled again")
	}
	return signed, nil, err
}

// forged counts signatures that do not fit. Many of them in a site's name are somebody who pretends to be that site.
func (h *Handler) forged(ctx context.Context, id central.SiteID, now time.Time, err error) {
	if p, ok := errors.AsType[*message.Problem](err); !ok || p.Code != message.CodeBadSignature {
		return
	}
	h.Log.Warn("a signature does not fit", "site", id)
	if h.refused.take(string(id), now) == 0 {
		return
	}
	err = h.Store.Take(ctx, id, func(t *central.Taking) error {
		return central.NewAlarm(central.AlarmForged, &t.Site, now).Open(t)
	})
	if err != nil {
		h.Log.Error("that somebody pretends to be a site could not be noted", "site", id, "err", err)
	}
}

// refuse keeps why a site is not understood, once: it will be silent, and whoever is told has to know that it is not.
func (h *Handler) refuse(ctx context.Context, row *central.Row, why error) {
	p, ok := errors.AsType[*message.Problem](why)
	if !ok {
		return
	}
	text := short(p.Error(), 200)
	if row.Status.Refused == text {
		return
	}
	err := h.Store.Take(ctx, row.Site.ID, func(t *central.Taking) error { t.Status.Refused = text; return nil })
	if err != nil {
		h.Log.Error("that a site is not understood could not be noted", "site", row.Site.ID, "err", err)
	}
}

// accept unpacks a batch whose signature fits and takes it in.
func (h *Handler) accept(r *http.Request, row central.Row, body []byte, signed message.Signed, key ed25519.PublicKey, now time.Time) (_ *message.Answer, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), workLimit)
	defer cancel()
	select {
	case h.work <- struct{}{}:
		defer func() { <-h.work }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	b := &batch{h: h, signed: signed, key: key, now: now}
	b.events, err = message.Decode(body, r.Header.Get("Content-Encoding"))
	if err == nil {
		err = b.check(row.Site.ID)
	}
	if err != nil {
		h.refuse(ctx, &row, err)
		return nil, err
	}
	b.known, _ = strconv.ParseUint(r.Header.Get(message.HeaderAcknowledged), 10, 64) // 0 when the site does not say
	var answer message.Answer
	err = h.Store.Take(ctx, row.Site.ID, func(t *central.Taking) error {
		cosigned, err := b.into(t)
		answer = message.Answer{Acknowledged: t.Status.Acknowledged, Outbox: t.Status.Outbox, Received: now.UTC(), Cosigned: cosigned, Copy: t.Status.Copy}
		return err
	})
	if err != nil {
		return nil, err
	}
	if h.Offers != nil {
		answer.Offers = h.Offers(ctx, row)
	}
	return &answer, nil
}
