package backuplog

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// endless gives the same text until so many bytes were read, then the end.
type endless struct {
	text, end []byte
	left      int64
	at        int
	most      uint64
	every     int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		if len(e.end) == 0 {
			return 0, io.EOF
		}
		n := copy(p, e.end)
		e.end = e.end[n:]
		return n, nil
	}
	if e.every++; e.every%100 == 1 {
		runtime.GC() // what is kept counts, not what is thrown away
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		e.most = max(e.most, m.HeapAlloc)
	}
	n := 0
	for n < len(p) {
		k := copy(p[n:], e.text[e.at:])
		n, e.at = n+k, (e.at+k)%len(e.text)
	}
	e.left -= int64(n)
	return n, nil
}

// TestMemoryIsBounded reads logs that are twice as large as the memory allowed: dull ones, one line without end, runs without end, JSON that never closes.
func TestMemoryIsBounded(t *testing.T) {
	set := shipped(t)
	set.automaton()
	for name, text := range map[string]string{
		"dull lines":       "2026-11-22 02:00:00 nothing of interest in this line at all, as in most lines of most logs\n",
		"one line":         "x",
		"NUL bytes":        "\x00",
		"runs":             "Creating archive at \"/b::a-2026-11-22\"\nterminating with success status, rc 0\n",
		"errors of a run":  "tar: /srv/daten/x: Cannot open: Permission denied\n",
		"JSON that opens":  "{\"archive\": {\"name\": \"x\",\n",
		"carriage returns": "12% done\r",
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			in := &endless{text: []byte(text), end: []byte("\nterminating with success status, rc 0\n"), left: 6 << 20}
			res, err := Read(context.Background(), in, Options{Formats: set, Now: readAt, Final: true})
			if err != nil {
				t.Fatal(err)
			}
			if grown := int64(in.most) - int64(before.HeapAlloc); grown > 3<<20 {
				t.Errorf("%d MB of memory", grown>>20)
			}
			if name != "runs" && !res.More && (len(res.Runs) == 0 || res.Runs[len(res.Runs)-1].Status == "") {
				t.Error("the line at the end was not seen")
			}
			if name == "runs" && (!res.More || res.Resume == 0) {
				t.Errorf("a log of very many runs is read in parts: %v %d", res.More, res.Resume)
			}
		})
	}
}

func TestCompressedAndHostileInput(t *testing.T) {
	set := shipped(t)
	good := "Creating archive at \"/b::a-2026-11-22\"\nterminating with success status, rc 0\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(good))
	_ = z.Close()
	var bomb bytes.Buffer
	z = gzip.NewWriter(&bomb)
	_, _ = io.CopyN(z, zeroReader{}, 24<<20)
	_ = z.Close()
	read := func(b []byte) Result {
		res, err := Read(context.Background(), bytes.NewReader(b), Options{Formats: set, Now: readAt, Final: true, Limit: 8 << 20})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if res := read(packed.Bytes()); len(res.Runs) != 1 || res.Runs[0].Status != appliance.RunSuccess || res.Encoding != "gzip" {
		t.Errorf("gzip: %+v", res)
	}
	if res := read(packed.Bytes()[:packed.Len()/2]); len(res.Runs) > 0 && res.Runs[0].Status == appliance.RunSuccess {
		t.Error("half an archive is no success")
	}
	if res := read(bomb.Bytes()); !res.More {
		t.Error("a bomb is not read to its end")
	}
	nested := "Subject: x\nFrom: a@b\nTo: c@d\nMIME-Version: 1.0\n"
	for i := range 200 {
		nested += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	read([]byte(nested + "Content-Type: text/plain\n\n" + good))
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestYearsAndZones(t *testing.T) {
	c := clock{loc: berlin, now: time.Date(2026, 1, 3, 8, 0, 0, 0, time.UTC)}
	for in, want := range map[string]string{
		"Dec 31 23:59:58 host x":            "2025-12-31T23:59:58+01:00", // a log of last year
		"Jan  3 08:30:00 host x":            "2026-01-03T08:30:00+01:00",
		"Feb 29 01:00:00":                   "2024-02-29T01:00:00+01:00",
		"2027-05-01 10:00:00":               "2027-05-01T10:00:00+02:00", // a clock that is ahead is told as it is
		"2026-03-29 02:30:00":               "2026-03-29T03:30:00+02:00", // an hour that was left out
		"Sun Nov 22 02:06:19 CET 2026":      "2026-11-22T02:06:19+01:00",
		"So 22. Nov 01:49:47 CET 2026":      "2026-11-22T01:49:47+01:00",
		"Donnerstag, 8. März 2018 14:34:58": "2018-03-08T14:34:58+01:00",
		"Fri Jun 27 15:41:34 PDT 2008":      "2008-06-28T00:41:34+02:00",
		"22-11-2026 03:00":                  "2026-11-22T03:00:00+01:00",
		"11/22/2026 3:04:05 PM":             "2026-11-22T15:04:05+01:00",
		"2026-11-22T01:49:47.123456Z":       "2026-11-22T02:49:47+01:00",
	} {
		got, ok := c.parse(in)
		if s := got.In(berlin).Format(time.RFC3339); !ok || s != want {
			t.Errorf("%s: %s, want %s", in, s, want)
		}
	}
}

// BenchmarkDullLines is the figure: how fast lines that mean nothing are passed over, beside grep -c in the same run.
func BenchmarkDullLines(b *testing.B) {
	set := shipped(b)
	set.automaton()
	line := "2026-11-22T02:00:00.123456+01:00 srv-file01 CRON[12345]: (root) CMD (/usr/lib/sa/sa1 1 1) with some more words behind it\n"
	text := []byte(strings.Repeat(line, (64<<20)/len(line)))
	path := filepath.Join(b.TempDir(), "dull.log")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		began, n := cpu(syscall.RUSAGE_SELF), 0
		defer func() { report(b, cpu(syscall.RUSAGE_SELF)-began, n, len(text)) }()
		for b.Loop() {
			n++
			if _, err := Read(context.Background(), bytes.NewReader(text), Options{Formats: set, Now: readAt, Final: true}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("grep", func(b *testing.B) {
		grep := peer.Need(b, "grep")
		b.SetBytes(int64(len(text)))
		began, n := cpu(syscall.RUSAGE_CHILDREN), 0
		defer func() { report(b, cpu(syscall.RUSAGE_CHILDREN)-began, n, len(text)) }()
		for b.Loop() {
			n++
			_ = exec.Command(grep, "-c", "-F", "-e", "Backup OK", "-e", "TASK OK", "-e", "completed successfully", path).Run()
		}
	})
}

// cpu is the time of the processor that was used so far: on a busy machine the clock on the wall says little.
func cpu(who int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(who, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func report(b *testing.B, used time.Duration, runs, size int) {
	b.ReportMetric(float64(runs)*float64(size)/1e6/used.Seconds(), "MB/cpu-s")
}
