package series

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"sync"
)

// A chunk is <form:1> <runs> <CRC-32C of both:4>. A run is
//
//	step, first slot, slots     uvarints
//	scale:4 bits, order:4 bits  one byte; order 1 or 2 = differences, or differences of these; scale raw = float64s
//	payload                     see rice.go; of raw runs 8 bytes little-endian a slot
const chunkForm = 0x01

// Bounds of a decoder: what lies beyond was not written by us.
const (
	MaxSlots = 31 * 24 * 360 // a month of 10-second slots
	maxRuns  = 64
	maxStep  = 366 * 24 * 3600
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
	w := wholesPool.Get().(*wholes)
	defer wholesPool.Put(w)
	w.set(r.Numbers)
	dst = append(dst, byte(w.scale)<<4|byte(w.order))
	if w.scale == raw {
		for _, x := range r.Numbers {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		}
		return dst
	}
	return appendRice(dst, w)
}

// gap stands among whole numbers for a slot without one.
const gap = math.MinInt64

// wholes are numbers as whole numbers of one scale.
type wholes struct {
	k     []int64
	scale int
	order int // 2: differences of differences are shorter, as with counters that rise steadily
}

// set scales numbers, with the least scale that makes all of them whole. raw is left where there is none.
func (w *wholes) set(numbers []float64) {
	w.k, w.scale, w.order = w.k[:0], 0, 1
	up, n := 0, 0
	prev := int64(gap)
	for i := 0; i < len(numbers); i++ {
		x := numbers[i]
		if math.IsNaN(x) {
			w.k = append(w.k, gap)
			continue
		}
		k, ok := scaled(x, w.scale)
		if !ok {
			if w.scale = scaleOf(x, w.scale); w.scale == raw {
				return
			}
			w.k, up, n, prev, i = w.k[:0], 0, 0, gap, -1 // again from the start: a larger number may not bear it
			continue
		}
		if n > 0 && k > prev {
			up++
		}
		prev = k
		n++
		w.k = append(w.k, k)
	}
	if up > n*3/4 {
		w.order = 2
	}
}

var wholesPool = sync.Pool{New: func() any { return new(wholes) }}

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

func (in *input) varint() int64 {
	v, n := binary.Varint(in.b)
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
	return in.rice(out, slots, pow10[scale], order)
}
