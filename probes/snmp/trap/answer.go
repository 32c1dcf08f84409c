package trap

import (
	"bytes"

	"github.com/gosnmp/gosnmp"
)

// The reports of an authoritative engine (RFC 3414 5).
const (
	unsupportedSecLevels = ".1.3.6.1.6.3.15.1.1.1.0"
	notInTimeWindows     = ".1.3.6.1.6.3.15.1.1.2.0"
	unknownUserNames     = ".1.3.6.1.6.3.15.1.1.3.0"
	unknownEngineIDs     = ".1.3.6.1.6.3.15.1.1.4.0"
	wrongDigests         = ".1.3.6.1.6.3.15.1.1.5.0"
	decryptionErrors     = ".1.3.6.1.6.3.15.1.1.6.0"
)

// answerPlain is the response to an inform of version 2c: the same message with the tag of a response.
func answerPlain(datagram []byte, pdu int) []byte {
	out := bytes.Clone(datagram)
	out[pdu] = tagResponse
	return out
}

// report tells the sender of an SNMPv3 message why it was not taken. With a key it is signed: that about the time window must be,
// or the sender may not set its clock by it.
func (r *Receiver) report(h *header, why string, key *localised) []byte {
	r.reports[why]++
	usm := &gosnmp.UsmSecurityParameters{UserName: string(h.user)}
	var flags gosnmp.SnmpV3MsgFlags
	if key != nil {
		usm, _ = key.usm.Copy().(*gosnmp.UsmSecurityParameters)
		flags = gosnmp.AuthNoPriv
	}
	p := r.envelope(h, usm, flags)
	p.PDUType = gosnmp.Report
	p.Variables = []gosnmp.SnmpPDU{{Name: why, Type: gosnmp.Counter32, Value: uint32(r.reports[why])}}
	return marshal(p)
}

// answerSecure is the response to an inform of version 3, as secure as the inform was.
func (r *Receiver) answerSecure(h *header, key *localised, inform *gosnmp.SnmpPacket) []byte {
	usm, _ := key.usm.Copy().(*gosnmp.UsmSecurityParameters)
	flags := gosnmp.SnmpV3MsgFlags(h.flags & (flagAuth | flagPriv))
	p := r.envelope(h, usm, flags)
	p.PDUType, p.RequestID = gosnmp.GetResponse, inform.RequestID
	p.ContextEngineID, p.ContextName = inform.ContextEngineID, inform.ContextName
	p.Variables = inform.Variables
	if flags&gosnmp.AuthPriv == gosnmp.AuthPriv {
		if err := key.usm.InitPacket(p); err != nil {
			return nil
		}
	}
	if out := marshal(p); out != nil {
		return out
	}
	p.Variables = nil // a value that the library reads and cannot write; the sender looks at the request's number only
	return marshal(p)
}

func (r *Receiver) envelope(h *header, usm *gosnmp.UsmSecurityParameters, flags gosnmp.SnmpV3MsgFlags) *gosnmp.SnmpPacket {
	usm.AuthoritativeEngineID, usm.AuthoritativeEngineBoots, usm.AuthoritativeEngineTime = r.o.EngineID, r.o.Boots, r.seconds()
	return &gosnmp.SnmpPacket{
		Version: gosnmp.Version3, MsgID: uint32(h.msgID), MsgFlags: flags, SecurityModel: gosnmp.UserSecurityModel, //nolint:gosec // 31 bits
		SecurityParameters: usm, ContextEngineID: r.o.EngineID,
	}
}

// marshal writes a message, or gives nil where the library cannot.
func marshal(p *gosnmp.SnmpPacket) (out []byte) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	out, err := p.MarshalMsg()
	if err != nil {
		return nil
	}
	return out
}
