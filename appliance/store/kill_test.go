package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

// The tests of this file start this test binary again as a process that writes numbered records into a store and
// says "ack n" after each. It is killed, or loses its power, at a random moment; everything that was acknowledged
// must be in the store then.

const writerDir = "SITEWARD_TEST_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		first, _ := strconv.ParseUint(os.Getenv("SITEWARD_TEST_FIRST"), 10, 64)
		runWriter(dir, first, os.Getenv("SITEWARD_TEST_SYNCED") == "1")
		return
	}
	os.Exit(m.Run())
}

// payload is what record n must hold: of different lengths and not to be guessed.
func payload(n uint64) []byte {
	b := []byte(fmt.Sprintf("record %d %08x ", n, crc32.ChecksumIEEE([]byte(fmt.Sprint(n)))))
	return bytes.Repeat(b, int(n%9)+1)
}

// writerStart is the time of sample 0: samples of record n come n minutes later.
var writerStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func sampleOf(n uint64, series int) float64 { return float64((n*7919+uint64(series)*13)%1000) / 8 } // six digits, which series.Round keeps

const writerSeries = 40

// runWriter writes records from first on until it is ended. Each record is a value that was synced, an event, and
// samples. Only what was synced is acknowledged when synced is set.
func runWriter(dir string, first uint64, synced bool) {
	now := newClock(writerStart.Add(time.Duration(first) * time.Minute))
	s, err := Open(context.Background(), dir, Options{SkipVerify: true, Now: now.now})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(3)
	}
	fmt.Println("ready")
	infos := make([]appliance.SeriesInfo, writerSeries)
	batch := Batch{Samples: make([]appliance.Sample, writerSeries)}
	for i := range infos {
		infos[i] = appliance.SeriesInfo{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m", Instance: strconv.Itoa(i)}, Step: time.Minute}
	}
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(3)
		}
	}
	fail(s.SeriesFor(infos))
	for n := first; ; n++ {
		now.set(writerStart.Add(time.Duration(n) * time.Minute))
		batch.At = now.now()
		for i := range infos {
			batch.Samples[i] = appliance.Sample{Series: infos[i].ID, Number: sampleOf(n, i)}
		}
		batch.Events = nil
		if n%5 == 0 {
			batch.Events = []appliance.Event{{At: batch.At, Kind: appliance.EventState, Device: 1, Item: strconv.FormatUint(n, 10)}}
		}
		fail(s.Record(batch))
		if n%7 == 0 {
			fail(s.Update(func(tx *Tx) error {
				return tx.AppendLogbook(&appliance.LogbookEntry{By: "writer", Text: fmt.Sprintf("record %d", n)})
			}))
		}
		if n%3 == 0 || synced {
			fail(s.PutMeta(fmt.Sprintf("r%08d", n), payload(n)))
		}
		if n%40 == 0 { // the keeper's work, at the pace of the writer's clock
			fail(s.cutDue())
			fail(s.mergeDays())
			fail(s.compact())
		}
		fmt.Println("ack", n)
	}
}

// writer is such a process.
type writer struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	acked []uint64
	ready time.Duration // from start to open store
	errs  []string
}

func startWriter(tb testing.TB, dir string, first uint64, synced bool) *writer {
	tb.Helper()
	exe, err := os.Executable()
	must(tb, err)
	w := &writer{cmd: exec.Command(exe)}
	w.cmd.Env = append(os.Environ(), writerDir+"="+dir, fmt.Sprintf("SITEWARD_TEST_FIRST=%d", first), "GOMAXPROCS=2")
	if synced {
		w.cmd.Env = append(w.cmd.Env, "SITEWARD_TEST_SYNCED=1")
	}
	out, err := w.cmd.StdoutPipe()
	must(tb, err)
	w.cmd.Stderr = os.Stderr
	began := time.Now()
	must(tb, w.cmd.Start())
	w.lines = bufio.NewScanner(out)
	for w.lines.Scan() {
		if w.lines.Text() == "ready" {
			w.ready = time.Since(began)
			return w
		}
		w.errs = append(w.errs, w.lines.Text())
	}
	tb.Fatalf("the writer did not open the store: %v", w.errs)
	return nil
}

// drain reads what the process said until it is gone.
func (w *writer) drain(tb testing.TB) {
	tb.Helper()
	for w.lines.Scan() {
		n, ok := strings.CutPrefix(w.lines.Text(), "ack ")
		if !ok {
			w.errs = append(w.errs, w.lines.Text())
			continue
		}
		v, err := strconv.ParseUint(n, 10, 64)
		must(tb, err)
		w.acked = append(w.acked, v)
	}
	_ = w.cmd.Wait()
	if len(w.errs) > 0 {
		tb.Fatalf("the writer failed: %v", w.errs)
	}
}

