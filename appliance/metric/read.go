package metric

import (
	"errors"
	"math"
	"time"

	"github.com/golang/snappy"
	"google.golang.org/protobuf/encoding/protowire"
)

// Sample is one number of a request, with the labels of its series in their order. At is in milliseconds since 1970.
type Sample struct {
	Labels []Label
	Number float64
	At     int64
}

// Label gives the value of a label, empty when there is none.
func (s *Sample) Label(name string) string {
	for _, l := range s.Labels {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// Number is a sample in the shape of JSON. What JSON has no number for is null.
type Number struct {
	Labels map[string]string `json:"labels"`
	Value  *float64          `json:"value"`
	At     time.Time         `json:"at"`
}

// Plain gives samples in the shape of JSON.
func Plain(list []Sample) []Number {
	out := make([]Number, len(list))
	for i, s := range list {
		out[i] = Number{Labels: map[string]string{}, At: time.UnixMilli(s.At).UTC()}
		for _, l := range s.Labels {
			out[i].Labels[l.Name] = l.Value
		}
		if y := out[i].At.Year(); y < 0 || y > 9999 { // no time that JSON has
			out[i].At = time.Time{}
		}
		if x := s.Number; !math.IsNaN(x) && !math.IsInf(x, 0) {
			out[i].Value = &x
		}
	}
	return out
}

// Bounds of a request that is read. Ours have 2,000 numbers at most, with labels of 1 KiB at most.
const (
	maxRequest = 16 << 20
	maxSamples = 100_000
	maxLabels  = 64
)

// ErrDamaged says that bytes are no request of remote-write, or one beyond all bounds.
var ErrDamaged = errors.New("this is no request of remote-write")

// Read takes the body of a request apart, as it was packed.
func Read(body []byte) (out []Sample, err error) {
	if n, err := snappy.DecodedLen(body); err != nil || n > maxRequest {
		return nil, ErrDamaged
	}
	raw, err := snappy.Decode(nil, body)
	if err != nil {
		return nil, ErrDamaged
	}
	ok := fields(raw, func(field protowire.Number, series []byte, _ uint64) bool {
		return field != requestSeries || readSeries(series, &out)
	})
	if !ok {
		return nil, ErrDamaged
	}
	return out, nil
}

func readSeries(b []byte, out *[]Sample) bool {
	var labels []Label
	return fields(b, func(field protowire.Number, part []byte, _ uint64) bool {
		switch field {
		case seriesLabel:
			var l Label
			ok := fields(part, func(field protowire.Number, v []byte, _ uint64) bool {
				switch field {
				case labelName:
					l.Name = string(v)
				case labelValue:
					l.Value = string(v)
				}
				return true
			})
			labels = append(labels, l)
			return ok && len(labels) <= maxLabels
		case seriesSample:
			s := Sample{Labels: labels}
			ok := fields(part, func(field protowire.Number, _ []byte, bits uint64) bool {
				switch field {
				case sampleValue:
					s.Number = math.Float64frombits(bits)
				case sampleTime:
					s.At = int64(bits) //nolint:gosec // as it was written
				}
				return true
			})
			*out = append(*out, s)
			return ok && len(*out) <= maxSamples
		}
		return true
	})
}

// fields visits the fields of a message: what stands there is bytes, or 64 bits. It says whether the message is whole and visit wants no end.
func fields(b []byte, visit func(field protowire.Number, bytes []byte, bits uint64) bool) bool {
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return false
		}
		b = b[n:]
		var v []byte
		var bits uint64
		switch kind {
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(b)
		case protowire.Fixed64Type:
			bits, n = protowire.ConsumeFixed64(b)
		case protowire.VarintType:
			bits, n = protowire.ConsumeVarint(b)
		default:
			n = protowire.ConsumeFieldValue(field, kind, b)
		}
		if n < 0 || !visit(field, v, bits) {
			return false
		}
		b = b[n:]
	}
	return true
}
