package probes

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"siteward/appliance"
)

// Func asks one device one question. Its deadline comes in ctx; it says what it does in log, returns when ctx ends
// and leaves no goroutine behind. Check, At, Took and Log of the reading are filled in by the frame (Map, Guard).
type Func func(ctx context.Context, t Target, log *Log) appliance.Reading

// Target is what to ask: the check, the device it belongs to and, for probes that need one, the credential with its
// secrets resolved (Resolve). A nil Credential is none.
type Target struct {
	Check      appliance.Check
	Device     appliance.Device
	Credential *appliance.Credential
}

// Map holds the probe of each kind.
type Map map[appliance.ProbeKind]Func

// Options of New. The zero value serves all but snmp.
type Options struct {
	SNMP   Func         // probes/snmp's, nil for none
	Logger *slog.Logger // for what is ours to mend: panics. nil = slog.Default()
	// Pings is how many devices are pinged at the same time, 0 = 50 (more lose echoes in the kernel's queues).
	Pings int
}

// DefaultTimeout of a run whose context has no deadline and whose check names none.
const DefaultTimeout = 10 * time.Second

// Run asks with the probe of the target's kind. A kind without a probe is our own failure, not the device's.
func (m Map) Run(ctx context.Context, t Target) appliance.Reading {
	log := NewLog(time.Now())
	f, ok := m[t.Check.Probe]
	if !ok {
		f = func(context.Context, Target, *Log) appliance.Reading {
			return Failed(OurFault(fmt.Sprintf("there is no probe %q in this version", t.Check.Probe)))
		}
		f = Guard(f, slog.Default())
	}
	return f(ctx, t, log)
}

// Guard puts the frame around a probe: a deadline where ctx has none, recovery from a panic, and the fields of the
// reading that are the same for all.
func Guard(f Func, logger *slog.Logger) Func {
	return func(ctx context.Context, t Target, log *Log) (r appliance.Reading) {
		if log == nil {
			log = NewLog(time.Now())
		}
		ctx, cancel := withDeadline(ctx, t.Check)
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				logger.Error("probe panicked", "check", t.Check.ID, "device", t.Device.Name, "panic", p, "stack", string(debug.Stack()))
				log.Printf("the probe broke off: %v", p)
				r = Failed(OurFault("the probe broke off with an error of the program; it stands in the appliance's own log"))
			}
			r.Check, r.At, r.Log = t.Check.ID, log.Began(), log.Lines()
			if r.Took == 0 {
				r.Took = log.Elapsed()
			}
		}()
		return f(ctx, t, log)
	}
}

func withDeadline(ctx context.Context, c appliance.Check) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	d := time.Duration(c.Timeout)
	if d <= 0 {
		d = DefaultTimeout
	}
	return context.WithTimeout(ctx, d)
}

// Failed is a reading without an answer.
func Failed(f *appliance.Failure) appliance.Reading { return appliance.Reading{Failure: f} }

// OurFault is the failure of an appliance that could not ask: the device's state is then No data.
func OurFault(detail string) *appliance.Failure {
	return &appliance.Failure{Reason: appliance.ReasonSetup, Detail: detail, Ours: true}
}