// lost counts what was acknowledged and is not in the store. With power only what was synced counts, which is the
// values and the events up to them.
func lost(tb testing.TB, dir string, acked []uint64, power bool) (n int, opened time.Duration) {
	tb.Helper()
	last := uint64(0)
	if len(acked) > 0 {
		last = acked[len(acked)-1]
	}
	now := writerStart.Add(time.Duration(last) * time.Minute)
	began := time.Now()
	s, err := Open(tb.Context(), dir, Options{SkipVerify: true, Now: func() time.Time { return now }})
	must(tb, err)
	opened = time.Since(began)
	defer s.Close()
	events := map[string]bool{}
	got, err := s.Events(EventFilter{Limit: 1 << 30})
	must(tb, err)
	for _, e := range got {
		events[e.Item] = true
	}
	columns := make([]appliance.Column, writerSeries)
	infos, err := s.Series(1)
	must(tb, err)
	for i, info := range infos {
		columns[i], err = s.Read(info.ID, writerStart, now.Add(time.Minute))
		must(tb, err)
	}
	for _, v := range acked {
		if v%3 == 0 || power {
			b, err := s.Meta(fmt.Sprintf("r%08d", v))
			must(tb, err)
			if !bytes.Equal(b, payload(v)) {
				n++
				tb.Logf("record %d is lost", v)
			}
		}
		if v%5 == 0 && !events[strconv.FormatUint(v, 10)] {
			n++
			tb.Logf("event of record %d is lost", v)
		}
		for i := range columns {
			if x := columns[i].Number[v]; x != sampleOf(v, i) {
				n++
				tb.Logf("sample %d of series %d is %v, want %v", v, i, x, sampleOf(v, i))
				break
			}
		}
	}
	n += lostEntries(tb, s, acked)
	r, err := s.Verify(tb.Context())
	must(tb, err)
	for _, d := range r.Damage {
		tb.Errorf("damage after the stop: %s: %s", d.Where, d.What)
	}
	return n, opened
}

// lostEntries counts the logbook's entries that were acknowledged and are not there, and wants the logbook to verify.
func lostEntries(tb testing.TB, s *Store, acked []uint64) (n int) {
	tb.Helper()
	book, err := s.VerifyLogbook(tb.Context())
	must(tb, err)
	if !book.Fits() {
		tb.Errorf("the logbook does not verify after the stop: %+v", book)
	}
	entries := map[string]bool{}
	must(tb, s.View(func(tx *Tx) error {
		for seq := range s.LogbookSize() {
			e, err := tx.LogbookEntry(seq + 1)
			if err != nil {
				return err
			}
			entries[e.Text] = true
		}
		return nil
	}))
	for _, v := range acked {
		if v%7 == 0 && !entries[fmt.Sprintf("record %d", v)] {
			n++
			tb.Logf("entry of record %d is lost", v)
		}
	}
	return n
}

func envInt(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestKillLosesNothing is figure 19: kill -9 at random points, no acknowledged record lost, no repair by hand, ready
// again in less than two seconds.
func TestKillLosesNothing(t *testing.T) {
	kills := envInt("SITEWARD_KILLS", 20)
	dir := filepath.Join(t.TempDir(), "store")
	var acked []uint64
	next, lostAll := uint64(0), 0
	var slowest time.Duration
	for kill := range kills {
		if kill%5 == 4 { // now and then a clean stop in between
			n, _ := lost(t, dir, acked, false)
			lostAll = max(lostAll, n)
		}
		w := startWriter(t, dir, next, false)
		pid := w.cmd.Process
		timer := time.AfterFunc(time.Duration(5+rand.IntN(296))*time.Millisecond, func() { _ = pid.Kill() })
		w.drain(t)
		timer.Stop()
		acked = append(acked, w.acked...)
		slowest = max(slowest, w.ready)
		if len(acked) > 0 {
			next = acked[len(acked)-1] + 2 // the one after the last may be half there or not at all
		}
	}
	n, opened := lost(t, dir, acked, false)
	if lostAll = max(lostAll, n); next < uint64(kills) {
		t.Fatal("the writer hardly wrote anything")
	}
	t.Logf("kills %d, acknowledged %d, lost %d, slowest start of a process until ready %v, last open %v", kills, len(acked), lostAll, slowest, opened)
	if lostAll > 0 || slowest > 2*time.Second {
		t.Error("acknowledged records were lost, or the store was not ready within 2 s")
	}
}
