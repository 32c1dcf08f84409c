package ingest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/store/badger"
	"siteward/central/store/storetest"
)

// world is a central with sites that a test speaks for.
type world struct {
	*testing.T
	clock *storetest.Clock
	store central.Store
	h     *Handler
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: storetest.NewClock()}
	s, err := badger.Open(t.TempDir(), badger.Options{Now: w.clock.Now, NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.with(s)
	return w
}

func (w *world) with(s central.Store) {
	cosign, _, err := Cosigner(w.Context(), s)
	if err != nil {
		w.Fatal(err)
	}
	w.store = s
	w.h = New(Config{Store: s, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: w.clock.Now, Cosign: cosign})
}

// site is what a test keeps of a site.
type site struct {
	w      *world
	id     central.SiteID
	key    ed25519.PrivateKey
	outbox string
	seq    uint64
	skew   time.Duration
	known  uint64
}

func (w *world) site(name string) *site {
	w.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		w.Fatal(err)
	}
	v := central.Site{ID: central.NewSiteID(), Name: name, Keys: []central.SiteKey{{Public: public, From: w.clock.Now()}}}
	if err := w.store.PutSite(w.Context(), &v); err != nil {
		w.Fatal(err)
	}
	return &site{w: w, id: v.ID, key: private, outbox: "o-1"}
}

// event makes the next event.
func (s *site) event(v message.Data, subject string) message.Event {
	s.w.Helper()
	e, err := message.New(string(s.id), v, subject, s.w.clock.Now().Add(s.skew))
	if err != nil {
		s.w.Fatal(err)
	}
	s.seq++
	e.ID, e.Sequence, e.Outbox = fmt.Sprintf("%s-%d", s.outbox, s.seq), s.seq, s.outbox
	return e
}

func (s *site) incident(n int) message.Event {
	return s.event(&message.Incident{ID: appliance.ID(n), Title: "t", Opened: s.w.clock.Now()}, fmt.Sprint("incident/", n))
}

func (s *site) summary(state appliance.State) *message.Summary {
	return &message.Summary{At: s.w.clock.Now().Add(s.skew), State: state, Appliance: message.SummaryAppliance{Version: "1"}, Outbox: message.SummaryOutbox{Last: s.seq}}
}

func live(e message.Event) message.Event { e.Live, e.Sequence, e.Outbox = true, 0, ""; return e }

// request is a signed request.
func (s *site) request(events ...message.Event) *http.Request {
	s.w.Helper()
	body, err := message.Encode(events, message.Zstd)
	if err != nil {
		s.w.Fatal(err)
	}
	return s.post(body)
}

func (s *site) post(body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, Path+string(s.id), bytes.NewReader(body))
	r.Header.Set("Content-Type", message.ContentType)
	r.Header.Set("Content-Encoding", message.Zstd)
	if s.known > 0 {
		r.Header.Set(message.HeaderAcknowledged, strconv.FormatUint(s.known, 10))
	}
	message.Sign(r.Header, s.key, "m-"+strconv.FormatUint(s.seq, 10), s.w.clock.Now().Add(s.skew), body)
	return r
}

