package logbook

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"siteward/appliance"
)

var now = time.Date(2026, 11, 20, 8, 12, 0, 0, time.UTC)

type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func bookOf(t tb, n int) *Book {
	t.Helper()
	b, err := NewBook()
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		_, err := b.Append(appliance.LogbookEntry{At: now.Add(time.Duration(i) * time.Minute), By: "m", Kind: appliance.LogbookNote, Text: fmt.Sprintf("entry %d, <b> & \"é\"", i+1)})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func exportOf(t tb, b *Book) string {
	t.Helper()
	note, err := b.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Export(&out, Header{Site: "Praxis am Markt", Exported: now, Keys: b.Keys}, b.All(), note); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func verify(t tb, export string, noted Noted) appliance.LogbookReport {
	t.Helper()
	r, err := Verify(strings.NewReader(export), noted, now)
	if err != nil {
		t.Fatalf("%v\n%s", err, export)
	}
	return r
}

func TestAnExportFits(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 7, 8, 33} {
		r := verify(t, exportOf(t, bookOf(t, n)), Noted{})
		if !r.Fits() || r.Entries != int64(n) {
			t.Errorf("%d entries: %+v", n, r)
		}
	}
}

// TestTheFirstEntryThatDoesNotFitIsNamed changes an export in each way there is and wants exactly the entry where it differs.
func TestTheFirstEntryThatDoesNotFitIsNamed(t *testing.T) {
	b := bookOf(t, 19)
	whole := exportOf(t, b)
	lines := strings.SplitAfter(strings.TrimSuffix(whole, "\n"), "\n")
	entry := func(t *rapid.T, word string) int { return rapid.IntRange(1, 19).Draw(t, word) }
	rapid.Check(t, func(t *rapid.T) {
		got := slices.Clone(lines)
		i, want := entry(t, "entry"), 0
		switch how := rapid.SampledFrom([]string{"byte", "delete", "swap", "repeat", "cut", "replace", "tail"}).Draw(t, "how"); how {
		case "byte":
			line := []byte(got[i])
			at := rapid.IntRange(0, len(line)-2).Draw(t, "at")
			line[at] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
			if line[at] == '\n' {
				t.Skip("a line more is the case of deleted ones")
			}
			got[i], want = string(line), i
		case "delete":
			got, want = slices.Delete(got, i, i+1), i
		case "swap":
			j := entry(t, "other")
			if i == j {
				t.Skip("the same entry")
			}
			got[i], got[j] = got[j], got[i]
			want = min(i, j)
		case "repeat":
			got, want = slices.Insert(got, i, got[i]), i+1
		case "cut": // the rest is gone, the end too
			got, want = got[:i], i
		case "tail": // entries before the end are gone
			got, want = append(got[:i:i], got[20]), i
		case "replace": // an entry of another log
			got[i], want = strings.SplitAfter(exportOf(t, bookOf(t, 19)), "\n")[i], i
		}
		r := verify(t, strings.Join(got, ""), Noted{})
		if r.Fits() || r.Bad != uint64(want) {
			t.Fatalf("bad entry %d is reported as %d: %q", want, r.Bad, r.Fault)
		}
	})
}

func TestWhatSomebodyNotedShowsALogWrittenAnew(t *testing.T) {
	b := bookOf(t, 12)
	early := bookNote(t, b, 8)
	if r := verify(t, exportOf(t, b), Noted{Key: b.Keys[0].Key, Checkpoint: early}); !r.Fits() {
		t.Errorf("an honest log: %+v", r)
	}
	short := *b
	short.Lines, short.hashes = b.Lines[:5], b.hashes[:tlog.StoredHashCount(5)]
	if r := verify(t, exportOf(t, &short), Noted{Checkpoint: early}); r.Bad != 6 {
		t.Errorf("a log that ends earlier: %+v", r)
	}
	if _, err := short.Append(appliance.LogbookEntry{By: "m", Text: "something else"}); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if _, err := short.Append(appliance.LogbookEntry{By: "m", Text: "more"}); err != nil {
			t.Fatal(err)
		}
	}
	if r := verify(t, exportOf(t, &short), Noted{}); !r.Fits() {
		t.Errorf("whoever has the key can write anew: %+v", r)
	}
	if r := verify(t, exportOf(t, &short), Noted{Checkpoint: early}); r.Bad != 8 {
		t.Errorf("a log written anew: %+v", r)
	}
	other := bookOf(t, 12)
	if r := verify(t, exportOf(t, other), Noted{Key: b.Keys[0].Key}); r.Fits() {
		t.Error("a log of another key passed")
	}
	if _, err := Verify(strings.NewReader(exportOf(t, other)), Noted{Checkpoint: early}, now); err == nil {
		t.Error("a checkpoint of another log passed")
	}
}

