package source

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

var now = time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// memory is who reads lines and remembers how far, as the appliance does: both or neither.
type memory struct {
	tb     testing.TB
	folder string
	files  []appliance.SourceFile
	lines  []string
	last   uint32
	now    time.Time
}

func remember(tb testing.TB) *memory {
	return &memory{tb: tb, folder: tb.TempDir(), now: now}
}

func (m *memory) path(name string) string { return filepath.Join(m.folder, name) }

func (m *memory) write(name, text string) {
	m.tb.Helper()
	f, err := os.OpenFile(m.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(m.tb, err)
	_, err = f.WriteString(text)
	must(m.tb, errors.Join(err, f.Close()))
}

func (m *memory) take(_ context.Context, p Piece, done func(Done) (*appliance.SourceFile, error)) error {
	r, at := bufio.NewReader(p.Reader), p.Offset
	var lines []string
	for {
		line, err := r.ReadString('\n')
		if err != nil && (!p.Final || line == "") {
			break
		}
		at += int64(len(line))
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	f, err := done(Done{Resume: at, Product: "lines"})
	if err != nil {
		return err
	}
	if f.N == 0 {
		m.last++
		f.N = m.last
	}
	m.files = append(slices.DeleteFunc(m.files, func(k appliance.SourceFile) bool { return k.N == f.N }), *f)
	m.lines = append(m.lines, lines...)
	return nil
}

func (m *memory) poll(patterns ...string) Result {
	m.tb.Helper()
	r, err := m.try(patterns...)
	must(m.tb, err)
	return r
}

func (m *memory) try(patterns ...string) (Result, error) {
	m.tb.Helper()
	for i := range patterns {
		patterns[i] = m.path(patterns[i])
	}
	p, err := Local([]string{m.folder}, patterns)
	must(m.tb, err)
	defer p.Close()
	return Follow(m.tb.Context(), p, m.files, Options{Now: m.now, Horizon: m.now.AddDate(-20, 0, 0)}, m.take)
}

func (m *memory) want(lines ...string) {
	m.tb.Helper()
	if !slices.Equal(m.lines, lines) {
		m.tb.Fatalf("read %q, want %q", m.lines, lines)
	}
}

func (m *memory) pack(name string) {
	m.tb.Helper()
	b, err := os.ReadFile(m.path(name))
	must(m.tb, err)
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err = w.Write(b)
	must(m.tb, errors.Join(err, w.Close(), os.WriteFile(m.path(name+".gz"), out.Bytes(), 0o600), os.Remove(m.path(name))))
}

func (m *memory) rename(from, to string) {
	m.tb.Helper()
	must(m.tb, os.Rename(m.path(from), m.path(to)))
}

func TestRotation(t *testing.T) {
	for name, test := range map[string]func(m *memory){
		"rename and create": func(m *memory) {
			m.write("b.log", "one\ntwo\n")
			m.poll("b.log")
			m.write("b.log", "three\n")
			m.rename("b.log", "b.log.1")
			m.write("b.log", "four\n")
			m.poll("b.log")
			m.want("one", "two", "three", "four")
		},
		"two rotations between readings, the older one packed": func(m *memory) {
			m.write("b.log", "one\n")
			m.poll("b.log")
			m.write("b.log", "two\n")
			m.rename("b.log", "b.log.1")
			m.write("b.log", "three\n")
			m.pack("b.log.1")
			m.rename("b.log.1.gz", "b.log.2.gz")
			m.rename("b.log", "b.log.1")
			m.write("b.log", "four\n")
			old := time.Now().Add(-time.Hour)
			must(m.tb, os.Chtimes(m.path("b.log.2.gz"), old, old))
			m.poll("b.log")
			m.want("one", "two", "three", "four")
		},
		"by date": func(m *memory) {
			m.write("b.log", "one\n")
			m.poll("b.log")
			m.write("b.log", "two\n")
			m.rename("b.log", "b.log-20261127")
			m.write("b.log", "three\n")
			m.poll("b.log")
			m.rename("b.log", "b-2026-11-28.log")
			m.write("b.log", "four\n")
			m.poll("b.log")
			m.want("one", "two", "three", "four")
		},
		"copy and truncate": func(m *memory) {
			m.write("b.log", "one\n")
			m.poll("b.log")
			m.write("b.log", "two\n")
			b, err := os.ReadFile(m.path("b.log"))
			must(m.tb, err)
			must(m.tb, os.WriteFile(m.path("b.log.1"), b, 0o600))
			m.poll("b.log") // in between: the copy is nothing new
			must(m.tb, os.Truncate(m.path("b.log"), 0))
			m.poll("b.log")
			m.write("b.log", "three\n")
			m.poll("b.log")
			m.want("one", "two", "three")
		},
		"copied, truncated and grown beyond before it is read again": func(m *memory) {
			m.write("b.log", "one\n")
			m.poll("b.log")
			m.write("b.log", "two\n")
			b, err := os.ReadFile(m.path("b.log"))
			must(m.tb, err)
			must(m.tb, os.WriteFile(m.path("b.log.1"), b, 0o600))
			must(m.tb, os.WriteFile(m.path("b.log"), []byte("three\nfour\nfive\n"), 0o600))
			m.poll("b.log")
			m.want("one", "two", "three", "four", "five")
		},
		"truncated and written anew": func(m *memory) {
			m.write("b.log", "one\ntwo\n")
			m.poll("b.log")
			must(m.tb, os.WriteFile(m.path("b.log"), []byte("three\n"), 0o600))
			m.poll("b.log")
			m.want("one", "two", "three")
		},
		"a line that is not whole waits for its rest": func(m *memory) {
			m.write("b.log", "one\ntw")
			m.poll("b.log")
			m.want("one")
			m.write("b.log", "o\n")
			m.poll("b.log")
			m.want("one", "two")
		},
		"and is a line when nothing comes": func(m *memory) {
			m.write("b.log", "one\ntwo")
			m.poll("b.log")
			m.now = time.Now().Add(200 * time.Hour)
			m.poll("b.log")
			m.want("one", "two")
			if r := m.poll("b.log"); r.Read != 0 {
				m.tb.Errorf("it was read again")
			}
		},
		"packed from the start": func(m *memory) {
			m.write("b.log", "one\n")
			m.pack("b.log")
			m.write("b.log", "two\n")
			m.poll("b.log")
			m.poll("b.log")
			m.want("one", "two")
		},
		"zstandard": func(m *memory) {
			w, _ := zstd.NewWriter(nil)
			must(m.tb, os.WriteFile(m.path("b.log.zst"), w.EncodeAll([]byte("one\ntwo\n"), nil), 0o600))
			m.poll("b.log")
			m.want("one", "two")
		},
		"a pattern, and files that say the same": func(m *memory) {
			m.write("a.log", "done\n")
			m.write("b.log", "done\n")
			m.write("c.txt", "done\n")
			m.poll("*.log")
			m.poll("*.log")
			m.want("done", "done")
		},
		"one that may not be read does not keep the others": func(m *memory) {
			m.write("a.log", "one\n")
			must(m.tb, os.Symlink("/etc/passwd", m.path("b.log")))
			m.write("c.log", "two\n")
			m.poll("*.log")
			m.want("one", "two")
		},
		"utf-16 goes on with its mark": func(m *memory) {
			m.write("b.log", "\xff\xfea\x00\n\x00")
			m.files = nil
			p, err := Local([]string{m.folder}, []string{m.path("b.log")})
			must(m.tb, err)
			defer p.Close()
			var got []string
			take := func(_ context.Context, p Piece, done func(Done) (*appliance.SourceFile, error)) error {
				b, err := io.ReadAll(p.Reader)
				must(m.tb, err)
				got = append(got, string(b))
				f, err := done(Done{Resume: p.Offset + int64(len(b))})
				m.files = []appliance.SourceFile{*f}
				m.files[0].N = 1
				return err
			}
			_, err = Follow(m.tb.Context(), p, nil, Options{Now: now}, take)
			must(m.tb, err)
			m.write("b.log", "b\x00\n\x00")
			_, err = Follow(m.tb.Context(), p, m.files, Options{Now: now}, take)
			must(m.tb, err)
			if !slices.Equal(got, []string{"\xff\xfea\x00\n\x00", "\xff\xfeb\x00\n\x00"}) || m.files[0].Offset != 10 {
				m.tb.Errorf("got %q, offset %d", got, m.files[0].Offset)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(remember(t)) })
	}
}

// TestNothingIsLostOrDoubled lets a program write numbered lines while its log is rotated in every way there is, and
// reads now and then: each line is read once.
func TestNothingIsLostOrDoubled(t *testing.T) {
	for seed := range uint64(20) {
		m := remember(t)
		r := rand.New(rand.NewPCG(seed, 1))
		n, age := 0, 0
		rotate := func() {
			files, err := filepath.Glob(m.path("b.log.*"))
			must(t, err)
			slices.SortFunc(files, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(b, a)) })
			for _, f := range files {
				base := filepath.Base(f)
				var i int
				_, err := fmt.Sscanf(base, "b.log.%d", &i)
				must(t, err)
				m.rename(base, strings.Replace(base, fmt.Sprint(i), fmt.Sprint(i+1), 1))
			}
		}
		for range 120 {
			switch k := r.IntN(12); {
			case k < 6:
				for range r.IntN(60) {
					n++
					m.write("b.log", fmt.Sprintf("line %d of the log, and some words behind it\n", n))
				}
			case k < 9:
				m.poll("b.log")
			default:
				if _, err := os.Stat(m.path("b.log")); err != nil || age > 80 {
					continue
				}
				age++
				rotate()
				if k == 9 {
					b, err := os.ReadFile(m.path("b.log"))
					must(t, errors.Join(err, os.WriteFile(m.path("b.log.1"), b, 0o600), os.Truncate(m.path("b.log"), 0)))
				} else {
					m.rename("b.log", "b.log.1")
				}
				if k == 11 {
					m.pack("b.log.1")
				}
			}
		}
		m.poll("b.log")
		seen := map[string]int{}
		for _, l := range m.lines {
			seen[l]++
		}
		for i := range n {
			if l := fmt.Sprintf("line %d of the log, and some words behind it", i+1); seen[l] != 1 {
				t.Fatalf("seed %d: %q was read %d times", seed, l, seen[l])
			}
		}
	}
}

