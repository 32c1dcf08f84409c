package monitor

import (
	"strings"
	"time"

	"siteward/appliance"
)

// failureRow is what a failure that is the device's means, and the sentence for it.
type failureRow struct {
	state    appliance.State
	sentence string
	silence  bool // nothing came back, so that something in between may be the cause
}

// failures by reason. A device that refuses us is up: somebody must look at the credentials, nobody at the device.
var failures = map[appliance.Reason]failureRow{
	appliance.ReasonTimeout:     {appliance.StateCritical, "monitor.no_answer", true},
	appliance.ReasonRefused:     {appliance.StateCritical, "monitor.refused", true},
	appliance.ReasonUnresolved:  {appliance.StateCritical, "monitor.unresolved", true},
	appliance.ReasonDenied:      {appliance.StateWarning, "monitor.denied", false},
	appliance.ReasonProtocol:    {appliance.StateCritical, "monitor.protocol", false},
	appliance.ReasonUnexpected:  {appliance.StateCritical, "monitor.unexpected", false},
	appliance.ReasonLost:        {appliance.StateCritical, "monitor.lost", false},
	appliance.ReasonCertificate: {appliance.StateCritical, "monitor.certificate", false},
}

// ours says that the appliance itself could not ask.
func ours(f *appliance.Failure) bool {
	return f != nil && (f.Ours || f.Reason == appliance.ReasonSetup)
}

// answer judges whether the device answers at all.
func (c *court) answer() {
	f := c.in.Reading.Failure
	r := c.state(appliance.ItemAnswer, "")
	c.told[appliance.ItemAnswer] = !ours(f)
	switch {
	case f == nil:
		c.answered(r)
	case ours(f):
		c.apply(r, appliance.StateNoData, c.answerEvidence("monitor.ours", f.Detail), false)
	default:
		c.failed(r, *f)
	}
}

func (c *court) answered(r *appliance.StateRecord) {
	r.Seen, r.Stale, r.UnreachableBy = c.at, false, 0
	took := c.in.Reading.Took.Round(100 * time.Microsecond).Seconds()
	ev := c.answerEvidence("monitor.answers", "")
	ev.Steps = []appliance.Message{say("monitor.step_took", args{"for": took, "unit": "s"})}
	if c.in.Reading.Partial {
		ev.Steps = append(ev.Steps, say("monitor.step_partial", nil))
	}
	c.apply(r, appliance.StateOK, ev, false)
}

func (c *court) failed(r *appliance.StateRecord, f appliance.Failure) {
	r.Seen, r.Stale = c.at, false
	row, ok := failures[f.Reason]
	if !ok {
		row = failures[appliance.ReasonUnexpected]
	}
	if f.Cause != "" {
		row.sentence = "monitor.cause_" + string(f.Cause)
	}
	ev := c.answerEvidence(row.sentence, f.Detail)
	ev.Steps = []appliance.Message{say("monitor.step_failed", args{"detail": f.Detail})}
	if !row.silence {
		r.UnreachableBy = 0
		c.apply(r, row.state, ev, false)
		return
	}
	way := c.in.Way
	switch {
	case way.Down != 0:
		c.cutOff(r)
	case way.opened(c.in):
		c.grace(r)
	default:
		r.UnreachableBy = 0
		hold := way.undecided(pendingSince(r, c.at))
		c.apply(r, row.state, ev, hold)
		if hold && r.Count >= Attempts(c.in.Check, r.Item) {
			c.ask = way.Ask
			r.Evidence.Steps = append(r.Evidence.Steps, say("monitor.step_hold", nil))
		}
	}
}

func pendingSince(r *appliance.StateRecord, at time.Time) time.Time {
	if r.Count == 0 {
		return at
	}
	return r.PendingSince
}

// cutOff is for a device that cannot be reached because something on the way is down: nothing is known of it, and
// nobody is called a second time. An outage that was confirmed while the way was open stays one.
func (c *court) cutOff(r *appliance.StateRecord) {
	if r.State == appliance.StateCritical {
		return
	}
	settle(r)
	r.UnreachableBy = c.in.Way.Down
	key := "monitor.unreachable"
	if r.UnreachableBy == r.Device {
		key = "monitor.with_answer"
	}
	c.move(r, appliance.StateNoData, c.answerEvidence(key, c.in.Reading.Failure.Detail), r.UnreachableBy)
}

// grace waits one interval after the way has opened again: the device, or what stands before it, may still be starting.
func (c *court) grace(r *appliance.StateRecord) {
	settle(r)
	if r.UnreachableBy == 0 && !r.Evidence.At.IsZero() {
		return
	}
	r.UnreachableBy = 0
	c.move(r, appliance.StateNoData, c.answerEvidence("monitor.way_open", c.in.Reading.Failure.Detail), 0)
}

// probeWords names the question as the evidence shows it.
var probeWords = map[appliance.ProbeKind]string{
	appliance.ProbePing: "ICMP echo", appliance.ProbeSNMP: "SNMP", appliance.ProbeTCP: "TCP", appliance.ProbeHTTP: "HTTP",
	appliance.ProbeNUT: "NUT", appliance.ProbeApcupsd: "apcupsd",
}

func (c *court) answerEvidence(key, detail string) appliance.Evidence {
	where := c.in.Device.Address
	if h := c.in.Check.HTTP; h != nil {
		where = h.URL
	}
	return appliance.Evidence{Why: say(key, nil), Source: strings.TrimSpace(probeWords[c.in.Check.Probe] + " " + where),
		Verbatim: detail, At: c.at}
}