// do sends a request and gives what was acknowledged, or the code of the problem.
func (w *world) do(r *http.Request) (uint64, message.Problem) {
	w.Helper()
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	var p message.Problem
	var a message.Answer
	if rec.Code == http.StatusOK {
		if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
			w.Fatal(err)
		}
		return a.Acknowledged, p
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Status != rec.Code || p.Code == "" {
		w.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return 0, p
}

func (w *world) takes(r *http.Request, want uint64) {
	w.Helper()
	if n, p := w.do(r); n != want || p.Code != "" {
		w.Fatalf("acknowledged %d, %s; want %d", n, &p, want)
	}
}

func (w *world) refuses(r *http.Request, want message.Code) message.Problem {
	w.Helper()
	_, p := w.do(r)
	if p.Code != want {
		w.Fatalf("%q (%s), want %q", p.Code, &p, want)
	}
	return p
}

func (s *site) row() central.Row {
	s.w.Helper()
	r, err := s.w.store.Site(s.w.Context(), s.id)
	if err != nil {
		s.w.Fatal(err)
	}
	return r
}

func (s *site) events() []central.Event {
	s.w.Helper()
	list, err := s.w.store.Events(s.w.Context(), central.EventFilter{Site: s.id, Limit: 10_000})
	if err != nil {
		s.w.Fatal(err)
	}
	return list
}

func TestAnythingSentTwiceCountsOnce(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	a, b, c := s.incident(1), s.incident(1), s.incident(2)
	w.takes(s.request(a, b), 2)
	w.takes(s.request(a, b), 2)
	w.takes(s.request(b, c), 3)
	w.takes(s.request(a), 3)
	if n := len(s.events()); n != 3 {
		t.Errorf("%d events", n)
	}
	e, _, err := central.Current.Find(t.Context(), w.store, central.CurrentKey(s.id, message.TypeIncident, "incident/1"))
	if err != nil || e.Seq != 2 {
		t.Errorf("current %+v, %v", e, err)
	}
}

func TestWhatDoesNotFollowIsRefused(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	a, b, c, d := s.incident(1), s.incident(2), s.incident(3), s.incident(4)
	if p := w.refuses(s.request(b), message.CodeGap); p.Expected != 1 {
		t.Errorf("expected %d", p.Expected)
	}
	w.takes(s.request(a), 1)
	if p := w.refuses(s.request(c, d), message.CodeGap); p.Expected != 2 {
		t.Errorf("expected %d", p.Expected)
	}
	w.refuses(s.request(c, b), message.CodeInvalid)
	w.refuses(s.request(b, d), message.CodeInvalid)
	w.takes(s.request(b, c, d), 4)
	gap := s.event(&message.Gap{From: 5, To: 9, Why: "age"}, "")
	gap.Sequence, s.seq = 9, 9
	w.takes(s.request(gap, s.incident(5)), 10)
	if st := s.row().Status; st.Lost != 5 {
		t.Errorf("lost %d", st.Lost)
	}
	if a, _, err := central.Alarms.Find(t.Context(), w.store, central.AlarmKey(central.AlarmLost, s.id)); err != nil || !strings.Contains(a.Why, "5 events, numbers 5 to 9") {
		t.Errorf("%+v, %v", a, err)
	}
	late := s.event(&message.Gap{From: 13, To: 14, Why: "age"}, "")
	late.Sequence = 14
	w.refuses(s.request(late), message.CodeGap)
}

func TestHostileRequests(t *testing.T) {
	w := newWorld(t)
	s, other := w.site("a"), w.site("b")
	good := s.incident(1)
	body, err := message.Encode([]message.Event{good}, message.Zstd)
	if err != nil {
		t.Fatal(err)
	}
	change := func(do func(*http.Request)) *http.Request { r := s.post(body); do(r); return r }
	thief := &site{w: w, id: s.id, key: other.key, outbox: "o-1"}
	w.refuses(thief.request(good), message.CodeBadSignature) // another site's key
	stranger := &site{w: w, id: "s-nobody", key: other.key}
	w.refuses(stranger.request(good), message.CodeUnknownSite)
	w.refuses(other.request(good), message.CodeInvalid) // its own key, another's event
	w.refuses(change(func(r *http.Request) { r.URL.Path = Path + string(other.id) }), message.CodeBadSignature)
	w.refuses(change(func(r *http.Request) { r.URL.Path = Path + "../x" }), message.CodeUnknownSite)
	w.refuses(change(func(r *http.Request) { r.Method = http.MethodGet }), message.CodeInvalid)
	w.refuses(change(func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }), message.CodeInvalid)
	w.refuses(change(func(r *http.Request) { r.Header.Set("Content-Encoding", "br") }), message.CodeInvalid)
	w.refuses(change(func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader(body[:len(body)-3])) }), message.CodeBadSignature)
	cut := s.post(body[:len(body)-3]) // signed as it was cut
	w.refuses(cut, message.CodeInvalid)
	w.refuses(s.post(make([]byte, message.MaxBody+1)), message.CodeTooLarge)
	endless := s.post(nil)
	endless.ContentLength, endless.Body = -1, io.NopCloser(io.LimitReader(zeros{}, 1<<30))
	w.refuses(endless, message.CodeTooLarge)
	for _, encoding := range []string{message.Gzip, message.Zstd} {
		bomb := s.post(blown(t, encoding))
		bomb.Header.Set("Content-Encoding", encoding)
		w.refuses(bomb, message.CodeTooLarge)
	}
	future := s.incident(1)
	future.Type, future.DataSchema = "siteward.incident.v2", ""
	w.refuses(s.request(future), message.CodeSchema)
	if st := s.row().Status; !strings.Contains(st.Refused, "major version 2, this program knows 1; update it") {
		t.Errorf("why it is not understood: %q", st.Refused)
	}
	if len(s.events()) != 0 || !s.row().Status.Seen.IsZero() {
		t.Error("something of that was taken")
	}
	w.takes(s.request(good), 1)
	if st := s.row().Status; st.Refused != "" {
		t.Errorf("still %q", st.Refused)
	}
}

