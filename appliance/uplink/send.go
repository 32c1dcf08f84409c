package uplink

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Target is where reports go, and who sends them.
type Target struct {
	Enrolment appliance.ID
	Name      string // of the receiver, for people
	URL       string // of the receiver, without a slash at its end
	Site      string
	Outbox    string // the first name of the numbering
	Key       ed25519.PrivateKey
	// Secret signs instead of Key for any other receiver: then URL is the whole address, the body is plain JSON, and a receiver that
	// answers 2xx without saying what it has acknowledges the batch.
	Secret string
}

func (t *Target) address() string {
	if t.Secret != "" {
		return t.URL
	}
	return t.URL + "/ingest/v1/" + t.Site
}

func (t *Target) encoding() string {
	if t.Secret != "" {
		return ""
	}
	return message.Zstd
}

// Config is what a sender is made of.
type Config struct {
	// Update runs one step of the store.
	Update func(func(Tx) error) error
	// Target says where reports go; it fails with appliance.ErrNotFound while there is no provider.
	Target func() (Target, error)
	// Live makes the summary of now.
	Live func(context.Context, *appliance.UplinkState) (*message.Summary, error)
	// Revoked is called when the provider takes nothing of this site any more.
	Revoked func() error
	// Answered is called with each answer; may be nil.
	Answered func(message.Answer)
	HTTP     *http.Client // verifies certificates, follows no redirect
	Log      *slog.Logger
	Now      func() time.Time
	Name     func() string // a new name of the numbering
	Agent    string        // User-Agent
}

// Sender delivers. One loop does.
type Sender struct {
	Config
	wake    chan struct{}
	started bool // something was answered since the start
	most    int  // events in a batch, fewer after too_large
	refused int  // how often in a row a batch could not be read
	twists  int  // how often in a row the numbers did not fit
	dull    bool // the receiver does not read what goes ahead
}

// Bounds of a batch and of an answer.
const (
	batchBytes  = 1 << 20 // before it is packed
	answerBytes = 256 << 10
)

// Times of trying again.
const (
	backOffFrom = 5 * time.Second
	backOffTo   = 15 * time.Minute
	// idle is how long the loop rests when nothing wakes it.
	idle = 5 * time.Minute
)

// New makes a sender.
func New(c Config) *Sender {
	return &Sender{Config: c, wake: make(chan struct{}, 1), most: message.MaxEvents}
}

// Rouse lets it look whether something is to be sent. It never cuts a wait after a failure short.
func (s *Sender) Rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait, failed := s.Deliver(ctx)
		rest := time.NewTimer(wait)
		wake := s.wake
		if failed {
			wake = nil
		}
		select {
		case <-ctx.Done():
		case <-rest.C:
		case <-wake:
		}
		rest.Stop()
	}
}

// Deliver sends everything that waits, and says how long to rest.
func (s *Sender) Deliver(ctx context.Context) (wait time.Duration, failed bool) {
	for ctx.Err() == nil {
		more, err := s.once(ctx)
		if err != nil {
			return s.backOff(err), true
		}
		if !more {
			return idle, false
		}
	}
	return 0, false
}

