package series

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// A chunk is <form:1> <runs> <CRC-32C of both:4>. A run is
//
//	step, first slot, slots     uvarints
//	scale:4 bits, order:4 bits  one byte; order 1 or 2 = differences, or differences of these; scale raw = float64s
//	payload                     one token per slot or stretch of slots, see below
//
// Tokens are uvarints: 0 n = n slots without a change of the difference, 1 n = n slots without a number,
// else the zigzag difference + 1. Raw runs hold 8 bytes little-endian a slot.
const chunkForm = 0x01

// Bounds of a decoder: what lies beyond was not written by us.
const (
	MaxSlots = 31 * 24 * 360 // a month of 10-second slots
	maxRuns  = 64
	maxStep  = 366 * 24 * 3600
)

const (
	tokenSame = 0
	tokenGap  = 1
)

// ErrDamaged is what decoding fails with when a chunk is not what was written.
var ErrDamaged = errors.New("chunk of samples is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode appends a chunk with the runs to dst.
func Encode(dst []byte, runs ...Run) []byte {
	start := len(dst)
	dst = append(dst, chunkForm)
	for _, r := range runs {
		dst = appendRun(dst, r)
	}
	return binary.BigEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

func appendRun(dst []byte, r Run) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.Step))
	dst = binary.AppendUvarint(dst, uint64(r.First))
	dst = binary.AppendUvarint(dst, uint64(len(r.Numbers)))
	scale, order := shape(r.Numbers)
	dst = append(dst, byte(scale)<<4|byte(order))
	if scale == raw {
		for _, x := range r.Numbers {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		}
		return dst
	}
	return appendTokens(dst, r.Numbers, scale, order)
}

// shape chooses the scale that makes all numbers whole, and the order: counters that rise steadily are shorter as
// differences of differences.
func shape(numbers []float64) (scale, order int) {
	up, n := 0, 0
	prev := math.NaN()
	for _, x := range numbers {
		if math.IsNaN(x) {
			continue
		}
		if _, ok := scaled(x, scale); !ok {
			if scale = scaleOf(x, scale); scale == raw {
				return raw, 1
			}
		}
		if x > prev {
			up++
		}
		prev = x
		n++
	}
	for _, x := range numbers { // a finer scale may be too fine for an earlier, larger number
		if _, ok := scaled(x, scale); !ok && !math.IsNaN(x) {
			return raw, 1
		}
	}
	if up > n*3/4 {
		return scale, 2
	}
	return scale, 1
}

func appendTokens(dst []byte, numbers []float64, scale, order int) []byte {
	var prev, diff int64
	var same, gap uint64
	flush := func() {
		if same > 0 {
			dst = binary.AppendUvarint(append(dst, tokenSame), same)
		}
		if gap > 0 {
			dst = binary.AppendUvarint(append(dst, tokenGap), gap)
		}
		same, gap = 0, 0
	}
	for _, x := range numbers {
		if math.IsNaN(x) {
			if same > 0 {
				flush()
			}
			gap++
			continue
		}
		k, _ := scaled(x, scale)
		d := k - prev
		t := d
		if order == 2 {
			t -= diff
		}
		prev, diff = k, d
		if t == 0 {
			if gap > 0 {
				flush()
			}
			same++
			continue
		}
		flush()
		dst = binary.AppendUvarint(dst, zigzag(t)+1)
	}
	flush()
	return dst
}

func zigzag(d int64) uint64   { return uint64(d)<<1 ^ uint64(d>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// Check says whether a chunk is what was written, without decoding it.
func Check(b []byte) error {
	if len(b) < 5 || b[0] != chunkForm {
		return ErrDamaged
	}
	body := b[:len(b)-4]
	if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		return fmt.Errorf("%w: checksum does not match", ErrDamaged)
	}
	return nil
}

// Decode gives the runs of a chunk. It fails with ErrDamaged, never panics, and allocates no more than MaxSlots allow.
func Decode(b []byte) ([]Run, error) {
	var runs []Run
	err := Each(b, func(r Run) { runs = append(runs, Run{r.Step, r.First, append([]float64(nil), r.Numbers...)}) })
	return runs, err
}

// Each visits the runs of a chunk; their Numbers are good until visit returns.
func Each(b []byte, visit func(Run)) error {
	var d Decoder
	return d.Each(b, visit)
}

// Decoder decodes chunks one after the other into the same memory.
type Decoder struct{ numbers []float64 }

// Each visits the runs of a chunk; their Numbers are good until visit returns.
func (d *Decoder) Each(b []byte, visit func(Run)) error {
	if err := Check(b); err != nil {
		return err
	}
	in := input{b: b[1 : len(b)-4]}
	for n := 0; len(in.b) > 0; n++ {
		r := Run{Step: int64(in.uvarint()), First: int64(in.uvarint())}
		slots := in.uvarint()
		how := in.byte()
		if in.bad || n >= maxRuns || slots > MaxSlots || r.Step <= 0 || r.Step > maxStep || r.First < 0 || r.First > math.MaxInt64/maxStep {
			return ErrDamaged
		}
		if cap(d.numbers) < int(slots) {
			d.numbers = make([]float64, 0, slots)
		}
		var ok bool
		if r.Numbers, ok = in.numbers(d.numbers[:0], int(slots), int(how>>4), int(how&15)); !ok {
			return ErrDamaged
		}
		visit(r)
	}
	return nil
}

// input reads a chunk's fields; bad is set by the first one that is not there.
type input struct {
	b   []byte
	bad bool
}

func (in *input) byte() byte {
	if len(in.b) == 0 {
		in.bad = true
		return 0
	}
	v := in.b[0]
	in.b = in.b[1:]
	return v
}

func (in *input) uvarint() uint64 {
	v, n := binary.Uvarint(in.b)
	if n <= 0 {
		in.bad = true
		return 0
	}
	in.b = in.b[n:]
	return v
}

func (in *input) numbers(out []float64, slots, scale, order int) ([]float64, bool) {
	if scale == raw {
		if len(in.b) < 8*slots {
			return nil, false
		}
		for i := range slots {
			out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(in.b[8*i:])))
		}
		in.b = in.b[8*slots:]
		return out, true
	}
	if scale > maxScale || order != 1 && order != 2 {
		return nil, false
	}
	return in.tokens(out, slots, pow10[scale], order)
}

func (in *input) tokens(out []float64, slots int, unit float64, order int) ([]float64, bool) {
	var value, diff int64
	nan := math.NaN()
	for len(out) < slots {
		t := in.uvarint()
		if t > tokenGap {
			if d := unzigzag(t - 1); order == 2 {
				diff += d
			} else {
				diff = d
			}
			value += diff
			out = append(out, float64(value)/unit)
			continue
		}
		n := in.uvarint()
		if in.bad || n == 0 || n > uint64(slots-len(out)) {
			return nil, false
		}
		for range n {
			switch {
			case t == tokenGap:
				out = append(out, nan)
			case order == 2:
				value += diff
				out = append(out, float64(value)/unit)
			default:
				out = append(out, float64(value)/unit)
			}
		}
	}
	return out, !in.bad
}
