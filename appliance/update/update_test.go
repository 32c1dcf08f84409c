package update

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"siteward/appliance"
)

var now = time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)

// bench is a machine with a packaged program of version 1.0.0 and a provider who signs releases.
type bench struct {
	Folder
	t        *testing.T
	key      minisign.PrivateKey
	packaged string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, key: private, packaged: filepath.Join(t.TempDir(), "siteward"),
		Folder: Folder{Dir: filepath.Join(t.TempDir(), "releases"), Keys: Keys{public}, OS: "linux", Arch: "amd64"}}
	if err := os.WriteFile(b.packaged, []byte("packaged"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.settle()
	return b
}

// release writes a release into a folder of its own. change may alter its manifest before it is signed.
func (b *bench) release(version string, change ...func(*Manifest)) string {
	b.t.Helper()
	dir := b.t.TempDir()
	program := []byte("program " + version)
	sum := sha256.Sum256(program)
	m := Manifest{Form: 1, Product: "siteward", Version: version, Date: now,
		Files: []File{{OS: "linux", Arch: "amd64", Name: "siteward-amd64", Bytes: int64(len(program)), SHA256: hex.EncodeToString(sum[:])}}}
	for _, f := range change {
		f(&m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, content := range map[string][]byte{"siteward-amd64": program, ManifestName: text, SignatureName: minisign.Sign(b.key, text)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	return dir
}

func (b *bench) staging() Staging {
	return Staging{Running: "1.0.0", By: "anna", Now: now,
		Backup: func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, "store"); return err },
		Verify: func(r io.Reader) error {
			text, err := io.ReadAll(r)
			if err == nil && string(text) != "store" {
				err = errors.New("damaged")
			}
			return err
		}}
}

func (b *bench) stage(dir string, change ...func(*Staging)) error {
	b.t.Helper()
	src, err := At(dir)
	if err != nil {
		return err
	}
	o := b.staging()
	for _, f := range change {
		f(&o)
	}
	_, err = b.Stage(b.t.Context(), src, o)
	return err
}

// settle is a start of the service: it gives what the program that would run holds.
func (b *bench) settle() string {
	b.t.Helper()
	if _, err := b.Settle(b.packaged, "1.0.0", now); err != nil {
		b.t.Logf("settle: %v", err)
	}
	return b.runs()
}

func (b *bench) runs() string {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.Dir, currentName))
	if err != nil {
		b.t.Fatalf("no program to start: %v", err)
	}
	return string(text)
}

