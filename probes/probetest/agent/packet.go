package agent

// headroom is what the headers of a response may take: engine, user and context names are 32 octets at most.
const headroom = 512

// packet is a response that is written from the inside out: first the varbinds, then each header in front of what
// is there, when its length is known. The buffer is used again for the next response.
type packet struct {
	buf   []byte
	start int
}

func (p *packet) reset() {
	if p.buf == nil {
		p.buf = make([]byte, headroom, 4096)
	}
	p.buf, p.start = p.buf[:headroom], headroom
}

func (p *packet) bytes() []byte { return p.buf[p.start:] }
func (p *packet) size() int     { return len(p.buf) - p.start }

// wrap puts a tag and the length of everything written so far in front.
func (p *packet) wrap(tag byte) { p.header(tag, p.size()) }

// put puts an element in front.
func (p *packet) put(tag byte, content []byte) {
	p.start -= len(content)
	copy(p.buf[p.start:], content)
	p.header(tag, len(content))
}

func (p *packet) putInt(v int64) {
	var b [9]byte
	p.put(berInteger, appendInt(b[:0], v))
}

func (p *packet) header(tag byte, n int) {
	var b [5]byte
	h := appendLength(append(b[:0], tag), n)
	p.start -= len(h)
	copy(p.buf[p.start:], h)
}
