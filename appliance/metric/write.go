package metric

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/golang/snappy"
	"google.golang.org/protobuf/encoding/protowire"
)

// The headers of a request, beside those of HTTP.
const (
	ContentType     = "application/x-protobuf"
	ContentEncoding = "snappy"
	HeaderVersion   = "X-Prometheus-Remote-Write-Version"
	Version         = "0.1.0" // of version 1.0 of the protocol, which every engine takes
)

// Label is a name and a value of a series.
type Label struct{ Name, Value string }

// The numbers of the fields of prometheus.WriteRequest, TimeSeries, Label and Sample. They are three messages that never change: their
// generated code would be 400 kB of the binary.
const (
	requestSeries = 1
	seriesLabel   = 1
	seriesSample  = 2
	labelName     = 1
	labelValue    = 2
	sampleValue   = 1
	sampleTime    = 2
)

// maxLabel bounds a value; engines refuse longer ones.
const maxLabel = 1024

// Labels encodes the labels of a series once for all of its samples. An empty value is no label, text from devices becomes UTF-8, and
// they are sorted by name, as the protocol demands.
func Labels(list ...Label) []byte {
	list = slices.DeleteFunc(slices.Clone(list), func(l Label) bool { return l.Value == "" })
	slices.SortFunc(list, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	var out []byte
	for _, l := range list {
		v := strings.ToValidUTF8(l.Value, "\ufffd")
		if len(v) > maxLabel {
			v = strings.ToValidUTF8(v[:maxLabel], "")
		}
		one := protowire.AppendString(protowire.AppendTag(nil, labelName, protowire.BytesType), l.Name)
		one = protowire.AppendString(protowire.AppendTag(one, labelValue, protowire.BytesType), v)
		out = protowire.AppendBytes(protowire.AppendTag(out, seriesLabel, protowire.BytesType), one)
	}
	return out
}

// Append adds one number of a series to a request. labels are what Labels gave, at is in milliseconds since 1970.
func Append(request, labels []byte, at int64, number float64) []byte {
	const sampleSize = 1 + 8 + 1 + 10
	sample := make([]byte, 0, sampleSize)
	sample = protowire.AppendFixed64(protowire.AppendTag(sample, sampleValue, protowire.Fixed64Type), math.Float64bits(number))
	sample = protowire.AppendVarint(protowire.AppendTag(sample, sampleTime, protowire.VarintType), uint64(at))
	request = protowire.AppendTag(request, requestSeries, protowire.BytesType)
	request = protowire.AppendVarint(request, uint64(len(labels)+protowire.SizeTag(seriesSample)+protowire.SizeBytes(len(sample))))
	request = append(request, labels...)
	return protowire.AppendBytes(protowire.AppendTag(request, seriesSample, protowire.BytesType), sample)
}

// Pack makes the body of a request.
func Pack(request []byte) []byte { return snappy.Encode(nil, request) }
