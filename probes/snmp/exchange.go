package snmp

import (
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// exchanger sends one request to one agent and waits for the answer to just that request: all that this package
// wants of an SNMP library. It neither repeats nor splits; that is the asker's.
type exchanger interface {
	exchange(q *request, patience time.Duration) (reply, error)
}

// operation is what a request asks for.
type operation uint8

const (
	opGet operation = iota
	opNext
	opBulk
)

func (o operation) String() string { return [...]string{"GET", "GETNEXT", "GETBULK"}[o] }

// request is one message to an agent. A repeated request keeps its id, so that a late answer to the first
// try counts for the second one.
type request struct {
	op   operation
	id   uint32 // 1 to 2^31-1
	oids []mib.OID
	reps int // max-repetitions of GETBULK
}

// size is how many varbinds the agent will give at most.
func (q *request) size() int { return len(q.oids) * max(1, q.reps) }

// reply is a Response-PDU. vars is only good until the next exchange.
type reply struct {
	status gosnmp.SNMPError
	index  int // 1-based, of the varbind that status is about; 0 = none
	vars   []mib.Varbind
	size   int // octets of the datagram
}
