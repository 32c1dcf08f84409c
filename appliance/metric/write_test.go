package metric

import (
	"math"
	"strings"
	"testing"

	"github.com/golang/snappy"
	"google.golang.org/protobuf/encoding/protowire"
)

// message takes a message apart by the numbers of its fields; what stands there is bytes, or 64 bits.
func message(t *testing.T, b []byte, visit func(field protowire.Number, bytes []byte, bits uint64)) {
	t.Helper()
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatalf("no tag in %x", b)
		}
		b = b[n:]
		switch kind {
		case protowire.BytesType:
			v, n := protowire.ConsumeBytes(b)
			if n < 0 {
				t.Fatalf("cut: %x", b)
			}
			visit(field, v, 0)
			b = b[n:]
		case protowire.Fixed64Type:
			v, n := protowire.ConsumeFixed64(b)
			visit(field, nil, v)
			b = b[max(n, 0):]
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(b)
			visit(field, nil, v)
			b = b[max(n, 0):]
		default:
			t.Fatalf("field %d is of the kind %d", field, kind)
		}
	}
}

func FuzzWriteRequest(f *testing.F) {
	f.Add("C: <x> \xff", "sw-core", int64(1_700_000_000_000), 0.25)
	f.Add(strings.Repeat("ä", 2000), "", int64(-1), math.Inf(1))
	f.Fuzz(func(t *testing.T, label, device string, at int64, number float64) {
		labels := Labels(Label{"label", label}, Label{"__name__", "siteward_x"}, Label{"device", device})
		body := Pack(Append(Append(nil, labels, at, number), labels, at+1, number))
		raw, err := snappy.Decode(nil, body)
		if err != nil {
			t.Fatal(err)
		}
		series := 0
		message(t, raw, func(field protowire.Number, one []byte, _ uint64) {
			if field != requestSeries {
				t.Fatalf("field %d of the request", field)
			}
			before, sample := "", uint64(0)
			message(t, one, func(field protowire.Number, part []byte, _ uint64) {
				switch field {
				case seriesLabel:
					var text [3]string
					message(t, part, func(field protowire.Number, v []byte, _ uint64) { text[field] = string(v) })
					if text[1] <= before || text[2] == "" || len(text[2]) > maxLabel || !strings.HasPrefix(text[2], strings.ToValidUTF8(text[2], "")) {
						t.Fatalf("label %q", text)
					}
					before = text[1]
				case seriesSample:
					message(t, part, func(field protowire.Number, _ []byte, bits uint64) {
						if field == sampleValue && math.Float64frombits(bits) != number && !math.IsNaN(number) || field == sampleTime && int64(bits) != at+int64(series) {
							t.Fatalf("field %d is %x", field, bits)
						}
						sample |= 1 << field
					})
				}
			})
			if sample != 1<<sampleValue|1<<sampleTime {
				t.Fatalf("the sample is %b", sample)
			}
			series++
		})
		if series != 2 {
			t.Fatalf("%d series", series)
		}
	})
}
