package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
	"siteward/central"
)

// made packs lines as a backup, with a sum that fits.
func made(tb testing.TB, lines ...string) []byte {
	tb.Helper()
	plain := []byte(strings.Join(lines, "\n") + "\n")
	sum := sha256.Sum256(plain)
	end, err := json.Marshal(backupLine{End: &backupEnd{Lines: len(lines), SHA256: sum[:]}})
	if err != nil {
		tb.Fatal(err)
	}
	return packed(tb, append(append(plain, end...), '\n'))
}

func packed(tb testing.TB, plain []byte) []byte {
	tb.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(64<<10))
	if err != nil {
		tb.Fatal(err)
	}
	return z.EncodeAll(plain, nil)
}

const (
	headLine   = `{"siteward":"central-backup","form":1,"made":"2026-11-29T06:00:00Z"}`
	rowLine    = `{"row":{"site":{"id":"s-one","name":"One","version":1},"status":{}}}`
	eventLine  = `{"event":{"site":"s-one","n":1,"seq":1,"id":"e","type":"siteward.incident.v1","time":"2026-11-29T06:00:00Z","received":"2026-11-29T06:00:00Z","data":"e30="}}`
	recordLine = `{"record":{"Family":"user","Key":"1","Value":"eA==","Version":1}}`
)