func TestAReleaseIsTriedAndStaysWhenItIsWell(t *testing.T) {
	b := newBench(t)
	if got := b.runs(); got != "packaged" {
		t.Fatal(got)
	}
	if err := b.stage(b.release("1.1.0")); err != nil {
		t.Fatal(err)
	}
	if got := b.runs(); got != "packaged" {
		t.Errorf("%q runs before the restart", got)
	}
	if got := b.settle(); got != "program 1.1.0" || !b.OnTrial("1.1.0") {
		t.Errorf("%q runs", got)
	}
	if err := b.Confirm("1.1.0", now); err != nil {
		t.Fatal(err)
	}
	for range MaxStarts + 2 {
		if got := b.settle(); got != "program 1.1.0" {
			t.Errorf("%q runs after it was confirmed", got)
		}
	}
	var told []string
	if err := b.Told(func(s Step) error { told = append(told, s.What+" "+s.Version); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(told, ","); got != "staged 1.1.0,confirmed 1.1.0" {
		t.Error(got)
	}
	// The package manager brings something newer: it wins, once and for all.
	if _, err := b.Settle(b.packaged, "1.1.0", now); err != nil || b.runs() != "packaged" {
		t.Errorf("%q runs, %v", b.runs(), err)
	}
}

func TestAReleaseThatDoesNotStayIsTakenBack(t *testing.T) {
	b := newBench(t)
	if err := b.stage(b.release("1.1.0")); err != nil {
		t.Fatal(err)
	}
	for range MaxStarts {
		if got := b.settle(); got != "program 1.1.0" {
			t.Fatalf("%q runs", got)
		}
	}
	if got := b.settle(); got != "packaged" {
		t.Errorf("%q runs after it crashed %d times", got, MaxStarts)
	}
	s, err := b.Load()
	if err != nil || s.Restore == nil || len(s.Failed) != 1 {
		t.Errorf("%+v %v", s, err)
	}
	if err := b.stage(b.release("1.1.0")); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("it comes again by itself: %v", err)
	}
	if err := b.stage(b.release("1.1.0"), func(o *Staging) { o.Again = true }); err != nil {
		t.Fatal(err)
	}
	b.settle()
	if err := b.Unwell("1.1.0", "the pages do not answer"); err != nil {
		t.Fatal(err)
	}
	if got := b.settle(); got != "packaged" {
		t.Errorf("%q runs although it said that it is not well", got)
	}
}

func TestWhatIsNotSignedNeverRuns(t *testing.T) {
	b := newBench(t)
	spoil := func(name string, change func([]byte) []byte) string {
		dir := b.release("1.1.0")
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), change(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	other := newBench(t)
	flip := func(text []byte) []byte { text[len(text)/2] ^= 1; return text }
	for name, dir := range map[string]string{
		"another key":        other.release("1.1.0"),
		"a changed manifest": spoil(ManifestName, flip),
		"a cut signature":    spoil(SignatureName, func(s []byte) []byte { return s[:len(s)/2] }),
		"a changed program":  spoil("siteward-amd64", flip),
		"a cut download":     spoil("siteward-amd64", func(s []byte) []byte { return s[:len(s)-1] }),
		"a longer program":   spoil("siteward-amd64", func(s []byte) []byte { return append(s, 'x') }),
		"an older version":   b.release("0.9.0"),
		"the same version":   b.release("1.0.0"),
		"another machine":    b.release("1.1.0", func(m *Manifest) { m.Files[0].Arch = "arm64" }),
		"another product":    b.release("1.1.0", func(m *Manifest) { m.Product = "other" }),
		"a path as a name":   b.release("1.1.0", func(m *Manifest) { m.Files[0].Name = "../../bin/sh" }),
		"a path as version":  b.release("1.1.0", func(m *Manifest) { m.Version = "../x" }),
		"a step left out":    b.release("1.2.0", func(m *Manifest) { m.From = "1.1.0" }),
		"nothing there":      t.TempDir(),
	} {
		if err := b.stage(dir); err == nil {
			t.Errorf("%s was taken", name)
		}
		if got := b.settle(); got != "packaged" {
			t.Errorf("%s: %q runs", name, got)
		}
		if left, _ := filepath.Glob(filepath.Join(b.Dir, ".stage-*")); len(left) > 0 {
			t.Errorf("%s leaves %v", name, left)
		}
	}
	// Somebody who runs as the service changes the program after it was checked.
	if err := b.stage(b.release("1.1.0")); err != nil {
		t.Fatal(err)
	}
	b.settle()
	if err := b.Confirm("1.1.0", now); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Dir, "1.1.0", programName), []byte("another program"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := b.settle(); got != "packaged" {
		t.Errorf("%q runs, which nobody signed", got)
	}
}

func TestAFullDiskOrABadBackupChangesNothing(t *testing.T) {
	b := newBench(t)
	full := errors.New("no space left on device")
	for name, change := range map[string]func(*Staging){
		"a full disk":            func(o *Staging) { o.Backup = func(context.Context, io.Writer) error { return full } },
		"too little room":        func(o *Staging) { o.Needs = 1 << 60 },
		"a backup that is wrong": func(o *Staging) { o.Verify = func(io.Reader) error { return errors.New("damaged") } },
	} {
		if err := b.stage(b.release("1.1.0"), change); err == nil {
			t.Errorf("%s: it was taken", name)
		}
		if got := b.settle(); got != "packaged" {
			t.Errorf("%s: %q runs", name, got)
		}
		if left, _ := filepath.Glob(filepath.Join(b.Dir, ".*")); len(left) > 0 {
			t.Errorf("%s leaves %v", name, left)
		}
	}
}

// killed stops at a step, as a process that is killed there.
type killed struct{}

// until runs work and stops it at the nth step; done says that there was no such step.
func (b *bench) until(n int, work func()) (done bool) {
	defer func() {
		b.step = nil
		if r := recover(); r != nil {
			if _, ok := r.(killed); !ok {
				panic(r)
			}
			done = false
		}
	}()
	b.step = func(string) {
		if n--; n < 0 {
			panic(killed{})
		}
	}
	work()
	return true
}

func TestAKillAtAnyStepLeavesOneProgramThatWorks(t *testing.T) {
	dir := newBench(t).t.TempDir()
	_ = dir
	for n, done := 0, false; !done; n++ {
		b := newBench(t)
		release := b.release("1.1.0")
		src, err := At(release)
		if err != nil {
			t.Fatal(err)
		}
		done = b.until(n, func() {
			if _, err := b.Stage(t.Context(), src, b.staging()); err != nil {
				t.Error(err)
			}
			b.settle()
			if err := b.Confirm("1.1.0", now); err != nil {
				t.Error(err)
			}
		})
		first := b.settle()
		if first != "packaged" && first != "program 1.1.0" {
			t.Fatalf("killed at step %d: %q runs", n, first)
		}
		if first == "packaged" { // it did not come so far: the next attempt does
			if err := b.stage(release); err != nil {
				t.Errorf("killed at step %d, then tried again: %v", n, err)
			}
		}
		if got := b.settle(); got != "program 1.1.0" {
			t.Errorf("killed at step %d: %q runs after another attempt", n, got)
		}
		if n > 100 {
			t.Fatal("no end of steps")
		}
	}
}

func TestTheStoreGoesBackWithTheProgramWhateverStepIsCutOff(t *testing.T) {
	restore := func(_ context.Context, r io.Reader, dir string) error {
		text, err := io.ReadAll(r)
		if err == nil {
			err = os.MkdirAll(filepath.Join(dir, storeFolder), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, storeFolder, "data"), text, 0o600)
		}
		return err
	}
	for n, done := 0, false; !done; n++ {
		b := newBench(t)
		data := t.TempDir()
		if err := os.MkdirAll(filepath.Join(data, storeFolder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, storeFolder, "data"), []byte("migrated"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.stage(b.release("1.1.0")); err != nil {
			t.Fatal(err)
		}
		for range MaxStarts + 1 {
			b.settle()
		}
		done = b.until(n, func() {
			if did, err := b.GoBack(t.Context(), data, now, restore); err != nil || !did {
				t.Errorf("%v %v", did, err)
			}
		})
		if err := b.Finish(data, now); err != nil {
			t.Fatal(err)
		}
		if _, err := b.GoBack(t.Context(), data, now, restore); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(data, storeFolder, "data"))
		if err != nil || string(text) != "store" {
			t.Errorf("cut off at step %d: %q %v", n, text, err)
		}
		if n > 100 {
			t.Fatal("no end of steps")
		}
	}
}

func TestAReleaseComesOverHTTPSOnly(t *testing.T) {
	b := newBench(t)
	for _, where := range []string{"http://updates.example.org", "ftp://x/y", "https://"} {
		if _, err := At(where); err == nil {
			t.Errorf("%s was taken", where)
		}
	}
	srv := httptest.NewServer(http.FileServer(http.Dir(b.release("1.1.0"))))
	defer srv.Close()
	if err := b.stage(srv.URL); err != nil {
		t.Error(err)
	}
}

func TestVersionsAreOrderedAsPackagesAre(t *testing.T) {
	order := []string{"dev", "0.1.0~git202611290100.abc", "0.1.0", "0.1.1~git1.a", "0.1.1~git2.a", "0.2", "0.10.0", "1.0.0"}
	for i, a := range order {
		for j, b := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := Compare(a, b); got != want {
				t.Errorf("Compare(%s, %s) = %d", a, b, got)
			}
		}
	}
}

func FuzzManifest(f *testing.F) {
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"form":1,"product":"siteward","version":"1.2.3","date":"2026-11-29T00:00:00Z","files":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Keys{public}.Open(text, minisign.Sign(private, text))
		if err == nil && (!ValidVersion(m.Version) || bytes.Contains([]byte(m.Version), []byte("/"))) {
			t.Errorf("version %q", m.Version)
		}
	})
}
