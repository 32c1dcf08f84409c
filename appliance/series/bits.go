package series

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter appends bits, most significant first.
type bitWriter struct {
	b    []byte
	acc  uint64
	free uint // unused low bits of acc
}

func (w *bitWriter) write(v uint64, n uint) {
	for n > w.free {
		n -= w.free
		w.acc |= v >> n & (1<<w.free - 1)
		w.b = binary.BigEndian.AppendUint64(w.b, w.acc)
		w.acc, w.free = 0, 64
	}
	w.free -= n
	w.acc |= v & (1<<n - 1) << w.free
}

// end fills up the last byte and gives everything.
func (w *bitWriter) end() []byte {
	for used := 64 - w.free; used > 0; used -= min(used, 8) {
		w.b = append(w.b, byte(w.acc>>56))
		w.acc <<= 8
	}
	return w.b
}

// bitReader reads what bitWriter wrote. Behind the end there are zeros, and over is set.
type bitReader struct {
	all  []byte
	b    []byte // not read ahead yet
	acc  uint64 // bits read ahead, from the top
	have uint
	over uint // bits taken from behind the end
}

// fill reads ahead: 56 bits at least, while there are that many.
func (r *bitReader) fill() {
	if len(r.b) >= 8 {
		r.acc |= binary.BigEndian.Uint64(r.b) >> r.have
		r.b = r.b[(63-r.have)>>3:]
		r.have |= 56
		return
	}
	for r.have <= 56 && len(r.b) > 0 {
		r.acc |= uint64(r.b[0]) << (56 - r.have)
		r.b = r.b[1:]
		r.have += 8
	}
}

// read takes up to 32 bits.
func (r *bitReader) read(n uint) uint64 {
	if n > r.have {
		if r.fill(); n > r.have {
			r.over += n - r.have
			r.have = n
		}
	}
	v := r.acc >> (64 - n) // 0 for n = 0
	r.skip(n)
	return v
}

// skip takes bits that are read ahead.
func (r *bitReader) skip(n uint) {
	r.acc <<= n
	r.have -= n
}

func (r *bitReader) read64(n uint) uint64 {
	if n > 32 {
		high := r.read(n - 32)
		return high<<32 | r.read(32)
	}
	return r.read(n)
}

// ones counts ones up to most, and takes the zero that ends them when there are fewer.
func (r *bitReader) ones(most uint) uint {
	if r.have < most+1 {
		r.fill()
	}
	n := min(uint(bits.LeadingZeros64(^r.acc)), most)
	if n < most {
		r.read(n + 1)
	} else {
		r.read(n)
	}
	return n
}

// rest is what follows the byte of all that was read last.
func (r *bitReader) rest() []byte { return r.all[len(r.all)-len(r.b)-int(r.have/8):] }
