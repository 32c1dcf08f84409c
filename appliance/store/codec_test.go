package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"siteward/appliance"
)

func TestValuesRoundTripAndEveryFlippedBitIsSeen(t *testing.T) {
	for name, d := range map[string]appliance.Device{
		"short": {ID: 1, Name: "a"},
		"long":  {ID: 2, Name: strings.Repeat("name ", 500)},
	} {
		b, err := encodeJSON(d)
		must(t, err)
		var got appliance.Device
		must(t, decodeJSON(b, &got))
		if diff := cmp.Diff(d, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for i := range len(b) * 8 {
			b[i/8] ^= 1 << (i % 8)
			if err := decodeJSON(b, &got); !errors.Is(err, errDamaged) {
				t.Fatalf("%s: flipped bit %d: %v", name, i, err)
			}
			b[i/8] ^= 1 << (i % 8)
		}
	}
}

func TestTheVersionIsReadWithoutTheRest(t *testing.T) {
	for text, want := range map[string]uint64{
		`{"id":3,"version":7,"causes":[{"version":1}]}`:      7,
		`{"id":3,"causes":[{"version":1},"}"],"version":18}`: 18,
		`{"id":3,"name":"version"}`:                          0,
		`{}`:                                                 0,
	} {
		got, err := decodeVersion(seal(formJSON, []byte(text)))
		if must(t, err); got != want {
			t.Errorf("%s has version %d", text, got)
		}
	}
	for _, bad := range []string{`{"id":`, `{"version":"7"}`, `{"version":-1}`} {
		if got, err := decodeVersion(seal(formJSON, []byte(bad))); err == nil {
			t.Errorf("%s has version %d", bad, got)
		}
	}
}

func TestKeysSortAsTheirNumbersAndPrefixesFindOnlyTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		if want := a < b; bytes.Compare(keyID(famDevice, appliance.ID(a)), keyID(famDevice, appliance.ID(b))) < 0 != want {
			t.Fatalf("devices %d and %d are in the wrong order", a, b)
		}
		if want := a > b; bytes.Compare(keyEvent(a), keyEvent(b)) < 0 != want {
			t.Fatalf("events %d and %d: the newest must come first", a, b)
		}
		if seqOfKey(keyEvent(a)) != a || seqOfKey(keyEventOf(appliance.ID(b), a)) != a || idOfKey(keyID(famState, appliance.ID(b))) != appliance.ID(b) {
			t.Fatal("a number does not come back")
		}
		if a != b && bytes.HasPrefix(keyCheckOf(appliance.ID(a), 1), keyID(famCheckOf, appliance.ID(b))) {
			t.Fatal("a prefix finds another device's checks")
		}
		start := rapid.Int64Range(0, maxUnix).Draw(t, "start")
		kind := rapid.SampledFrom([]byte{chunkDay, chunkHourly, chunkWindow}).Draw(t, "kind")
		id := rapid.Uint32().Draw(t, "series")
		gotStart, gotKind, gotID, ok := parseChunkKey(keyChunk(start, kind, id))
		if !ok || gotStart != start || gotKind != kind || gotID != id {
			t.Fatal("a chunk's key does not come back")
		}
		next := rapid.Int64Range(0, maxUnix).Draw(t, "next")
		if start < next && bytes.Compare(keyChunk(start, kind, id), keyChunk(next, chunkDay, 0)) >= 0 {
			t.Fatal("later chunks must come later")
		}
	})
}

func TestEveryFamilyHasANameAndItsOwnLetter(t *testing.T) {
	if got := len(familyNames); got != 21 {
		t.Errorf("%d families have names, want one for each line of keys.go", got)
	}
	for f := range familyNames {
		if strings.HasPrefix(describeKey([]byte{f, 1, 2, 3}), "unknown") {
			t.Errorf("family %c has no name", f)
		}
	}
	for want, key := range map[string][]byte{
		"device 7": keyID(famDevice, 7), "event 12": keyEvent(12), `state of check 3, item "if/10"`: keyState(appliance.StateKey{Check: 3, Item: "if/10"}),
		"session": keyText(famSession, "secret"), `meta "schema"`: keyText(famMeta, "schema"), "series 5": keySeries(5),
		"samples of series 9 from 2026-06-15 12:00": keyChunk(noon.Truncate(2*time.Hour).Unix(), chunkWindow, 9),
	} {
		if got := describeKey(key); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSeriesInfoRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 40, 120)
		in := appliance.SeriesInfo{
			SeriesKey: appliance.SeriesKey{Check: appliance.ID(rapid.Uint64().Draw(t, "check")), Metric: text.Draw(t, "metric"), Instance: text.Draw(t, "instance")},
			Label:     text.Draw(t, "label"), Unit: text.Draw(t, "unit"), Step: time.Duration(rapid.Int64Range(1, maxStep).Draw(t, "step")) * time.Second,
		}
		got, err := decodeSeries(encodeSeries(nil, in))
		if err != nil || got != in {
			t.Fatalf("got %+v %v, want %+v", got, err, in)
		}
	})
}

func FuzzDecodeValue(f *testing.F) {
	short, _ := encodeJSON(appliance.Device{Name: "a"})
	long, _ := encodeJSON(appliance.Device{Name: strings.Repeat("name ", 500)})
	f.Add(short[:len(short)-4])
	f.Add(long[:len(long)-4])
	f.Add([]byte{formBytes})
	f.Fuzz(func(t *testing.T, body []byte) {
		b := append([]byte{}, body...)
		if len(b) > 0 { // with a checksum that matches, so that the fuzzer gets beyond it
			b = seal(b[0], b[1:])
		}
		var d appliance.Device
		_ = decodeJSON(b, &d)
		_, _ = decodeBytes(b)
		_, _ = decodeSeries(body)
		_ = checkValue(append([]byte{famLog}, 1), body)
		for rest := body; len(rest) > 0; {
			var err error
			if _, _, rest, err = readWrite(rest); err != nil {
				break
			}
		}
	})
}

// FuzzRepeatLog reads log records that nobody of us wrote.
func FuzzRepeatLog(f *testing.F) {
	var w logWriter
	w.begin(1, 60, 1)
	w.tokens = binary.AppendUvarint(append(w.tokens, 0, 0), 84)
	w.end()
	f.Add(w.body, int64(1_800_000_000))
	f.Fuzz(func(t *testing.T, body []byte, at int64) {
		m := &samples{waiting: map[uint32][]closedHead{}}
		m.ids, m.byCheck = map[appliance.SeriesKey]uint32{}, map[appliance.ID][]uint32{}
		for id := uint32(1); id < 4; id++ {
			m.add(appliance.SeriesInfo{ID: id, SeriesKey: appliance.SeriesKey{Check: 1, Metric: appliance.ID(id).String()}})
		}
		m.repeat(&laneReader{body: body, at: at, number: 1}, &lane{})
		for i := range m.heads {
			if h := &m.heads[i]; !h.Empty() && h.Len() < 1<<20 {
				h.run()
			}
		}
	})
}
