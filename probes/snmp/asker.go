package snmp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// Log takes the lines of a run's own log.
type Log interface {
	Printf(format string, args ...any)
}

// asker asks one agent during one run. It implements mib.Asker.
type asker struct {
	ex   exchanger
	mem  *memory
	gate *gate
	log  Log
	ids  func() uint32
	// retarget changes the protocol version in mid-run.
	retarget func(gosnmp.SnmpVersion)
	// burst opens up to n more sessions to the agent; nil or an empty answer where it may not have several.
	burst func(n int) (more []exchanger, done func())

	pace func(context.Context) error // before each request, nil for none

	search bool // look for scalars without their .0 too
	got    bool // something was answered in this run
	tally  *Counters
	vars   int
}

// tries is how often one request is sent before it counts as unanswered.
const tries = 3

// ask sends a request until it is answered, at most n times, each time waiting longer. The id stays, so that a late
// answer to the first try is taken.
func (a *asker) ask(ctx context.Context, q *request, n int) (reply, error) {
	q.id = a.ids()
	patience := a.mem.patience(left(ctx))
	for try := 1; ; try++ {
		began := time.Now()
		r, err := a.once(ctx, q, patience)
		if err == nil {
			a.got, a.mem.answered = true, true
			if try == 1 {
				a.mem.took(time.Since(began))
			}
			return r, nil
		}
		if ctx.Err() != nil {
			return reply{}, fmt.Errorf("%w: %w", err, ctx.Err())
		}
		a.note(q, try, err)
		if try >= n || !again(err) {
			return reply{}, err
		}
		patience = min(patience*3/2, 2*maxPatience)
	}
}

// once sends a request one time. No other request to the device is under way meanwhile.
func (a *asker) once(ctx context.Context, q *request, patience time.Duration) (reply, error) {
	if err := a.gate.enter(ctx); err != nil {
		return reply{}, err
	}
	defer a.gate.leave()
	if a.pace != nil {
		if err := a.pace(ctx); err != nil {
			return reply{}, err
		}
	}
	a.tally.Requests.Add(1)
	r, err := a.ex.exchange(q, min(patience, max(left(ctx), time.Millisecond)))
	if err != nil {
		a.tally.Failed.Add(1)
	}
	return r, err
}

// again says whether the same request may fare better a second time.
func again(err error) bool {
	var denied deniedError
	return !errors.As(err, &denied)
}

func (a *asker) note(q *request, try int, err error) {
	if try == 1 || !errors.Is(err, errTimeout) {
		a.log.Printf("%s of %d objects from %s: %v", q.op, len(q.oids), q.oids[0], err)
	}
}

// left is the time until ctx ends.
func left(ctx context.Context) time.Duration {
	if d, ok := ctx.Deadline(); ok {
		return time.Until(d)
	}
	return time.Hour
}

// greet finds out whether somebody answers at all, and in which version. It asks for sysUpTime and sysDescr, which the
// poorest agent has; a refusal is an answer too.
func (a *asker) greet(ctx context.Context) error {
	if a.mem.answered {
		return nil
	}
	q := &request{op: opGet, oids: []mib.OID{sysUpTime, sysDescr}}
	_, err := a.ask(ctx, q, 2)
	if err == nil || ctx.Err() != nil || !errors.Is(err, errTimeout) || a.mem.version != gosnmp.Version2c {
		return err
	}
	// The credential's community serves version 1 as well and is no more secret there, so nothing is given away.
	a.log.Printf("no answer in SNMPv2c; trying SNMPv1 with the same community")
	a.retarget(gosnmp.Version1)
	if _, v1 := a.ask(ctx, q, 1); v1 != nil {
		a.retarget(gosnmp.Version2c)
		return err
	}
	a.log.Printf("it speaks SNMPv1 only and is asked in SNMPv1 from now on")
	return nil
}

// alive is asked when the first request of a run gets no answer: was it too much for the device, or is it gone? That
// must be known before the sizes learned so far are given up. It returns err when the device is gone.
func (a *asker) alive(ctx context.Context, err error) error {
	if a.got {
		return nil
	}
	if gone := a.greeting(ctx); gone != nil {
		return err
	}
	return nil
}

// greeting asks for one object that every agent has.
func (a *asker) greeting(ctx context.Context) error {
	_, err := a.ask(ctx, &request{op: opGet, oids: []mib.OID{sysUpTime}}, 2)
	return err
}

// The objects of SNMPv2-MIB and IF-MIB by which restarts and changes are noticed.
const (
	sysDescr          mib.OID = "1.3.6.1.2.1.1.1.0"
	sysUpTime         mib.OID = "1.3.6.1.2.1.1.3.0"
	ifTableLastChange mib.OID = "1.3.6.1.2.1.31.1.5.0"
)
