package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// fillDisk writes until nothing fits any more.
func fillDisk(tb testing.TB, path string) {
	tb.Helper()
	f, err := os.Create(path)
	must(tb, err)
	defer f.Close()
	block := make([]byte, 1<<20)
	for {
		if _, err := f.Write(block); err != nil {
			if errors.Is(err, syscall.ENOSPC) {
				if len(block) > 4096 {
					block = block[:len(block)/2]
					continue
				}
				return
			}
			tb.Fatal(err)
		}
	}
}

// TestDiskFull is figure 21: another process fills the disk while the store is being written. Nothing crashes,
// nothing acknowledged is lost, and writes are back soon after there is room again. The writer is a process of its
// own, because the crash to be seen would be a SIGBUS.
func TestDiskFull(t *testing.T) {
	mount := peer.SmallDisk(t, "200m")
	dir := filepath.Join(mount, "store")
	s := mustOpen(t, dir, Options{})
	series := []appliance.SeriesInfo{{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m"}, Step: time.Minute}}
	must(t, s.SeriesFor(series))
	write := func(n int) error {
		at := noon.Add(time.Duration(n) * time.Minute)
		if err := s.Record(Batch{At: at, Samples: []appliance.Sample{{Series: 1, Number: float64(n)}}}); err != nil {
			return err
		}
		return s.PutMeta("n"+appliance.ID(n).String(), payload(uint64(n)))
	}
	var acked []int
	n := 0
	for ; n < 50; n++ {
		must(t, write(n))
		acked = append(acked, n)
	}
	ballast := filepath.Join(mount, "others")
	fillDisk(t, ballast)
	for ; n < 100; n++ {
		err := write(n)
		if appliance.CodeOf(err) != appliance.CodeReadOnly {
			t.Fatalf("write %d on a full disk: %v, want %s", n, err, appliance.CodeReadOnly)
		}
		if !strings.Contains(err.Error(), "make room") {
			t.Fatalf("the message does not say what to do: %v", err)
		}
	}
	if readOnly, why := s.Mode(); !readOnly || why.Key != "store.read_only.full" {
		t.Errorf("mode %v %+v", readOnly, why)
	}
	must(t, s.Healthy(t.Context())) // a restart would not help
	for _, v := range acked {       // reading goes on
		if b, err := s.Meta("n" + appliance.ID(v).String()); err != nil || string(b) != string(payload(uint64(v))) {
			t.Fatalf("record %d cannot be read on a full disk: %v", v, err)
		}
	}
	must(t, s.Close())

	s = mustOpen(t, dir, Options{}) // the ballast makes the start possible
	if readOnly, _ := s.Mode(); !readOnly {
		if err := write(n); appliance.CodeOf(err) != appliance.CodeReadOnly {
			t.Fatalf("write after a start on a full disk: %v", err)
		}
	}
	must(t, os.Remove(ballast))
	began := time.Now()
	peer.Until(t, 30*time.Second, "writes come back", func() bool { return write(n) == nil })
	t.Logf("writes were back after %v", time.Since(began))
	acked = append(acked, n)
	for _, v := range acked {
		if b, err := s.Meta("n" + appliance.ID(v).String()); err != nil || string(b) != string(payload(uint64(v))) {
			t.Fatalf("record %d is lost: %v", v, err)
		}
	}
	c, err := s.Read(1, noon, noon.Add(50*time.Minute))
	must(t, err)
	for i, x := range c.Number {
		if x != float64(i) {
			t.Fatalf("sample %d is lost: %v", i, x)
		}
	}
}

// TestDiskFilledWhileWriting lets another fill the disk at full speed while a process writes at full speed.
func TestDiskFilledWhileWriting(t *testing.T) {
	mount := peer.SmallDisk(t, "220m")
	dir := filepath.Join(mount, "store")
	w := startWriter(t, dir, 0, false)
	full := make(chan struct{})
	go func() {
		defer close(full)
		fillDisk(t, filepath.Join(mount, "others"))
	}()
	for w.lines.Scan() { // until the writer is refused
		if n, ok := strings.CutPrefix(w.lines.Text(), "ack "); ok {
			v, err := strconv.ParseUint(n, 10, 64)
			must(t, err)
			w.acked = append(w.acked, v)
			continue
		}
		w.errs = append(w.errs, w.lines.Text())
	}
	<-full
	_ = w.cmd.Wait()
	if code := w.cmd.ProcessState.ExitCode(); code != 3 || len(w.errs) != 1 || !strings.Contains(w.errs[0], "the disk is full") {
		t.Fatalf("the writer ended with %v, %v; want a refusal", w.cmd.ProcessState, w.errs)
	}
	must(t, os.Remove(filepath.Join(mount, "others")))
	if n, _ := lost(t, dir, w.acked, false); n > 0 {
		t.Errorf("%d acknowledged records were lost", n)
	}
	t.Logf("acknowledged %d until the disk was full", len(w.acked))
}
