package series

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// numbers draws what devices send: decimals, counters, gaps, now and then anything.
func numbers(t *rapid.T, most int) []float64 {
	n := rapid.IntRange(0, most).Draw(t, "n")
	scale := pow10[rapid.IntRange(0, 4).Draw(t, "scale")]
	wild := rapid.IntRange(0, 9).Draw(t, "wild") == 0
	out := make([]float64, n)
	value := float64(rapid.Int64Range(-1e9, 1e12).Draw(t, "start"))
	for i := range out {
		switch k := rapid.IntRange(0, 9).Draw(t, "kind"); {
		case k == 0:
			out[i] = math.NaN()
			continue
		case k < 4:
			value += float64(rapid.Int64Range(-1000, 100000).Draw(t, "step"))
		case k == 9 && wild:
			out[i] = rapid.Float64().Draw(t, "any")
			continue
		}
		out[i] = value / scale
	}
	return out
}

func same(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
			return false
		}
	}
	return true
}

func TestChunksGiveBackExactlyWhatWasPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var runs []Run
		for range rapid.IntRange(0, 3).Draw(t, "runs") {
			runs = append(runs, Run{Step: rapid.Int64Range(1, maxStep).Draw(t, "step"), First: rapid.Int64Range(0, 1e9).Draw(t, "first"), Numbers: numbers(t, 200)})
		}
		got, err := Decode(Encode(nil, runs...))
		if err != nil || len(got) != len(runs) {
			t.Fatalf("%d runs of %d, %v", len(got), len(runs), err)
		}
		for i, r := range runs {
			if got[i].Step != r.Step || got[i].First != r.First || !same(got[i].Numbers, r.Numbers) {
				t.Fatalf("run %d: got %v, want %v", i, got[i], r)
			}
		}
	})
}

func TestEveryFlippedBitOfAChunkIsSeen(t *testing.T) {
	b := Encode(nil, Run{Step: 60, First: 29_000_000, Numbers: []float64{1, 1, 1, math.NaN(), 2.5, 1e6}})
	for i := range len(b) * 8 {
		b[i/8] ^= 1 << (i % 8)
		if _, err := Decode(b); !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d: %v", i, err)
		}
		b[i/8] ^= 1 << (i % 8)
	}
}

// TestHeadAndItsReplayAgree appends to a head, repeats its log into another and compares both with what was put in.
func TestHeadAndItsReplayAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := numbers(t, 150)
		var head, again Head
		var log []byte
		var slots []int64
		slot := rapid.Int64Range(0, 1e9).Draw(t, "first")
		want := map[int64]float64{}
		for _, x := range in {
			slot += rapid.SampledFrom([]int64{1, 1, 1, 1, 2, 50}).Draw(t, "skip")
			var ok bool
			if log, ok = head.Append(log, slot, x); ok == math.IsNaN(x) {
				t.Fatalf("%v in slot %d: taken %v", x, slot, ok)
			}
			if !ok {
				continue
			}
			slots = append(slots, slot)
			want[slot] = x
			if _, twice := head.Append(nil, slot, 1); twice {
				t.Fatal("a slot was taken twice")
			}
		}
		for _, slot := range slots {
			var ok bool
			if log, ok = again.Replay(log, slot); !ok {
				t.Fatalf("slot %d cannot be repeated", slot)
			}
		}
		if len(log) > 0 {
			t.Fatalf("%d bytes of the log are left", len(log))
		}
		a, b := head.Run(60), again.Run(60)
		if a.First != b.First || !same(a.Numbers, b.Numbers) || len(a.Numbers) != head.Len() {
			t.Fatalf("repeated %v, appended %v", b, a)
		}
		for i, x := range a.Numbers {
			w, known := want[a.First+int64(i)]
			if known != !math.IsNaN(x) || known && x != w {
				t.Fatalf("slot %d is %v, want %v", a.First+int64(i), x, w)
			}
		}
	})
}

