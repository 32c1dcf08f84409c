package metric

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/golang/snappy"
)

func TestWhatWasPackedIsRead(t *testing.T) {
	a := Labels(Label{"__name__", "siteward_x"}, Label{"device", "sw-core"}, Label{"label", "C: <x>"})
	b := Labels(Label{"__name__", "siteward_y"})
	got, err := Read(Pack(Append(Append(nil, a, 1_700_000_000_000, 0.25), b, -5, math.Inf(-1))))
	if err != nil || len(got) != 2 || got[0].Number != 0.25 || got[0].At != 1_700_000_000_000 || got[1].At != -5 || !math.IsInf(got[1].Number, -1) {
		t.Fatalf("%+v %v", got, err)
	}
	if want := []Label{{"__name__", "siteward_x"}, {"device", "sw-core"}, {"label", "C: <x>"}}; !slices.Equal(got[0].Labels, want) || got[0].Label("device") != "sw-core" || got[1].Label("device") != "" {
		t.Errorf("%+v", got)
	}
	for name, body := range map[string][]byte{
		"nothing packed": []byte("x"), "cut": Pack(Append(nil, a, 1, 1))[:20], "no message": snappy.Encode(nil, []byte("\xff\xff")),
		"a bomb": {0xff, 0xff, 0xff, 0xff, 0x07}, "too many labels": Pack(Append(nil, bytes.Repeat(b, maxLabels+1), 1, 1)),
	} {
		if got, err := Read(body); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// FuzzRead: whatever bytes say, nothing breaks, and what can be read says the same when it is written again.
func FuzzRead(f *testing.F) {
	f.Add(Append(Append(nil, Labels(Label{"__name__", "siteward_x"}, Label{"device", "sw\xff"}), 1_700_000_000_000, 0.25), nil, -1, math.NaN()))
	f.Add([]byte("\x0a\x00\x12\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _ = Read(raw)
		got, err := Read(Pack(raw))
		if err != nil {
			return
		}
		if _, err := json.Marshal(Plain(got)); err != nil {
			t.Fatal(err)
		}
		var again []byte
		for _, s := range got {
			again = Append(again, Labels(s.Labels...), s.At, s.Number)
		}
		more, err := Read(Pack(again))
		if err != nil || len(more) != len(got) {
			t.Fatalf("%d numbers became %d: %v", len(got), len(more), err)
		}
		for i := range got {
			if got[i].At != more[i].At || math.Float64bits(got[i].Number) != math.Float64bits(more[i].Number) {
				t.Fatalf("%+v became %+v", got[i], more[i])
			}
		}
	})
}
