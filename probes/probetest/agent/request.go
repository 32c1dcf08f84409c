package agent

// Kinds of PDU (RFC 3416 3, RFC 1157 4.1).
const (
	pduGet      = 0xa0
	pduGetNext  = 0xa1
	pduResponse = 0xa2
	pduSet      = 0xa3
	pduGetBulk  = 0xa5
	pduReport   = 0xa8
)

// Versions as they stand in a message.
const (
	version1  = 0
	version2c = 1
	version3  = 3
)

// Error statuses (RFC 3416 3).
const (
	noError            = 0
	tooBig             = 1
	noSuchName         = 2
	authorizationError = 16
	notWritable        = 17
)

// request is a PDU; its slices point into the datagram.
type request struct {
	version  int64
	pdu      byte
	id       []byte // content of the INTEGER, sent back as it came
	nonRep   int64  // GETBULK only
	maxRep   int64
	list     []byte // content of the variable-bindings
	varbinds int
}

// parseCommunity reads what follows the version in a v1 or v2c message (RFC 1901, RFC 1157).
func parseCommunity(b []byte, version int64) (community []byte, q request, ok bool) {
	community, b, ok = expect(b, berOctets)
	if !ok || len(community) > 255 {
		return nil, q, false
	}
	q, ok = parsePDU(b)
	q.version = version
	return community, q, ok && (version != version1 || q.pdu != pduGetBulk)
}

func parsePDU(b []byte) (q request, ok bool) {
	tag, b, _, ok := readTLV(b)
	if !ok || (tag != pduGet && tag != pduGetNext && tag != pduSet && tag != pduGetBulk) {
		return q, false
	}
	q.pdu = tag
	if q.id, b, ok = expect(b, berInteger); !ok || len(q.id) == 0 || len(q.id) > 5 {
		return q, false
	}
	if q.nonRep, b, ok = expectInt(b); !ok {
		return q, false
	}
	if q.maxRep, b, ok = expectInt(b); !ok {
		return q, false
	}
	if q.list, _, ok = expect(b, berSequence); !ok {
		return q, false
	}
	for rest := q.list; len(rest) > 0; q.varbinds++ {
		if _, rest, ok = nextVarbind(rest); !ok {
			return q, false
		}
	}
	return q, true
}

// nextVarbind splits the first name off a list that has been looked through; the value in a request says nothing.
func nextVarbind(list []byte) (name, rest []byte, ok bool) {
	varbind, rest, ok := expect(list, berSequence)
	if !ok {
		return nil, nil, false
	}
	name, value, ok := expect(varbind, berOID)
	if !ok || !validOID(name) {
		return nil, nil, false
	}
	_, _, _, ok = readTLV(value)
	return name, rest, ok
}