func TestFoldersHoldWhatTheyHold(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "logs"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600))
	logs := filepath.Join(dir, "logs")
	must(t, os.Symlink("../secret", filepath.Join(logs, "out.log")))
	must(t, os.Symlink("..", filepath.Join(logs, "up")))
	must(t, os.WriteFile(filepath.Join(logs, "in.txt"), []byte("x"), 0o600))
	must(t, os.Symlink("in.txt", filepath.Join(logs, "in.log")))
	for _, bad := range []string{"/etc/passwd", logs + "/../secret", "relative.log", dir + "/secret", logs + "x/a.log", "", "/"} {
		if _, err := Local([]string{logs}, []string{bad}); appliance.CodeOf(err) != appliance.CodeInvalid {
			t.Errorf("%q is allowed: %v", bad, err)
		}
	}
	p, err := Local([]string{logs}, []string{logs + "/*.log", logs + "/up/secret"})
	must(t, err)
	defer p.Close()
	if _, err := p.List(t.Context()); appliance.CodeOf(err) != appliance.CodeUnavailable {
		t.Errorf("a folder outside was listed: %v", err)
	}
	p2, err := Local([]string{logs}, []string{logs + "/*.log", logs + "/up"})
	must(t, err)
	defer p2.Close()
	found, err := p2.List(t.Context())
	must(t, err)
	if len(found) != 1 || found[0].Name != logs+"/in.log" {
		t.Errorf("found %v", found)
	}
	if _, err := p2.Open(t.Context(), Found{Name: logs + "/out.log"}); err == nil {
		t.Error("a link out of the folder was followed")
	}
}