func TestBackupsThatCannotBeUsed(t *testing.T) {
	if _, lines, err := VerifyBackup(t.Context(), bytes.NewReader(made(t, headLine, rowLine, eventLine, recordLine))); err != nil || lines != 4 {
		t.Fatalf("a good one: %d lines, %v", lines, err)
	}
	good := made(t, headLine, rowLine)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":            {nil, "damaged, or ends before its end"},
		"no zstd":            {[]byte("PK\x03\x04 and so on"), "damaged"},
		"another file":       {packed(t, []byte("hello\n")), "name a file that `siteward-central central backup` has written"},
		"of an appliance":    {made(t, `{"siteward":"backup","form":1}`), "no backup of a central"},
		"of a later version": {made(t, `{"siteward":"central-backup","form":2}`), "form 2, this program reads 1); restore it with the version that made it"},
		"cut":                {good[:len(good)-9], "damaged"},
		"one that goes on":   {append(bytes.Clone(good), packed(t, []byte("{}\n"))...), "checksum"},
		"a byte changed":     {packed(t, []byte(headLine+"\n"+rowLine+"\n"+`{"end":{"lines":2,"sha256":"AAAA"}}`+"\n")), "checksum"},
		"an empty line":      {made(t, headLine, `{}`), "line 2: it is neither a site"},
		"a word of none":     {made(t, headLine, `{"row":[]}`), "line 2 cannot be read"},
		"two in a line":      {made(t, headLine, strings.TrimSuffix(rowLine, "}")+","+strings.TrimPrefix(recordLine, "{")), "neither"},
		"two heads":          {made(t, headLine, headLine), "neither"},
		"a site twice":       {made(t, headLine, rowLine, rowLine), "twice"},
		"a name twice":       {made(t, headLine, rowLine, strings.Replace(strings.Replace(rowLine, "s-one", "s-two", 1), "One", "ONE", 1)), "twice"},
		"a site of no id":    {made(t, headLine, strings.Replace(rowLine, "s-one", "../x", 1)), "no store could keep it"},
		"an event twice":     {made(t, headLine, rowLine, eventLine, eventLine), "twice"},
		"events in disorder": {made(t, headLine, rowLine, eventLine, strings.Replace(eventLine, `"n":1`, `"n":3`, 1), strings.Replace(eventLine, `"n":1`, `"n":2`, 1)), "twice"},
		"a record twice":     {made(t, headLine, recordLine, recordLine), "twice"},
		"a family twice":     {made(t, headLine, recordLine, strings.Replace(recordLine, "user", "w", 1), strings.Replace(recordLine, `"1"`, `"2"`, 1)), "twice"},
		"a record that goes": {made(t, headLine, strings.Replace(recordLine, `"Version":1`, `"Version":1,"Remove":true`, 1)), "no store could keep it"},
		"a long line":        {made(t, headLine, `{"record":{"Value":"`+strings.Repeat("A", maxLine)+`"}}`), "longer than"},
		"a large record":     {made(t, headLine, `{"record":{"Family":"f","Key":"k","Version":1,"Value":"`+strings.Repeat("AAAA", maxValue/3+1)+`"}}`), "too large"},
	} {
		_, _, err := VerifyBackup(t.Context(), bytes.NewReader(c.file))
		if appliance.CodeOf(err) != appliance.CodeInvalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestABackupThatUnpacksToFarTooMuch is small, each of its lines is fine, and it would fill the disk.
func TestABackupThatUnpacksToFarTooMuch(t *testing.T) {
	defer func(n int64) { freeSize = n }(freeSize)
	freeSize = 1 << 20
	var file bytes.Buffer
	z, err := zstd.NewWriter(&file, zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write([]byte(headLine + "\n"))
	long := strings.Replace(rowLine, `"status":{}`, `"status":{}`+strings.Repeat(" ", 300<<10), 1)
	for i := range 12 {
		_, _ = z.Write([]byte(strings.NewReplacer("s-one", "s-one"+strings.Repeat("x", i), "One", "One"+strings.Repeat("x", i)).Replace(long) + "\n"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, lines, err := VerifyBackup(t.Context(), &file); err == nil || !strings.Contains(err.Error(), "far more") || lines > 8 {
		t.Errorf("after %d lines: %v", lines, err)
	}
}

func TestCheckingABackupCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := VerifyBackup(ctx, bytes.NewReader(made(t, headLine))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// shelf takes what a backup holds as a store would that keeps everything to its rules.
type shelf struct {
	central.Store
	rows, events, records map[string]bool
}

func (s *shelf) Load(_ context.Context, fill func(central.Put) error) error {
	return fill(func(rows []central.Row, events []central.Event, records []central.Record) error {
		for _, r := range rows {
			if !r.Site.ID.Valid() || s.rows[string(r.Site.ID)] {
				return errors.New("a site twice or without an id")
			}
			s.rows[string(r.Site.ID)] = true
		}
		for _, e := range events {
			key := central.Key(string(e.Site), central.NumberKey(e.N))
			if s.events[key] || e.N == 0 {
				return errors.New("an event twice or without a number")
			}
			s.events[key] = true
		}
		for _, r := range records {
			if err := CheckRecord(&r); err != nil || s.records[r.Family+"\x00"+r.Key] || r.Remove {
				return errors.New("a record twice or one that no store keeps")
			}
			s.records[r.Family+"\x00"+r.Key] = true
		}
		return nil
	})
}

// FuzzBackup reads lines of a backup whose sum fits, and files that are any bytes: what is wrong is said in a sentence, and what is
// taken a store can keep.
func FuzzBackup(f *testing.F) {
	for _, text := range []string{"", rowLine, eventLine, recordLine, rowLine + "\n" + rowLine, "{}", `{"end":{"lines":1}}`, `{"event":{"site":"s-one","n":18446744073709551615,"data":"e30="}}`} {
		f.Add(true, []byte(headLine+"\n"+text))
	}
	f.Add(false, made(f, headLine, rowLine, recordLine))
	f.Add(false, made(f, headLine)[:20])
	f.Add(true, []byte(`{"siteward":"central-backup","form":99}`))
	f.Fuzz(func(t *testing.T, whole bool, b []byte) {
		file := b
		if whole {
			file = made(t, string(b))
		}
		begun := time.Now()
		_, _, err := VerifyBackup(t.Context(), bytes.NewReader(file))
		if e, ok := errors.AsType[*appliance.Error](err); err != nil && (!ok || e.Code != appliance.CodeInvalid || !strings.Contains(e.Error(), ";")) {
			t.Fatalf("%v", err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Fatalf("took %s", took)
		}
		s := &shelf{rows: map[string]bool{}, events: map[string]bool{}, records: map[string]bool{}}
		if again := Restore(t.Context(), s, bytes.NewReader(file)); (again == nil) != (err == nil) {
			t.Fatalf("checked: %v; loaded: %v", err, again)
		}
	})
}