// once sends one batch: the present when the receiver has not heard of us for long, else what comes next.
func (s *Sender) once(ctx context.Context) (more bool, err error) {
	t, err := s.Target()
	if errors.Is(err, appliance.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var st appliance.UplinkState
	var events []message.Event
	err = s.Update(func(tx Tx) error {
		if st, err = s.state(tx, t); err != nil {
			return err
		}
		if s.ahead(&st) {
			return nil
		}
		var changed bool
		if events, changed, err = Next(tx, &st, t.Site, s.most, batchBytes, s.Now()); err != nil || !changed {
			return err
		}
		return tx.PutUplinkState(st)
	})
	if err != nil {
		return false, err
	}
	if s.ahead(&st) {
		e, err := s.live(ctx, t, &st)
		if err != nil {
			return false, err
		}
		return true, s.deliver(ctx, t, []message.Event{e})
	}
	if len(events) == 0 {
		return false, nil
	}
	return true, s.deliver(ctx, t, events)
}

func (s *Sender) state(tx Tx, t Target) (appliance.UplinkState, error) {
	st, err := tx.UplinkState(t.Enrolment)
	if st.Outbox == "" {
		st.Outbox = t.Outbox
	}
	return st, err
}

// ahead says whether a summary of now goes first: at the start, and after failures.
func (s *Sender) ahead(st *appliance.UplinkState) bool {
	return !s.dull && (!s.started || st.Failed > 0)
}

func (s *Sender) live(ctx context.Context, t Target, st *appliance.UplinkState) (message.Event, error) {
	v, err := s.Live(ctx, st)
	if err != nil {
		return message.Event{}, err
	}
	e, err := message.New(t.Site, v, "", s.Now())
	e.Live, e.ID = true, st.Outbox+"-live-"+strconv.FormatInt(s.Now().UnixNano(), 36)
	return e, err
}

// deliver sends one batch and takes in the answer. What leaves is noted before it does.
func (s *Sender) deliver(ctx context.Context, t Target, events []message.Event) error {
	body, err := message.Encode(events, t.encoding())
	if p, ok := errors.AsType[*message.Problem](err); ok && p.Code == message.CodeTooLarge || err == nil && len(body) > message.MaxBody {
		return s.less(t, len(events))
	}
	if err != nil {
		return err
	}
	sent := appliance.Sent{Enrolment: t.Enrolment, To: t.Name, At: s.Now(), URL: t.address(), Encoding: t.encoding(), Body: body,
		Events: len(events), Kinds: kindsOf(events), First: events[0].Sequence, Last: events[len(events)-1].Sequence, Live: events[0].Live, Message: events[0].ID, Tries: 1}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sent.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	err = s.Update(func(tx Tx) error {
		st, err := s.state(tx, t)
		if err != nil {
			return err
		}
		st.Offered = max(st.Offered, sent.Last)
		s.head(req, t, &st, &sent)
		return errors.Join(tx.PutUplinkState(st), tx.PutSent(&sent))
	})
	if err != nil {
		return err
	}
	answer, err := s.post(req, t, events[0].Outbox, &sent)
	if ctx.Err() != nil && sent.Status == 0 {
		return ctx.Err() // we go: that is nobody's failure
	}
	return s.settle(t, &sent, answer, err)
}

func kindsOf(events []message.Event) map[string]int {
	out := map[string]int{}
	for i := range events {
		out[message.Kind(events[i].Type)]++
	}
	return out
}

func (s *Sender) head(req *http.Request, t Target, st *appliance.UplinkState, sent *appliance.Sent) {
	h := req.Header
	h.Set("Content-Type", message.ContentType)
	if sent.Encoding != "" {
		h.Set("Content-Encoding", sent.Encoding)
	}
	h.Set("User-Agent", s.Agent)
	h.Set(message.HeaderAcknowledged, strconv.FormatUint(st.Acked, 10))
	if t.Secret != "" {
		message.SignShared(h, t.Secret, sent.Message, s.Now(), sent.Body)
	} else {
		message.Sign(h, t.Key, sent.Message, s.Now(), sent.Body)
	}
	for _, name := range []string{"Content-Type", "Content-Encoding", "User-Agent", message.HeaderAcknowledged, message.HeaderID, message.HeaderTimestamp, message.HeaderSignature} {
		if h.Get(name) != "" {
			sent.Headers = append(sent.Headers, strings.ToLower(name)+": "+h.Get(name))
		}
	}
}

// post gives the answer, or a *message.Problem that the receiver answered with, or why there is none.
func (s *Sender) post(req *http.Request, t Target, outbox string, sent *appliance.Sent) (a message.Answer, err error) {
	res, err := s.HTTP.Do(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	sent.Status = res.StatusCode
	b, err := io.ReadAll(io.LimitReader(res.Body, answerBytes+1))
	if err != nil {
		return a, err
	}
	if res.StatusCode == http.StatusOK && len(b) <= answerBytes && json.Unmarshal(b, &a) == nil && !a.Received.IsZero() {
		return a, nil
	}
	if t.Secret != "" && res.StatusCode/100 == 2 {
		sent.Status = http.StatusOK
		return message.Answer{Acknowledged: sent.Last, Outbox: outbox, Received: s.Now()}, nil
	}
	p := message.Problem{}
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	if kind == message.ContentTypeProblem && json.Unmarshal(b, &p) == nil && p.Code != "" {
		p.Detail = string([]rune(p.Detail)[:min(len([]rune(p.Detail)), 300)])
		return a, &p
	}
	after, _ := strconv.Atoi(res.Header.Get("Retry-After")) //nolint:errcheck // a date is as good as nothing
	return a, &message.Problem{Code: message.CodeUnavailable, Status: res.StatusCode, After: max(0, after),
		Detail: "what answers there is no receiver of reports: HTTP " + strconv.Itoa(res.StatusCode)}
}

// wait is how long to rest after so many failures in a row: longer and longer, and never all sites at the same moment.
func wait(failed int) time.Duration {
	d := backOffTo
	if failed < 10 {
		d = min(backOffTo, backOffFrom<<max(0, failed-1))
	}
	return d/2 + time.Duration(rand.Int64N(int64(d/2)+1)) //nolint:gosec // no secret
}

// Try sends the state of now, without a number, and says what came of it. It changes nothing about how far the receiver is.
func (s *Sender) Try(ctx context.Context) (out appliance.ConsumerTest, err error) {
	t, err := s.Target()
	if err != nil {
		return out, err
	}
	var st appliance.UplinkState
	if err := s.Update(func(tx Tx) error { st, err = s.state(tx, t); return err }); err != nil {
		return out, err
	}
	e, err := s.live(ctx, t, &st)
	if err != nil {
		return out, err
	}
	events := []message.Event{e}
	body, err := message.Encode(events, t.encoding())
	if err != nil {
		return out, err
	}
	sent := appliance.Sent{Enrolment: t.Enrolment, To: t.Name, At: s.Now(), URL: t.address(), Encoding: t.encoding(), Body: body,
		Events: 1, Kinds: kindsOf(events), Live: true, Message: e.ID, Tries: 1}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sent.URL, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	s.head(req, t, &st, &sent)
	if err := s.Update(func(tx Tx) error { return tx.PutSent(&sent) }); err != nil {
		return out, err
	}
	if _, err := s.post(req, t, e.Outbox, &sent); err != nil {
		sent.Code, sent.Why = "unreachable", err.Error()
		if p, ok := errors.AsType[*message.Problem](err); ok {
			sent.Code, sent.Why = string(p.Code), p.Detail
		}
	}
	return appliance.ConsumerTest{OK: sent.Taken(), Status: sent.Status, Code: sent.Code, Why: sent.Why, Bytes: len(body)},
		s.Update(func(tx Tx) error { return tx.PutSent(&sent) })
}
