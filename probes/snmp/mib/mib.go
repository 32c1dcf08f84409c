// Package mib has the words in which devices are asked over SNMP: object identifiers, variable bindings, and the
// interface of whoever asks. It imports nothing of ours, so that profiles, the reader and tests can share it.
package mib

import (
	"context"
	"strconv"
	"strings"
)

// OID is an object identifier in dotted decimal without a leading dot: "1.3.6.1.2.1.1.1.0".
type OID string

// Under says whether o is base itself or below it.
func (o OID) Under(base OID) bool {
	return strings.HasPrefix(string(o), string(base)) && (len(o) == len(base) || o[len(base)] == '.')
}

// Suffix is what follows base: "10" for ifDescr.10 under ifDescr. It is "" when o is not below base.
func (o OID) Suffix(base OID) string {
	if len(o) > len(base) && o.Under(base) {
		return string(o[len(base)+1:])
	}
	return ""
}

// Compare orders two OIDs number by number, as agents do.
func Compare(a, b OID) int {
	for a != "" && b != "" {
		x, restA := arc(a)
		y, restB := arc(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		a, b = restA, restB
	}
	return len(a) - len(b)
}

func arc(o OID) (uint64, OID) {
	head, rest, _ := strings.Cut(string(o), ".")
	n, _ := strconv.ParseUint(head, 10, 64)
	return n, OID(rest)
}

// Type is the ASN.1 BER tag of a value (RFC 2578, RFC 3416).
type Type uint8

// The types an agent may answer with. NoAnswer is ours: the request for this OID got no answer in time.
const (
	NoAnswer       Type = 0
	Integer        Type = 0x02
	OctetString    Type = 0x04
	Null           Type = 0x05
	ObjectID       Type = 0x06
	IPAddress      Type = 0x40
	Counter32      Type = 0x41
	Gauge32        Type = 0x42
	TimeTicks      Type = 0x43
	Opaque         Type = 0x44
	Counter64      Type = 0x46
	NoSuchObject   Type = 0x80
	NoSuchInstance Type = 0x81
	EndOfMibView   Type = 0x82
)

// Varbind is one variable binding of an answer.
type Varbind struct {
	OID  OID
	Type Type
	// Num is the value of numbers: Integer as two's complement (use Int), the unsigned types as they are. Opaque
	// floats are in Bytes as sent.
	Num uint64
	// Bytes is the value of OctetString and Opaque as sent, of IPAddress (4 octets), and of ObjectID in dotted
	// decimal text.
	Bytes []byte
}

// Int is the signed value.
func (v Varbind) Int() int64 { return int64(v.Num) }

// Exists says that the agent gave a value.
func (v Varbind) Exists() bool {
	switch v.Type {
	case NoAnswer, Null, NoSuchObject, NoSuchInstance, EndOfMibView:
		return false
	}
	return true
}

// Numeric says that Num holds the value.
func (v Varbind) Numeric() bool {
	switch v.Type {
	case Integer, Counter32, Gauge32, TimeTicks, Counter64:
		return true
	}
	return false
}

// Asker asks one agent. Implementations split requests to what the agent stands, retry, and bound everything.
type Asker interface {
	// Get asks for exact instances and gives one varbind for each, in order. What the agent does not have comes
	// with a No… type, what it did not answer with NoAnswer. The error is not nil only when nothing was answered at
	// all, or ctx ended; then what is there is still given.
	Get(ctx context.Context, oids []OID) ([]Varbind, error)
	// Walk reads the given table columns (or subtrees) side by side, as few requests as the agent stands. The
	// varbinds of each column come in the agent's order, columns one after the other as asked. A walk that was cut
	// short (bound, time, loop) gives what there is with an error that wraps ErrPartial.
	Walk(ctx context.Context, columns []OID) ([]Varbind, error)
}
