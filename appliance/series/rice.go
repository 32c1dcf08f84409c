package series

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The payload of a run of decimals: differences of one number to the next (order 1) or differences of these
// (order 2), as bits. Counters and gauges wander by amounts of about the same size for a while, which Rice's code
// with a parameter that follows the mean writes within a few per cent of what is possible.
//
//	prev, diff             varints: what the first difference is taken from; diff with order 2 only
//	mean                   one byte: bits of the mean to begin with
//	then until the run has its slots, padded to a byte:
//	  0  Rice(zigzag(difference) - 1)
//	  10 gamma(n)          n slots without a change
//	  11 gamma(n)          n slots without a number
const (
	riceMost  = 20 // ones of a quotient; as many mean that the number follows in 64 bits
	gammaMost = 32
)

// adaptive is the parameter of Rice's code: 16 times the mean of what was coded.
type adaptive uint64

func (a *adaptive) see(u uint64) { *a += adaptive(u) - *a>>4 }

// k is the bits of about 0.69 of the mean, the best for a geometric distribution.
func (a adaptive) k() uint { return uint(max(1, bits.Len64(uint64(a>>5+a>>7+a>>8)))) - 1 }

func (w *bitWriter) rice(u uint64, k uint) {
	q := u >> k
	if q >= riceMost {
		w.write(1<<riceMost-1, riceMost)
		w.write(u, 64)
		return
	}
	w.write((1<<q-1)<<1, uint(q)+1)
	w.write(u, k)
}

func (r *bitReader) rice(k uint) uint64 {
	q := r.ones(riceMost)
	if q == riceMost {
		return r.read64(64)
	}
	return uint64(q)<<k | r.read64(k)
}

// difference takes the flag and the code of a difference; when the flag says that there is none it takes the flag only.
func (r *bitReader) difference(k uint) (u uint64, ok bool) {
	if r.have < 56 {
		r.fill()
	}
	if r.acc>>63 == 1 || r.have == 0 {
		r.read(1)
		return 0, false
	}
	x := r.acc << 1
	q := uint(bits.LeadingZeros64(^x))
	if n := q + k + 2; q < riceMost && n <= r.have { // all of it is read ahead
		r.skip(n)
		return uint64(q)<<k | x<<(q+1)>>(64-k), true
	}
	r.read(1)
	return r.rice(k), true
}

// gamma writes a number from 1 on: as many zeros as it has bits after the first, then its bits.
func (w *bitWriter) gamma(n uint64) {
	l := uint(bits.Len64(n))
	w.write(0, l-1)
	w.write(n, l)
}

func (r *bitReader) gamma() (uint64, bool) {
	if r.have < gammaMost {
		r.fill()
	}
	zeros := uint(bits.LeadingZeros64(r.acc))
	if zeros >= gammaMost || zeros >= r.have {
		return 0, false
	}
	r.read(zeros)
	return r.read(zeros + 1), true
}

func appendRice(dst []byte, in *wholes) []byte {
	prev, diff, mean := in.start()
	dst = binary.AppendVarint(dst, prev)
	second := in.order == 2
	if second {
		dst = binary.AppendVarint(dst, diff)
	}
	w := bitWriter{b: append(dst, mean), free: 64}
	a := adaptive(16) << mean
	var same, gaps uint64
	flush := func() {
		if same > 0 {
			w.write(0b10, 2)
			w.gamma(same)
		}
		if gaps > 0 {
			w.write(0b11, 2)
			w.gamma(gaps)
		}
		same, gaps = 0, 0
	}
	for _, k := range in.k {
		if k == gap {
			if same > 0 {
				flush()
			}
			gaps++
			continue
		}
		t := k - prev
		if second {
			t -= diff
			diff += t
		}
		prev = k
		if t == 0 {
			if gaps > 0 {
				flush()
			}
			same++
			continue
		}
		flush()
		u := zigzag(t) - 1
		w.write(0, 1)
		w.rice(u, a.k())
		a.see(u)
	}
	flush()
	return w.end()
}

// start chooses what the first difference is taken from, so that it is none, and the mean to begin with.
func (in *wholes) start() (prev, diff int64, mean byte) {
	var last, lastDiff int64
	var sum, n float64
	seen := 0
	for _, k := range in.k {
		if k == gap {
			continue
		}
		d := k - last
		t := d
		if in.order == 2 {
			t -= lastDiff
		}
		switch seen++; {
		case seen == 1:
			prev = k
		case seen == 2 && in.order == 2:
			diff = d
			prev -= d
		case t != 0:
			sum, n = sum+math.Abs(float64(t)), n+1
		}
		last, lastDiff = k, d
	}
	if n > 0 {
		mean = byte(min(50, bits.Len64(uint64(2*sum/n))-1))
	}
	return prev, diff, mean
}

func (in *input) rice(out []float64, slots int, unit float64, order int) ([]float64, bool) {
	prev, diff := in.varint(), int64(0)
	if order == 2 {
		diff = in.varint()
	}
	mean := in.byte()
	if in.bad || mean > 50 {
		return nil, false
	}
	a := adaptive(16) << mean
	r := bitReader{all: in.b, b: in.b}
	nan := math.NaN()
	for len(out) < slots {
		if r.over > 0 {
			return nil, false
		}
		if u, ok := r.difference(a.k()); ok {
			a.see(u)
			if d := unzigzag(u + 1); order == 2 {
				diff += d
			} else {
				diff = d
			}
			prev += diff
			if unit == 1 {
				out = append(out, float64(prev))
			} else {
				out = append(out, float64(prev)/unit)
			}
			continue
		}
		missing := r.read(1) == 1
		n, ok := r.gamma()
		if !ok || n > uint64(slots-len(out)) {
			return nil, false
		}
		for range n {
			switch {
			case missing:
				out = append(out, nan)
			case order == 2:
				prev += diff
				out = append(out, float64(prev)/unit)
			default:
				out = append(out, float64(prev)/unit)
			}
		}
	}
	in.b = r.rest()
	return out, r.over == 0
}
