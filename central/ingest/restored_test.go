package ingest

import (
	"bytes"
	"io"
	"log/slog"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/silence"
	"siteward/central/store"
	"siteward/central/store/badger"
)

// TestAnOldBackupIsRestoredAndSitesGoOn: numbers go back. A site sends again what came after the backup, its logbook too, and everything is
// there once and in order; accounts and hooks are those of the backup; what happened meanwhile is nobody's silence.
func TestAnOldBackupIsRestoredAndSitesGoOn(t *testing.T) {
	w := newWorld(t)
	s, other := w.site("a"), w.site("b")
	account := central.Noun[string]{Family: "user"}
	if err := account.Put(t.Context(), w.store, "1", "anna", 0); err != nil {
		t.Fatal(err)
	}
	hook := central.Hook{ID: 1, Name: "tickets", URL: "https://tickets.example/hook", Kinds: []central.NoticeKind{"*"}}
	if err := central.Hooks.Put(t.Context(), w.store, "1", hook, 0); err != nil {
		t.Fatal(err)
	}
	var sent []message.Event // whole history of the site, which it still has
	send := func(events ...message.Event) {
		t.Helper()
		sent = append(sent, events...)
		w.takes(s.request(events...), s.seq)
	}
	book := newBook(t, 5)
	send(s.incident(1), s.incident(2))
	send(s.book(book, 0)...)
	send(s.event(s.summary(appliance.StateOK), ""))
	w.takes(other.request(other.incident(1)), 1)
	watch := silence.New(w.store, slog.New(slog.DiscardHandler), w.clock.Now)
	if err := watch.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := central.NextID(t.Context(), w.store, central.Offers.Family); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := store.Backup(t.Context(), w.store, &file, w.clock.Now()); err != nil {
		t.Fatal(err)
	}

	w.clock.Add(3 * time.Hour) // the central that will be gone goes on
	grow(t, book, 4)
	send(s.incident(1), s.incident(3))
	send(s.book(book, 5)...)
	send(s.event(s.summary(appliance.StateCritical), ""))
	whole := s.copy()

	offered, err := central.NextID(t.Context(), w.store, central.Offers.Family) // and sites know it
	if err != nil {
		t.Fatal(err)
	}

	w.clock.Add(time.Hour)
	s.known = s.seq
	again, err := badger.Open(t.TempDir(), badger.Options{Now: w.clock.Now, NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	if err := store.Restore(t.Context(), again, &file); err != nil {
		t.Fatal(err)
	}
	before, key, err := Cosigner(t.Context(), w.store)
	if err != nil {
		t.Fatal(err)
	}
	w.with(again)
	if _, now, err := Cosigner(t.Context(), again); err != nil || now != key || before == nil {
		t.Errorf("another key countersigns: %s, %v", now, err)
	}
	if err := silence.New(again, slog.New(slog.NewTextHandler(io.Discard, nil)), w.clock.Now).Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open, err := central.Alarms.List(t.Context(), again, central.RecordRange{}); err != nil || len(open) != 0 {
		t.Errorf("alarms right after the restore: %+v, %v", open, err)
	}

	if n, err := central.NextID(t.Context(), again, central.Offers.Family); n <= offered || err != nil {
		t.Errorf("offer %d is given out again after %d, %v", n, offered, err)
	}

	next := s.incident(4)
	p := w.refuses(s.request(next), message.CodeBehind)
	if p.Expected == 0 || p.Expected > uint64(len(sent)) {
		t.Fatalf("expected %d", p.Expected)
	}
	w.takes(s.request(append(sent[p.Expected-1:], next)...), s.seq)
	w.takes(s.request(append(sent[p.Expected-1:], next)...), s.seq) // the answer was lost
	w.takes(other.request(other.incident(2)), 2)                    // had nothing new before

	var got []uint64
	for _, e := range s.events() {
		got = append(got, e.Seq)
	}
	kept := 0
	for _, e := range append(sent, next) {
		if e.Type == message.TypeIncident {
			kept++
		}
	}
	if len(got) != kept {
		t.Errorf("events %v, want %d", got, kept)
	}
	for i := 1; i < len(got); i++ {
		if got[i] >= got[i-1] {
			t.Errorf("twice or in another order: %v", got)
		}
	}
	if c := s.copy(); c.Checked != whole.Checked || c.Fault != "" || c.Cosigned == "" || c.Checkpoint != whole.Checkpoint {
		t.Errorf("the copy of the logbook: %d of %d, %q", c.Checked, whole.Checked, c.Fault)
	}
	if st := s.row().Status; st.Lost != 0 || st.Silent != central.Speaking || st.Facts.State != appliance.StateCritical {
		t.Errorf("%+v", st)
	}
	if name, _, err := account.Find(t.Context(), again, "1"); err != nil || name != "anna" {
		t.Errorf("account %q, %v", name, err)
	}
	if h, _, err := central.Hooks.Find(t.Context(), again, "1"); err != nil || h.URL != hook.URL {
		t.Errorf("hook %+v, %v", h, err)
	}
}
