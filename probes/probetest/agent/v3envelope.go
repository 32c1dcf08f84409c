package agent

// secureEnvelope is the v3 message around a response or report.
type secureEnvelope struct {
	responder *responder
	id        []byte // msgID
	user      []byte
	context   []byte
	flags     byte
	seconds   uint32
}

func (e *secureEnvelope) macSize() int {
	if e.flags&flagAuth == 0 {
		return 0
	}
	return e.responder.agent.usm.mac
}

func (e *secureEnvelope) size(pdu int) int {
	a := e.responder.agent
	engine := tlvSize(len(a.o.EngineID))
	scoped, salt := tlvSize(engine+tlvSize(len(e.context))+pdu), 0
	if e.flags&flagPriv != 0 {
		salt = 8
		block := a.usm.blockSize()
		scoped = tlvSize((scoped + block - 1) / block * block)
	}
	parameters := tlvSize(engine + 2*7 + tlvSize(len(e.user)) + tlvSize(e.macSize()) + tlvSize(salt))
	global := tlvSize(tlvSize(len(e.id)) + 5 + 3 + 3)
	return tlvSize(3 + global + tlvSize(parameters) + scoped)
}

func (e *secureEnvelope) seal(p *packet) {
	a := e.responder.agent
	engine := []byte(a.o.EngineID)
	p.put(berOctets, e.context)
	p.put(berOctets, engine)
	p.wrap(berSequence)
	var salt []byte
	if e.flags&flagPriv != 0 {
		for p.size()%a.usm.blockSize() != 0 {
			p.buf = append(p.buf, 0)
		}
		salt = a.usm.encrypt(&e.responder.crypt, p.bytes(), a.o.Boots, e.seconds, a.salt.Add(1))
		p.wrap(berOctets)
	}
	inner := p.size()
	p.put(berOctets, salt)
	var zeros [64]byte
	p.put(berOctets, zeros[:e.macSize()])
	digestFromEnd := p.size() - 2
	p.put(berOctets, e.user)
	p.putInt(int64(e.seconds))
	p.putInt(int64(a.o.Boots))
	p.put(berOctets, engine)
	p.header(berSequence, p.size()-inner)
	p.header(berOctets, p.size()-inner)
	e.global(p)
	if e.flags&flagAuth != 0 {
		digest := e.responder.digest(p.bytes())
		copy(p.buf[len(p.buf)-digestFromEnd:], digest)
	}
}

func (e *secureEnvelope) global(p *packet) {
	inner := p.size()
	p.putInt(3) // the user-based security model
	p.put(berOctets, []byte{e.flags})
	p.putInt(MaxMessage)
	p.put(berInteger, e.id)
	p.header(berSequence, p.size()-inner)
	p.putInt(version3)
	p.wrap(berSequence)
}
