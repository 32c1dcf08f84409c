package agent

// secureMessage is a v3 message (RFC 3412 6, RFC 3414 2.4); its slices point into the datagram.
type secureMessage struct {
	id       []byte // content of msgID
	maxSize  int64
	flags    byte
	engineID []byte
	boots    int64
	seconds  int64
	user     []byte
	digest   []byte
	salt     []byte
	data     []byte // ScopedPDU, plain or encrypted
}

func parseSecure(b []byte) (m secureMessage, ok bool) {
	global, b, ok := expect(b, berSequence)
	if !ok {
		return m, false
	}
	if m.id, global, ok = expect(global, berInteger); !ok || len(m.id) == 0 || len(m.id) > 5 {
		return m, false
	}
	if m.maxSize, global, ok = expectInt(global); !ok || m.maxSize < minMessage {
		return m, false
	}
	flags, global, ok := expect(global, berOctets)
	if !ok || len(flags) != 1 || flags[0]&(flagAuth|flagPriv) == flagPriv {
		return m, false
	}
	m.flags = flags[0]
	if model, _, ok := expectInt(global); !ok || model != 3 {
		return m, false
	}
	parameters, b, ok := expect(b, berOctets)
	if !ok {
		return m, false
	}
	m.data = b
	return m, m.parseParameters(parameters)
}

func (m *secureMessage) parseParameters(b []byte) (ok bool) {
	if b, _, ok = expect(b, berSequence); !ok {
		return false
	}
	if m.engineID, b, ok = expect(b, berOctets); !ok || len(m.engineID) > 32 {
		return false
	}
	if m.boots, b, ok = expectInt(b); !ok {
		return false
	}
	if m.seconds, b, ok = expectInt(b); !ok {
		return false
	}
	if m.user, b, ok = expect(b, berOctets); !ok || len(m.user) > 32 {
		return false
	}
	if m.digest, b, ok = expect(b, berOctets); !ok || len(m.digest) > 64 {
		return false
	}
	m.salt, _, ok = expect(b, berOctets)
	return ok
}

// scopedPDU is what the security wraps (RFC 3412 6.8).
type scopedPDU struct {
	engineID, context, pdu []byte
}

func parseScoped(b []byte) (s scopedPDU, ok bool) {
	if b, _, ok = expect(b, berSequence); !ok {
		return s, false
	}
	if s.engineID, b, ok = expect(b, berOctets); !ok {
		return s, false
	}
	if s.context, s.pdu, ok = expect(b, berOctets); !ok || len(s.context) > 255 {
		return s, false
	}
	return s, true
}