func TestAPipeIsNotWaitedFor(t *testing.T) {
	m := remember(t)
	must(t, mkfifo(m.path("b.log")))
	if r := m.poll("b.log"); r.Files != 0 {
		t.Error("a pipe is no log")
	}
}

func TestABombIsTold(t *testing.T) {
	m := remember(t)
	f, err := os.Create(m.path("b.log.zst"))
	must(t, err)
	w, err := zstd.NewWriter(f, zstd.WithEncoderConcurrency(1))
	must(t, err)
	_, err = io.CopyN(w, zeros{}, MaxUnpacked+(64<<20))
	must(t, errors.Join(err, w.Close(), f.Close()))
	m2 := *m
	_, err = Follow(t.Context(), &local{patterns: []located{{m.folder, m.path("b.log")}}, roots: map[string]*os.Root{}}, nil, Options{Now: now},
		func(_ context.Context, p Piece, done func(Done) (*appliance.SourceFile, error)) error {
			n, err := io.Copy(io.Discard, p.Reader)
			must(t, err)
			k, err := done(Done{Resume: p.Offset + n})
			must(t, err)
			k.N = 1
			m2.files = []appliance.SourceFile{*k}
			return nil
		})
	if appliance.CodeOf(err) != appliance.CodeTooLarge {
		t.Errorf("got %v", err)
	}
	if r, err := m2.try("b.log"); err != nil || r.Bytes != 0 {
		t.Errorf("it was read again: %+v, %v", r, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestSentences(t *testing.T) {
	for want, err := range map[string]error{
		"source.error_missing": fs.ErrNotExist, "source.error_permission": fs.ErrPermission, "source.error_many": errMany, "source.error_read": io.ErrUnexpectedEOF,
	} {
		e, ok := errors.AsType[*appliance.Error](failure("x", err))
		if !ok || e.Message.Key != want || e.Message.English == "" {
			t.Errorf("%v: %+v", err, e)
		}
	}
}

// TestALogChangesWhileItIsRead: between the opening of a log and the end of its reading it grows, is moved away, is cut
// or goes. What was written is read once, at the latest with the next reading.
func TestALogChangesWhileItIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		during func(m *memory)
		want   []string
	}{
		"it grows":          {func(m *memory) { m.write("b.log", "three\n") }, []string{"one", "two", "three"}},
		"half a line comes": {func(m *memory) { m.write("b.log", "thr"); m.write("b.log", "ee\n") }, []string{"one", "two", "three"}},
		"it is moved away": {func(m *memory) {
			m.write("b.log", "three\n")
			m.rename("b.log", "b.log.1")
			m.write("b.log", "four\n")
		}, []string{"one", "two", "three", "four"}},
		"it is moved away and packed": {func(m *memory) {
			m.write("b.log", "three\n")
			m.rename("b.log", "b.log.1")
			m.pack("b.log.1")
			m.write("b.log", "four\n")
		}, []string{"one", "two", "three", "four"}},
		"it is copied and cut": {func(m *memory) {
			b, err := os.ReadFile(m.path("b.log"))
			must(m.tb, errors.Join(err, os.WriteFile(m.path("b.log.1"), b, 0o600), os.Truncate(m.path("b.log"), 0)))
			m.write("b.log", "four\n")
		}, []string{"one", "two", "four"}},
		"it is cut without a copy": {func(m *memory) {
			must(m.tb, os.Truncate(m.path("b.log"), 0))
			m.write("b.log", "four\n")
		}, []string{"four"}}, // what was read of it might be half of the old and half of the new: it is not believed
		"it goes and comes anew": {func(m *memory) {
			must(m.tb, os.Remove(m.path("b.log")))
			m.write("b.log", "four\n")
		}, []string{"one", "two", "four"}},
		"it is replaced by a folder": {func(m *memory) {
			must(m.tb, errors.Join(os.Remove(m.path("b.log")), os.Mkdir(m.path("b.log"), 0o700)))
		}, []string{"one", "two"}},
		"it is replaced by a link out of the folder": {func(m *memory) {
			must(m.tb, errors.Join(os.Remove(m.path("b.log")), os.Symlink("/etc/passwd", m.path("b.log"))))
		}, []string{"one", "two"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, when := range []string{"before the first byte", "after the last"} {
				m := remember(t)
				m.write("b.log", "one\ntwo\n")
				once := false
				p, err := Local([]string{m.folder}, []string{m.path("b.log")})
				must(t, err)
				change := func() {
					if !once {
						once = true
						test.during(m)
					}
				}
				_, err = Follow(t.Context(), p, m.files, Options{Now: m.now, Horizon: m.now.AddDate(-20, 0, 0)}, func(ctx context.Context, piece Piece, done func(Done) (*appliance.SourceFile, error)) error {
					if when == "before the first byte" {
						change()
					}
					return m.take(ctx, piece, func(d Done) (*appliance.SourceFile, error) {
						change()
						return done(d)
					})
				})
				must(t, errors.Join(err, p.Close()))
				for range 3 {
					_, _ = m.try("b.log") // that it is a folder now is told, and is not what counts here
				}
				got, want := slices.Sorted(slices.Values(m.lines)), slices.Sorted(slices.Values(test.want))
				if when == "before the first byte" && gone(name) { // what went before it was read cannot be read
					want = slices.DeleteFunc(want, func(s string) bool { return s == "one" || s == "two" })
					got = slices.DeleteFunc(got, func(s string) bool { return s == "one" || s == "two" })
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s: read %q, want %q", when, m.lines, want)
				}
			}
		})
	}
}

func gone(name string) bool {
	return strings.HasPrefix(name, "it goes") || strings.HasPrefix(name, "it is replaced") || name == "it is cut without a copy"
}
