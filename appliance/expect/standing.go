package expect

import (
	"math"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// Memory is how far back runs are looked at.
const Memory = 62 * 24 * time.Hour

// Input is what the standing of a job rests on.
type Input struct {
	Job      appliance.BackupJob
	Calendar *calendar.Calendar
	Runs     []appliance.Run // of the job, of the last Memory, in the order of their times
	Now      time.Time
	Windows  []appliance.WindowSpan // maintenance windows of the job, of the last Memory
	Heard    time.Time              // until when its log is known to have been read
}

// Verdict is the standing of a job with the state that follows.
type Verdict struct {
	Standing appliance.JobStanding
	State    appliance.State
	Evidence appliance.Evidence
	Outcomes []Outcome // of the plans, oldest first
}

// Look judges a job.
func Look(in Input) Verdict {
	l := look{Input: in, runs: Settle(Answers(in.Runs), in.Heard)}
	l.yetToCome()
	for _, r := range l.runs {
		if r.Good() && !r.Open {
			l.good = append(l.good, r)
		}
	}
	if n := len(l.good); n > 0 && l.ahead != nil && !l.ahead.Read.After(l.good[n-1].At()) {
		l.ahead = nil // its clock has been put right since
	}
	l.usual = usualOf(l.good)
	l.outcomes = Outcomes(in.Job.Plans, in.Calendar, l.runs, in.Windows, in.Now.Add(-Memory), in.Now, in.Now, in.Heard)
	v := Verdict{Standing: l.standing(), Outcomes: l.outcomes}
	v.State, v.Evidence = l.state()
	return v
}

type look struct {
	Input
	runs     []appliance.Run // that answer
	ahead    *appliance.Run  // the newest of those that are yet to come, by what they say
	good     []appliance.Run
	usual    Usual
	outcomes []Outcome
}

// drift is how far the writer's clock may be before ours: its zone is not always known, and ours may have been put back by a day.
const drift = 2 * 24 * time.Hour

// yetToCome sets runs aside that began later than now, by what they say. A clock that is ahead by a year tells nothing about last
// night, and its runs would be the newest ones until then.
func (l *look) yetToCome() {
	i := len(l.runs)
	for i > 0 && l.runs[i-1].At().After(l.Now.Add(drift)) {
		i--
	}
	if i < len(l.runs) {
		last := l.runs[len(l.runs)-1]
		l.ahead, l.runs = &last, l.runs[:i:i]
	}
}

func (l *look) standing() appliance.JobStanding {
	s := appliance.JobStanding{Runs: len(l.Runs), BytesKind: l.usual.BytesKind, LeastTook: appliance.Duration(l.usual.Least), MostTook: appliance.Duration(l.usual.Most)}
	s.Usual, s.Confidence = Learn(l.runs, l.Calendar)
	if !math.IsNaN(l.usual.Bytes) {
		s.UsualBytes = int64(l.usual.Bytes)
	}
	if !math.IsNaN(l.usual.Took) {
		s.UsualTook = appliance.Duration(l.usual.Took * float64(time.Second))
	}
	if n := len(l.runs); n > 0 {
		last := l.runs[n-1]
		s.Last = &last
	}
	if n := len(l.good); n > 0 {
		s.LastGood = l.good[n-1].At()
	}
	if next, ok := Next(l.Job.Plan(), l.Calendar, l.Now); ok && l.Job.Status == appliance.JobAccepted {
		s.Next, s.Deadline = next.At, next.Deadline
	}
	if o, ok := l.settled(); ok {
		s.Night, s.NightAt = o.Verdict, o.At
		if o.Run != nil {
			s.NightRun = o.Run.ID
		}
	}
	return s
}

// settled is the newest outcome that is not waited for any more.
func (l *look) settled() (Outcome, bool) {
	for i := len(l.outcomes) - 1; i >= 0; i-- {
		if l.outcomes[i].Settled() {
			return l.outcomes[i], true
		}
	}
	return Outcome{}, false
}

// bad counts the settled outcomes since the last good one, and how many of them failed.
func (l *look) bad() (n, failed int, worst Outcome) {
	for i := len(l.outcomes) - 1; i >= 0; i-- {
		o := l.outcomes[i]
		if !o.Settled() || o.Verdict == appliance.VerdictWindow {
			continue
		}
		if o.Good() {
			break
		}
		if n == 0 || o.Verdict == appliance.VerdictFailed && worst.Verdict != appliance.VerdictFailed {
			worst = o
		}
		n++
		if o.Verdict == appliance.VerdictFailed {
			failed++
		}
	}
	return n, failed, worst
}

// state is what a person is told, and why.
func (l *look) state() (appliance.State, appliance.Evidence) {
	if p := l.Job.Paused; p.Active(l.Now) {
		return appliance.StatePaused, appliance.Evidence{Why: say("backup.paused", args{"by": p.By, "reason": p.Reason}), At: p.Since}
	}
	n, failed, worst := l.bad()
	if n == 0 && l.failedSince() { // a failed run outside of any slot, or of a job that nothing is expected of
		last := l.runs[len(l.runs)-1]
		worst, n, failed = Outcome{Verdict: appliance.VerdictFailed, Run: &last}, 1, 1
	}
	if n > 0 {
		return l.trouble(n, failed, worst)
	}
	if o, old := l.tooOld(); old {
		return appliance.StateCritical, l.evidence(say("backup.old", l.lastGood()), o)
	}
	if o, ok := l.unread(); ok {
		return appliance.StateNoData, l.evidence(say("backup.unread", args{"at": stamp(l.Heard)}), o)
	}
	if len(l.good) == 0 && l.ahead != nil {
		return appliance.StateNoData, l.evidence(say("backup.ahead", args{"at": stamp(l.ahead.At())}), Outcome{})
	}
	if len(l.good) == 0 {
		return appliance.StateNoData, l.evidence(say("backup.waiting", nil), Outcome{})
	}
	last := l.good[len(l.good)-1]
	o := Outcome{Run: &last}
	if last.Status == appliance.RunWarning {
		return appliance.StateWarning, l.evidence(say("backup.warning", args{"at": stamp(last.At())}), o)
	}
	if why, odd := l.odd(last); odd {
		return appliance.StateWarning, l.evidence(why, o)
	}
	return appliance.StateOK, l.evidence(say("backup.ok", args{"at": stamp(last.At())}), o)
}

// failedSince says that the newest run with a verdict failed.
func (l *look) failedSince() bool {
	n := len(l.runs)
	return n > 0 && l.runs[n-1].Status == appliance.RunFailed && !l.runs[n-1].Open && !l.excused(l.runs[n-1])
}

func (l *look) excused(r appliance.Run) bool {
	return slices.ContainsFunc(l.Windows, func(w appliance.WindowSpan) bool { return w.Covers(r.At()) })
}

// unread says that a result is overdue for nobody has read the log.
func (l *look) unread() (Outcome, bool) {
	for i := len(l.outcomes) - 1; i >= 0; i-- {
		if o := l.outcomes[i]; o.Unread {
			return o, l.Now.Sub(o.Deadline) > patience
		}
	}
	return Outcome{}, false
}

// patience is how long after a deadline a log that is read every quarter of an hour may still not have been read.
const patience = 40 * time.Minute

// trouble is the state after n bad results in a row.
func (l *look) trouble(n, failed int, worst Outcome) (appliance.State, appliance.Evidence) {
	from := orElse(l.Job.Rules.Failures, 1)
	_, old := l.tooOld()
	state := appliance.StateNoData
	switch {
	case old, l.Job.Rules.OlderThan == 0 && n >= 3:
		state = appliance.StateCritical
	case failed > 0 && from > 0 && n >= from:
		state = appliance.StateCritical
	case failed > 0:
		state = appliance.StateWarning
	}
	why := say("backup.failed", l.lastGood("n", n))
	switch {
	case worst.Verdict == appliance.VerdictFailed:
	case worst.Run != nil:
		why = say("backup.no_end", l.lastGood())
	case l.ahead != nil:
		why = say("backup.ahead", args{"at": stamp(l.ahead.At())})
	default:
		why = say("backup.no_result", l.lastGood("n", n))
	}
	return state, l.evidence(why, worst)
}

// tooOld says that the last good backup is older than the job's rule allows.
func (l *look) tooOld() (Outcome, bool) {
	limit := time.Duration(l.Job.Rules.OlderThan) * time.Hour
	if limit <= 0 {
		return Outcome{}, false
	}
	since := l.Job.Accepted
	o := Outcome{}
	if n := len(l.good); n > 0 {
		since, o.Run = l.good[n-1].At(), &l.good[n-1]
	}
	return o, !since.IsZero() && l.Now.Sub(since) > limit
}

// odd compares the last good run with those before it.
func (l *look) odd(last appliance.Run) (appliance.Message, bool) {
	before := usualOf(append(l.good[:len(l.good)-1:len(l.good)-1], appliance.Run{BytesKind: last.BytesKind}))
	if r := l.Job.Rules; last.Bytes != nil && !math.IsNaN(before.Bytes) && before.Bytes > 0 && r.Size >= 0 {
		size, off := float64(*last.Bytes), math.Max(before.BytesOff, before.Bytes/100)
		percent := size / before.Bytes * 100
		words := args{"percent": math.Round(percent*10) / 10, "size": size, "usual": before.Bytes, "unit": "B"}
		switch least := float64(orElse(r.Size, 30)); {
		case percent < least && size < before.Bytes-5*off:
			return say("backup.shrunk", words), true
		case percent > 10000/least && size > before.Bytes+5*off:
			return say("backup.grown", words), true
		}
	}
	if r := l.Job.Rules; !math.IsNaN(before.Took) && r.Longer >= 0 {
		took, off := tookOf(last).Seconds(), math.Max(before.TookOff, before.Took/20)
		if took > before.Took*float64(orElse(r.Longer, 400))/100 && took > before.Took+5*off && took > before.Took+600 {
			return say("backup.long", args{"took": took, "usual": before.Took, "unit": "s"}), true
		}
	}
	if n := orElse(l.Job.Rules.Unchanged, 10); n > 1 && l.unchanged(n) {
		return say("backup.unchanged", args{"n": n}), true
	}
	return appliance.Message{}, false
}

// bigEnough is the size from which on a data set that never changes is strange.
const bigEnough = 100 << 20

// unchanged says that the last n good runs secured the very same number of bytes.
func (l *look) unchanged(n int) bool {
	if len(l.good) < n {
		return false
	}
	last := l.good[len(l.good)-n:]
	for _, r := range last {
		if r.Bytes == nil || last[0].Bytes == nil || *r.Bytes != *last[0].Bytes || *r.Bytes < bigEnough && l.Job.Rules.Unchanged == 0 {
			return false
		}
	}
	return true
}

func orElse(v, otherwise int) int {
	if v == 0 {
		return otherwise
	}
	return v
}
