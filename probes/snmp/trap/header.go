package trap

import "errors"

// Versions as they stand in a message.
const (
	version1  = 0
	version2c = 1
	version3  = 3
)

// The tags of what is received and sent (RFC 3416 3, RFC 1157 4.1.6).
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
	tagResponse = 0xa2
	tagTrapV1   = 0xa4
	tagInform   = 0xa6
	tagTrapV2   = 0xa7
)

// Flags of SNMPv3 (RFC 3412 6.4).
const (
	flagAuth       = 1
	flagPriv       = 2
	flagReportable = 4
)

// header is the outside of a message: what must be known before anything is decoded. Its slices point into the datagram.
type header struct {
	version   int64
	community []byte // of 1 and 2c
	pdu       int    // offset of the PDU's tag; of SNMPv3 that of the scoped PDU, plain or encrypted

	msgID    int64 // SNMPv3 from here
	flags    byte
	engineID []byte
	boots    int64
	seconds  int64
	user     []byte
	digest   []byte
}

var errGarbled = errors.New("no SNMP message")

// parseHeader reads the outside of a datagram without trusting any of it.
func parseHeader(b []byte) (h header, err error) {
	r := reader{b: b}
	r.enter(tagSequence)
	h.version = r.integer()
	switch h.version {
	case version1, version2c:
		h.community = r.take(tagOctets)
		h.pdu = r.at
		if r.at >= len(b) {
			r.bad = true
		}
	case version3:
		h.secure(&r)
	default:
		r.bad = true
	}
	if r.bad {
		return h, errGarbled
	}
	return h, nil
}

// secure reads the header and the security parameters of the user-based model (RFC 3412 6, RFC 3414 2.4).
func (h *header) secure(r *reader) {
	r.enter(tagSequence)
	h.msgID = r.integer()
	_ = r.integer() // msgMaxSize
	flags := r.take(tagOctets)
	model := r.integer()
	if len(flags) != 1 || model != 3 || flags[0]&(flagAuth|flagPriv) == flagPriv {
		r.bad = true
		return
	}
	h.flags = flags[0]
	r.enter(tagOctets)
	r.enter(tagSequence)
	h.engineID = r.take(tagOctets)
	h.boots, h.seconds = r.integer(), r.integer()
	h.user, h.digest = r.take(tagOctets), r.take(tagOctets)
	_ = r.take(tagOctets) // the salt
	h.pdu = r.at
	if len(h.engineID) > 32 || len(h.user) > 32 || len(h.digest) > 64 || r.at >= len(r.b) {
		r.bad = true
	}
}

// reader goes through BER elements. After a fault everything it gives is empty, and bad says so.
type reader struct {
	b   []byte
	at  int
	bad bool
}

// enter steps into a constructed element.
func (r *reader) enter(tag byte) { _ = r.length(tag) }

// take gives the content of an element and steps over it.
func (r *reader) take(tag byte) []byte {
	n := r.length(tag)
	if r.bad {
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

// integer reads an INTEGER of at most 8 octets.
func (r *reader) integer() (n int64) {
	b := r.take(tagInteger)
	if len(b) == 0 || len(b) > 8 {
		r.bad = true
		return 0
	}
	n = int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n
}

// length reads a tag and a length that fits into what is there.
func (r *reader) length(tag byte) (n int) {
	if r.bad || r.at+2 > len(r.b) || r.b[r.at] != tag {
		r.bad = true
		return 0
	}
	n, r.at = int(r.b[r.at+1]), r.at+2
	if n >= 0x80 {
		octets := n & 0x7f
		if n = 0; octets == 0 || octets > 3 || r.at+octets > len(r.b) {
			r.bad = true
			return 0
		}
		for range octets {
			n = n<<8 | int(r.b[r.at])
			r.at++
		}
	}
	if n > len(r.b)-r.at {
		r.bad = true
		return 0
	}
	return n
}
