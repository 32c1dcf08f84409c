package series

import (
	"encoding/binary"
	"math"
)

// Head is the open end of a series: the samples since the last chunk, as the tokens they came in. It takes the bytes
// of its tokens and about 60 more.
//
// Each sample also has a token for the log that lets another Head repeat it after a crash:
//
//	0 scale zigzag(k)     the first number, or one that needs a finer scale
//	1 <8 bytes>           one that is no decimal
//	else zigzag(k - k of the number before) + 2
type Head struct {
	tokens []byte
	first  int64
	next   int64 // the slot after the last
	prev   int64 // the last whole number
	same   uint32
	scale  int8
	any    bool // prev and scale are set
}

const (
	headScale = 0
	headRaw   = 1
	headGap   = 2 // in a head's tokens only: n slots without a number
	headSame  = 3 // n slots with the number before again
	headDiff  = 4
)

// Empty says whether the head holds nothing.
func (h *Head) Empty() bool { return h.next == 0 }

// Len is how many slots the head spans.
func (h *Head) Len() int { return int(h.next - h.first) }

// First and Last are the slots of the first and the last sample.
func (h *Head) First() int64 { return h.first }

// Last is the slot of the last sample.
func (h *Head) Last() int64 { return h.next - 1 }

// Bytes is what the head takes in memory beside itself.
func (h *Head) Bytes() int { return cap(h.tokens) }

// Reset empties the head and keeps its memory.
func (h *Head) Reset() { *h = Head{tokens: h.tokens[:0]} }

// Append adds the number of a slot and appends its log token to log. It refuses, with false, NaN and a slot that is
// not after the last one.
func (h *Head) Append(log []byte, slot int64, x float64) ([]byte, bool) {
	if slot < h.next || slot < 0 || math.IsNaN(x) {
		return log, false
	}
	h.skipTo(slot)
	if h.any {
		if k, ok := scaled(x, int(h.scale)); ok {
			d := k - h.prev
			log = binary.AppendUvarint(log, zigzag(d)+2)
			h.diff(d)
			return log, true
		}
	}
	least := 0
	if h.any {
		least = int(h.scale)
	}
	s := scaleOf(x, least)
	if s == raw {
		bits := math.Float64bits(x)
		log = binary.LittleEndian.AppendUint64(append(log, headRaw), bits)
		h.raw(bits)
		return log, true
	}
	k, _ := scaled(x, s)
	log = binary.AppendUvarint(append(log, headScale, byte(s)), zigzag(k))
	h.rescale(s, k)
	return log, true
}

// Replay adds the number of a slot from its log token and gives the rest of the log. It refuses, with false, what
// Append cannot have written.
func (h *Head) Replay(log []byte, slot int64) (rest []byte, ok bool) {
	in := input{b: log}
	t := in.uvarint()
	if slot < h.next || slot < 0 || in.bad {
		return nil, false
	}
	switch t {
	case headScale:
		s, k := in.byte(), unzigzag(in.uvarint())
		if in.bad || s > maxScale || k > maxWhole || k < -maxWhole {
			return nil, false
		}
		h.skipTo(slot)
		h.rescale(int(s), k)
	case headRaw:
		if len(in.b) < 8 {
			return nil, false
		}
		h.skipTo(slot)
		h.raw(binary.LittleEndian.Uint64(in.b))
		in.b = in.b[8:]
	default:
		d := unzigzag(t - 2)
		if k := h.prev + d; !h.any || k > maxWhole || k < -maxWhole {
			return nil, false
		}
		h.skipTo(slot)
		h.diff(d)
	}
	return in.b, true
}

// skipTo begins the head at slot, or notes the gap before it.
func (h *Head) skipTo(slot int64) {
	if h.Empty() {
		h.first = slot
	} else if gap := slot - h.next; gap > 0 {
		h.flush()
		h.grow(11)
		h.tokens = binary.AppendUvarint(append(h.tokens, headGap), uint64(gap))
	}
	h.next = slot + 1
}

func (h *Head) diff(d int64) {
	h.prev += d
	if d == 0 {
		h.same++
		return
	}
	h.flush()
	h.grow(10)
	h.tokens = binary.AppendUvarint(h.tokens, zigzag(d)+headDiff-1) // zigzag(d) is at least 1
}

func (h *Head) rescale(scale int, k int64) {
	h.flush()
	h.grow(12)
	h.tokens = binary.AppendUvarint(append(h.tokens, headScale, byte(scale)), zigzag(k))
	h.scale, h.prev, h.any = int8(scale), k, true
}

func (h *Head) raw(bits uint64) {
	h.flush()
	h.grow(9)
	h.tokens = binary.LittleEndian.AppendUint64(append(h.tokens, headRaw), bits)
}

// flush writes out the run of unchanged numbers.
func (h *Head) flush() {
	if h.same == 0 {
		return
	}
	h.grow(6)
	h.tokens = binary.AppendUvarint(append(h.tokens, headSame), uint64(h.same))
	h.same = 0
}

// grow makes room for n bytes in small steps: append would double, and there are many heads.
func (h *Head) grow(n int) {
	if cap(h.tokens)-len(h.tokens) >= n {
		return
	}
	bigger := make([]byte, len(h.tokens), len(h.tokens)+n+len(h.tokens)/8+4)
	copy(bigger, h.tokens)
	h.tokens = bigger
}

// Snapshot is a copy of the head that later appends do not touch.
func (h *Head) Snapshot() Head {
	c := *h
	c.tokens = h.tokens[:len(h.tokens):len(h.tokens)]
	return c
}

// Numbers appends the head's numbers from First on to out, NaN for gaps.
func (h *Head) Numbers(out []float64) []float64 {
	in := input{b: h.tokens}
	var prev int64
	unit, last := 1.0, math.NaN()
	repeat := func(x float64, n uint64) {
		for range n {
			out = append(out, x)
		}
	}
	for len(in.b) > 0 {
		switch t := in.uvarint(); t {
		case headScale:
			unit = pow10[in.byte()]
			prev = unzigzag(in.uvarint())
			last = float64(prev) / unit
			out = append(out, last)
		case headRaw:
			out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(in.b)))
			in.b = in.b[8:]
		case headGap:
			repeat(math.NaN(), in.uvarint())
		case headSame:
			repeat(last, in.uvarint())
		default:
			prev += unzigzag(t - headDiff + 1)
			last = float64(prev) / unit
			out = append(out, last)
		}
	}
	repeat(last, uint64(h.same))
	return out
}

// Run gives the head's numbers as a run.
func (h *Head) Run(step int64) Run {
	return Run{Step: step, First: h.first, Numbers: h.Numbers(make([]float64, 0, h.Len()))}
}