// TestHeadsOfASiteTakeFewBytes takes ten series as a site has them: three busy counters, two that wander, five still.
func TestHeadsOfASiteTakeFewBytes(t *testing.T) {
	total, looks := 0, 0
	for s := range 10 {
		var h Head
		x := 50.0
		for i := range 120 {
			switch {
			case s < 3:
				x += float64(4_000_000 + i*i*7919%3_000_000)
			case s < 5:
				x += float64(i*i%3 - 1)
			}
			h.Append(nil, int64(i), x)
			total += h.Bytes() + int(unsafe.Sizeof(h))
			looks++
		}
	}
	if mean := total / looks; mean > 200 {
		t.Errorf("a head takes %d bytes, want 200 at most", mean)
	}
}

func TestMergePutsRunsTogetherAndTheLaterOneWins(t *testing.T) {
	nan := math.NaN()
	got := Merge(
		Run{60, 10, []float64{1, nan, 3}},
		Run{300, 2, []float64{7}},
		Run{60, 11, []float64{2, 33}},
		Run{60, 15, []float64{6}},
		Run{60, 10 + 2*MaxSlots, []float64{9}},
	)
	if len(got) != 3 || !same(got[0].Numbers, []float64{1, 2, 33, nan, nan, 6}) || got[0].First != 10 ||
		!same(got[1].Numbers, []float64{9}) || got[2].Step != 300 {
		t.Errorf("got %v", got)
	}
}

func TestRoundKeepsWholeNumbersAndSixDigits(t *testing.T) {
	for in, want := range map[float64]float64{
		17179869184: 17179869184, 91.23456789: 91.2346, -0.000123456789: -0.000123457, 0: 0, 123456.789: 123457, 1e15 + 0.5: 1e15, 0.1: 0.1,
		1e-12: 0, math.Inf(1): math.Inf(1),
	} {
		if got := Round(in); got != want {
			t.Errorf("%v became %v, want %v", in, got, want)
		}
	}
	if got := roundTo(123456, 4); got != 123500 {
		t.Errorf("a rate became %v", got)
	}
}

// seal appends the checksum.
func seal(b []byte) []byte { return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)) }

func FuzzDecode(f *testing.F) {
	f.Add(Encode(nil, Run{60, 29_000_000, []float64{1, 1, 1, math.NaN(), 2.5, 1e6}})[1:20])
	f.Add(Encode(nil, Run{60, 29_000_000, []float64{math.Pi, math.Inf(1)}}, Run{3600, 1, nil})[1:])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := seal(append([]byte{chunkForm}, body...)) // a checksum that matches, so that the fuzzer gets beyond it
		runs, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Decode(Encode(nil, runs...))
		if err != nil || len(again) != len(runs) {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		for i := range runs {
			if !same(runs[i].Numbers, again[i].Numbers) {
				t.Fatalf("%v became %v", runs[i], again[i])
			}
		}
	})
}

func FuzzReplay(f *testing.F) {
	var h Head
	log, _ := h.Append(nil, 5, 12.5)
	log, _ = h.Append(log, 6, 12.75)
	log, _ = h.Append(log, 9, math.Pi)
	f.Add(log)
	f.Fuzz(func(t *testing.T, log []byte) {
		var h Head
		ok := true
		for slot := int64(1); len(log) > 0 && ok; slot++ {
			log, ok = h.Replay(log, slot)
		}
		if got := len(h.Numbers(nil)); got != h.Len() {
			t.Fatalf("%d numbers in %d slots", got, h.Len())
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := Run{60, 29_000_000, make([]float64, 120)}
	for i := range r.Numbers {
		r.Numbers[i] = float64(i*i%977) / 4
	}
	var out []byte
	for b.Loop() {
		out = Encode(out[:0], r)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/120, "ns/sample")
}

func BenchmarkDecode(b *testing.B) {
	r := Run{60, 29_000_000, make([]float64, 1440)}
	for i := range r.Numbers {
		r.Numbers[i] = float64(i*i%977) / 4
	}
	chunk := Encode(nil, r)
	var d Decoder
	for b.Loop() {
		_ = d.Each(chunk, func(Run) {})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1440, "ns/sample")
}

func BenchmarkHeadAppend(b *testing.B) {
	var h Head
	var log []byte
	i := int64(0)
	for b.Loop() {
		if i++; i%120 == 0 {
			h.Reset()
		}
		log, _ = h.Append(log[:0], i, float64(i*i%977)/4)
	}
}