// blown is small and unpacks to 64 MiB.
func blown(t *testing.T, encoding string) []byte {
	t.Helper()
	var b bytes.Buffer
	var z io.WriteCloser = gzip.NewWriter(&b)
	if encoding == message.Zstd {
		var err error
		if z, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.Copy(z, io.LimitReader(zeros{}, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestARevokedKey(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	w.takes(s.request(s.incident(1)), 1)
	r := s.row()
	r.Site.Keys[0].Revoked = w.clock.Now()
	if err := w.store.PutSite(t.Context(), &r.Site); err != nil {
		t.Fatal(err)
	}
	w.refuses(s.request(s.incident(2)), message.CodeKeyRevoked)
}

func TestWhoPretendsToBeASiteIsTold(t *testing.T) {
	w := newWorld(t)
	s, other := w.site("a"), w.site("b")
	thief := &site{w: w, id: s.id, key: other.key, outbox: "o-1"}
	for range forgedFrom + 1 {
		w.refuses(thief.request(thief.incident(1)), message.CodeBadSignature)
	}
	if a, _, err := central.Alarms.Find(t.Context(), w.store, central.AlarmKey(central.AlarmForged, s.id)); err != nil || a.Name != "a" {
		t.Errorf("%+v, %v", a, err)
	}
}

// away is a store whose database has gone.
type away struct {
	central.Store

	gone, write bool
}

func (s *away) Site(ctx context.Context, id central.SiteID) (central.Row, error) {
	if s.gone && !s.write {
		return central.Row{}, errors.New("dial tcp 10.0.0.5:5432: connection refused")
	}
	return s.Store.Site(ctx, id)
}

func (s *away) Take(ctx context.Context, id central.SiteID, do func(*central.Taking) error) error {
	if s.gone {
		return errors.New("dial tcp 10.0.0.5:5432: connection refused")
	}
	return s.Store.Take(ctx, id, do)
}

// TestTheStoreIsAway: a site is told to come back later, and nothing of where the database is; then it sends the same again.
func TestTheStoreIsAway(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	e := s.incident(1)
	store := &away{Store: w.store, gone: true}
	w.h.Store = store
	for _, store.write = range []bool{false, true} {
		rec := httptest.NewRecorder()
		w.h.ServeHTTP(rec, s.request(e))
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "30" || !strings.Contains(rec.Body.String(), "try again later") || strings.Contains(rec.Body.String(), "10.0.0.5") {
			t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
		}
	}
	store.gone = false
	w.takes(s.request(e), 1)
	if n := len(s.events()); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestTooManyRequests(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	e := s.incident(1)
	var p message.Problem
	for range 200 {
		if _, p = w.do(s.request(e)); p.Code != "" {
			break
		}
	}
	if p.Code != message.CodeSlowDown || p.After < 1 {
		t.Errorf("%+v", p)
	}
	b := w.site("b")
	w.takes(b.request(b.incident(1)), 1) // one site is not held up by another
}

func TestAClockThatIsWrongByAYear(t *testing.T) {
	for _, skew := range []time.Duration{365 * 24 * time.Hour, -365 * 24 * time.Hour} {
		w := newWorld(t)
		s := w.site("a")
		s.skew = skew
		sum := s.summary(appliance.StateCritical)
		sum.Window = &message.SummaryWindow{ID: 1, Title: "move", From: sum.At, To: sum.At.Add(2 * time.Hour)}
		w.takes(s.request(s.event(sum, "")), 1)
		if st := s.row().Status; !st.Facts.WindowTo.Equal(w.clock.Now().Add(2 * time.Hour)) {
			t.Errorf("%s: its maintenance ends at %s", skew, st.Facts.WindowTo)
		}
		if st := s.row().Status; time.Duration(st.Skew) != skew || st.Facts.State != appliance.StateCritical || !st.Seen.Equal(w.clock.Now()) {
			t.Errorf("%s: %+v", skew, st)
		}
		s.skew = 0 // and was set right
		w.clock.Add(time.Minute)
		w.takes(s.request(s.event(s.summary(appliance.StateOK), "")), 2)
		if st := s.row().Status; st.Skew != 0 || st.Facts.State != appliance.StateOK {
			t.Errorf("after %s: %+v", skew, st)
		}
	}
}

func TestTheNewestStateComesFirst(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	var history []message.Event
	for range 5 { // was cut off
		history = append(history, s.event(s.summary(appliance.StateCritical), ""), s.incident(1))
		w.clock.Add(time.Hour)
	}
	now := live(s.event(s.summary(appliance.StateWarning), ""))
	s.seq--
	w.takes(s.request(now), 0)
	if st := s.row().Status; st.Facts.State != appliance.StateWarning || st.Behind != 10 {
		t.Errorf("%+v", st)
	}
	w.clock.Add(time.Second)
	w.takes(s.request(history[:4]...), 4)
	w.takes(s.request(history[4:]...), 10)
	st := s.row().Status
	if st.Facts.State != appliance.StateWarning || st.Silent != central.Speaking {
		t.Errorf("history is not the truth of now: %+v", st)
	}
	newer := live(s.event(s.summary(appliance.StateOK), ""))
	s.seq--
	w.takes(s.request(newer), 10)
	w.takes(s.request(now), 10) // replayed
	if st := s.row().Status; st.Facts.State != appliance.StateOK {
		t.Errorf("a repeated summary is taken for new: %+v", st)
	}
}

func TestCentralRestoredFromAnOldBackup(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	a, b, c := s.incident(1), s.incident(2), s.incident(3)
	w.takes(s.request(a), 1)
	s.known = 2 // it was told so by the central that is gone
	if p := w.refuses(s.request(c), message.CodeBehind); p.Expected != 2 || p.Outbox != "o-1" {
		t.Errorf("%+v", p)
	}
	w.takes(s.request(b, c), 3)
}

func TestASiteThatWasSetUpAnew(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	first, second := s.incident(1), s.incident(2)
	w.takes(s.request(first, second), 2)
	before := s.request(first, second) // somebody kept it
	s.outbox, s.seq = "o-2", 0
	w.takes(s.request(s.incident(1)), 1)
	w.takes(before, 1)
	if st := s.row().Status; st.Outbox != "o-2" || st.Acknowledged != 1 || st.Stored != 3 {
		t.Errorf("%+v", st)
	}
	s.outbox = "o-3"
	w.refuses(s.request(s.incident(2)), message.CodeGap) // a new numbering begins at 1
}

func TestAPlannedStop(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	s.skew = -365 * 24 * time.Hour
	until := w.clock.Now().Add(s.skew + 2*time.Hour)
	w.takes(s.request(s.event(s.summary(appliance.StateOK), ""), s.event(&message.Stopping{Reason: "shutdown", Until: until}, "")), 2)
	if st := s.row().Status; st.Silent != central.Stopped || !st.Until.Equal(w.clock.Now().Add(2*time.Hour)) || st.Stopping != "shutdown" {
		t.Errorf("%+v", st)
	}
	w.takes(s.request(s.event(s.summary(appliance.StateOK), "")), 3)
	if st := s.row().Status; st.Silent != central.Speaking || st.Stopping != "" {
		t.Errorf("%+v", st)
	}
}

// book sends a logbook: its entries and its checkpoint.
func (s *site) book(b *logbook.Book, from int) (out []message.Event) {
	s.w.Helper()
	for i, l := range b.Lines[from:] {
		out = append(out, s.event(&message.LogbookEntry{Seq: uint64(from+i) + 1, Record: string(l.Record), Signature: l.Signature}, ""))
	}
	n, err := b.Checkpoint()
	if err != nil {
		s.w.Fatal(err)
	}
	return append(out, s.event(&message.Checkpoint{Note: n, Keys: b.Keys}, ""))
}

func newBook(t *testing.T, n int) *logbook.Book {
	t.Helper()
	b, err := logbook.NewBook()
	if err != nil {
		t.Fatal(err)
	}
	grow(t, b, n)
	return b
}

func grow(t *testing.T, b *logbook.Book, n int) {
	t.Helper()
	for i := range n {
		if _, err := b.Append(appliance.LogbookEntry{At: time.Unix(int64(i), 0), By: "m", Kind: appliance.LogbookNote, Text: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *site) copy() central.LogbookCopy {
	s.w.Helper()
	c, _, err := central.Logbooks.Find(s.w.Context(), s.w.store, string(s.id))
	if err != nil {
		s.w.Fatal(err)
	}
	return c
}

func TestTheLogbookIsCopiedCheckedAndCountersigned(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	b := newBook(t, 7)
	events := s.book(b, 0)
	w.takes(s.request(events[:3]...), 3) // before the keys are known
	w.takes(s.request(events[3:]...), s.seq)
	grow(t, b, 6)
	more := s.book(b, 7)
	w.takes(s.request(more...), s.seq)
	c := s.copy()
	if c.Size != 13 || c.Checked != 13 || c.Fault != "" {
		t.Fatalf("%+v", c)
	}
	_, public, err := Cosigner(t.Context(), w.store)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{public, b.Keys[0].Key} {
		v, err := logbook.Verifiers(key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := logbook.OpenNote(c.Cosigned, v); err != nil || got.Size != 13 {
			t.Errorf("%s: %v", key, err)
		}
	}
	lines, err := central.LogbookLines.List(t.Context(), w.store, central.RecordRange{Prefix: string(s.id) + "/"})
	if err != nil || len(lines) != 13 || !bytes.Equal(lines[12].Record, b.Lines[12].Record) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

func TestALogbookThatWasChangedIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, b *logbook.Book)
		from   int
		want   string
	}{
		"an entry changed": {func(_ *testing.T, b *logbook.Book) {
			b.Lines[8].Record = bytes.Replace(b.Lines[8].Record, []byte(`"m"`), []byte(`"x"`), 1)
		}, 7, "entry 9"},
		"an entry left out": {func(_ *testing.T, _ *logbook.Book) {}, 8, "entries 8 to 8 have not arrived"},
		"written anew":      {func(t *testing.T, b *logbook.Book) { *b = *newBook(t, 12) }, 7, "another logbook"},
		"made shorter": {func(t *testing.T, b *logbook.Book) {
			b.Lines = b.Lines[:4]
		}, 4, "shorter"},
		"an old entry changed": {func(_ *testing.T, b *logbook.Book) {
			b.Lines[5].Record = bytes.Replace(b.Lines[5].Record, []byte(`"m"`), []byte(`"x"`), 1)
		}, 5, "entry 6 is another"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.site("a")
			b := newBook(t, 7)
			w.takes(s.request(s.book(b, 0)...), 8)
			grow(t, b, 5)
			c.change(t, b)
			w.takes(s.request(s.book(b, c.from)...), s.seq)
			got := s.copy()
			a, _, err := central.Alarms.Find(t.Context(), w.store, central.AlarmKey(central.AlarmLogbook, s.id))
			if !strings.Contains(got.Fault, c.want) || err != nil || a.Why != got.Fault || s.row().Status.Logbook != got.Fault {
				t.Errorf("fault %q, alarm %+v, %v", got.Fault, a, err)
			}
			w.takes(s.request(s.incident(1)), s.seq) // everything else goes on
		})
	}
}

// TestACopyIsBegunAnew: a site was restored from a backup and writes on from there. Once somebody has looked, its logbook is copied
// from the first entry on, and what was there before stays.
func TestACopyIsBegunAnew(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	b := newBook(t, 7)
	w.takes(s.request(s.book(b, 0)...), 8)
	if err := central.NewCopy(t.Context(), w.store, s.id, "anna", "looked", w.clock.Now()); !errors.Is(err, central.ErrCopyFits) {
		t.Errorf("a copy that fits: %v", err)
	}
	b.Lines = b.Lines[:4]
	w.takes(s.request(s.book(b, 4)...), s.seq)
	if s.copy().Fault == "" {
		t.Fatal("nobody noticed")
	}
	if err := central.NewCopy(t.Context(), w.store, s.id, "anna", " ", w.clock.Now()); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("without a word: %v", err)
	}
	if err := central.NewCopy(t.Context(), w.store, s.id, "anna", "restored on Monday", w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := central.Alarms.Find(t.Context(), w.store, central.AlarmKey(central.AlarmLogbook, s.id)); appliance.CodeOf(err) != appliance.CodeNotFound || s.row().Status.Logbook != "" {
		t.Errorf("the alarm is still there: %v", err)
	}
	renewed := newBook(t, 6)
	w.takes(s.request(s.book(renewed, 5)...), s.seq) // was on its way: no fault
	w.takes(s.request(s.book(renewed, 0)...), s.seq)
	c := s.copy()
	if c.Part != 1 || c.Checked != 6 || c.Fault != "" || c.Cosigned == "" || len(c.Before) != 1 || c.Before[0].Have != 7 || s.row().Status.Copy != 1 {
		t.Errorf("%+v", c)
	}
	for part, want := range [][]byte{newBookLine(t, w, s, 0, 7), newBookLine(t, w, s, 1, 6)} {
		if len(want) == 0 {
			t.Errorf("the last entry of copy %d is gone", part)
		}
	}
}

func newBookLine(t *testing.T, w *world, s *site, part, n uint64) []byte {
	t.Helper()
	l, _, err := central.LogbookLines.Find(t.Context(), w.store, central.LogbookKey(s.id, part, n))
	if err != nil {
		t.Error(err)
	}
	return l.Record
}

func TestTurnsAreNoted(t *testing.T) {
	w := newWorld(t)
	s := w.site("a")
	for _, state := range []appliance.State{appliance.StateOK, appliance.StateOK, appliance.StateCritical, appliance.StateOK} {
		w.clock.Add(time.Minute)
		w.takes(s.request(s.event(s.summary(state), "")), s.seq)
	}
	turns, err := central.Turns.List(t.Context(), w.store, central.RecordRange{})
	if err != nil || len(turns) != 3 || turns[1].To != appliance.StateCritical || turns[2].From != appliance.StateCritical {
		t.Errorf("%+v, %v", turns, err)
	}
}

func FuzzIngest(f *testing.F) {
	f.Add([]byte("[]"), "zstd", "v1a,x")
	f.Fuzz(func(t *testing.T, body []byte, encoding, signature string) {
		w := newWorld(t)
		s := w.site("a")
		r := s.post(body)
		r.Header["Content-Encoding"] = []string{encoding}
		_, _ = w.do(r)
		r = s.post(body)
		r.Header[http.CanonicalHeaderKey(message.HeaderSignature)] = []string{signature}
		w.refuses(r, message.CodeBadSignature)
	})
}