func bookNote(t *testing.T, b *Book, n int64) string {
	t.Helper()
	root, err := tlog.TreeHash(n, b)
	if err != nil {
		t.Fatal(err)
	}
	return Checkpoint{Origin: b.signer.Name(), Size: n, Root: root}.Note(b.Lines[n-1].Signature)
}

func TestProofs(t *testing.T) {
	b := bookOf(t, 11)
	note, err := b.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	for i := range b.Lines {
		p, err := Prove(b.Lines[i].Record, note, []string{b.Keys[0].Key}, b)
		if err != nil || p.Fault != "" || p.Index != int64(i) || p.Size != 11 {
			t.Errorf("entry %d: %+v, %v", i+1, p, err)
		}
		changed := bytes.Replace(b.Lines[i].Record, []byte("entry"), []byte("Entry"), 1)
		if p, err := Prove(changed, note, []string{b.Keys[0].Key}, b); err != nil || p.Fault == "" {
			t.Errorf("entry %d changed: %+v, %v", i+1, p, err)
		}
	}
}

// TestTheTreeIsThatOfTheLibrary compares our right edge, which verifies without kept hashes, with tlog.
func TestTheTreeIsThatOfTheLibrary(t *testing.T) {
	b, own := bookOf(t, 70), tree{}
	var made []tlog.Hash
	for i, l := range b.Lines {
		made = append(made, own.add(l.Record)...)
		want, err := tlog.TreeHash(int64(i+1), b)
		if err != nil || own.root() != want {
			t.Fatalf("size %d: %v instead of %v, %v", i+1, own.root(), want, err)
		}
	}
	if !slices.Equal(made, b.hashes) {
		t.Error("the kept hashes differ")
	}
}

func TestARecordIsTheSameEveryTime(t *testing.T) {
	e := appliance.LogbookEntry{Seq: 3, At: now.In(time.FixedZone("", 3600)).Add(123456), Written: now, Party: "provider", By: "m", Kind: appliance.LogbookChange,
		Message: &appliance.Message{Key: "audit.x", Args: map[string]any{"b": 1.5, "a": "<x>"}, English: "x"}}
	first, err := Record(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Record(back); err != nil || !bytes.Equal(first, again) {
		t.Errorf("%s\n%s, %v", first, again, err)
	}
	e.Message.Args["c"] = func() {}
	if b, err := Record(e); err != nil || !bytes.Contains(b, []byte("audit.x")) {
		t.Errorf("arguments that cannot be kept: %s, %v", b, err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(exportOf(f, bookOf(f, 3))))
	f.Add([]byte(`{"siteward":"logbook","version":1,"keys":[]}` + "\n" + `{"entries":0,"checkpoint":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Verify(bytes.NewReader(b), Noted{}, now)
		if err == nil && !r.Fits() && r.Bad == 0 {
			t.Errorf("a fault without an entry: %+v", r)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	f.Add("siteward/logbook/1\n3\n" + tlog.Hash{}.String() + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCheckpoint(text)
		if err == nil && !strings.HasPrefix(text, c.Text()) {
			t.Errorf("%q was read as %q", text, c.Text())
		}
	})
}

func TestWhatOfTheJournalIsWork(t *testing.T) {
	audit := func(key string) appliance.Event {
		return appliance.Event{At: now, Kind: appliance.EventAudit, By: "m", Object: "device sw-core", Device: 3, Message: appliance.Message{Key: key}}
	}
	e, ok := FromEvent(audit("audit.device_changed"))
	if !ok || e.Kind != appliance.LogbookChange || e.By != "m" || e.Subject != "device sw-core" || len(e.Devices) != 1 {
		t.Errorf("a change: %+v, %v", e, ok)
	}
	for _, key := range []string{"audit.signed_in", "audit.check_run", "audit.acknowledged"} {
		if _, ok := FromEvent(audit(key)); ok {
			t.Errorf("%s is no work", key)
		}
	}
	if e, ok := FromEvent(appliance.Event{At: now, Kind: appliance.EventMonitor, Message: appliance.Message{Key: "event.started"}}); !ok || e.Party != appliance.PartySiteward {
		t.Errorf("a start: %+v, %v", e, ok)
	}
	if _, ok := FromEvent(appliance.Event{At: now, Kind: appliance.EventState}); ok {
		t.Error("a state is no work")
	}
}
