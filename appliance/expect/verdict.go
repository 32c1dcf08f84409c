package expect

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// Outcome is what came of one slot.
type Outcome struct {
	Slot
	Verdict appliance.Verdict
	Run     *appliance.Run // that decided, nil when none came
	Unread  bool           // the deadline has passed, but the log has not been read since: not known yet
}

// Settled says that the verdict is not waited for any more.
func (o Outcome) Settled() bool {
	return o.Verdict != appliance.VerdictPending && o.Verdict != appliance.VerdictRunning
}

// excuse takes the blame from a slot that a maintenance window fell into: what did not run, or failed while work was done, was
// expected to.
func (o Outcome) excuse(windows []appliance.WindowSpan) Outcome {
	if o.Verdict != appliance.VerdictNoResult && o.Verdict != appliance.VerdictFailed {
		return o
	}
	at := o.At
	if o.Run != nil {
		at = o.Run.At()
	}
	for _, w := range windows {
		if w.Covers(at) {
			o.Verdict = appliance.VerdictWindow
			break
		}
	}
	return o
}

// Good says that there is a usable backup.
func (o Outcome) Good() bool {
	return o.Verdict == appliance.VerdictSuccess || o.Verdict == appliance.VerdictWarning
}

// Answers leaves the runs that answer an expectation of a backup. What is done around a backup (checks, pruning) does not; a copy
// does only where the job makes nothing but copies.
func Answers(runs []appliance.Run) []appliance.Run {
	for _, kind := range []appliance.RunKind{appliance.RunBackup, appliance.RunCopy} {
		var out []appliance.Run
		for _, r := range runs {
			if r.Kind == kind {
				out = append(out, r)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// quiet is how long a log must have had nothing to add to a verdict, when it is read again, before the verdict counts. A program that
// is about to tell of an error has told it by then; most say nothing more until the next night.
const quiet = 10 * time.Minute

// Settle takes the runs as settled to whose verdict their log had nothing to add when it was read again. heard is until when it is
// known to have been read.
func Settle(runs []appliance.Run, heard time.Time) []appliance.Run {
	out := slices.Clone(runs)
	for i := range out {
		if r := &out[i]; r.Open && r.Final() && !heard.Before(r.Read.Add(quiet)) {
			r.Open = false
		}
	}
	return out
}

// Outcomes judges every slot of the plans that begins in [from, to) from the runs, which are in the order of their times and
// answer (see Answers). windows are the maintenance windows of that time. heard is until when the log is known to have been read: an absence that nobody looked for is none.
func Outcomes(plans []appliance.JobPlan, cal *calendar.Calendar, runs []appliance.Run, windows []appliance.WindowSpan, from, to, now, heard time.Time) []Outcome {
	var out []Outcome
	for i, p := range plans {
		a, b := from, to
		if p.From.After(a) {
			a = p.From
		}
		if i+1 < len(plans) && plans[i+1].From.Before(b) {
			b = plans[i+1].From
		}
		for _, s := range Slots(p.Schedule, cal, a, b) {
			out = append(out, Judge(s, within(runs, s.From, s.To), now, heard).excuse(windows))
		}
	}
	return out
}

// within gives the runs that began in [from, to). Runs are in the order of their times.
func within(runs []appliance.Run, from, to time.Time) []appliance.Run {
	i := sort.Search(len(runs), func(i int) bool { return !runs[i].At().Before(from) })
	j := sort.Search(len(runs), func(i int) bool { return !runs[i].At().Before(to) })
	return runs[i:max(i, j)]
}

// Judge says what came of a slot from the runs in it. The last run with a verdict counts: a repeated run that succeeds mends
// one that failed. A run that never said how it ended is no success.
func Judge(s Slot, runs []appliance.Run, now, heard time.Time) Outcome {
	o := Outcome{Slot: s}
	if len(runs) == 0 {
		return o.absent(now, heard)
	}
	last := &runs[len(runs)-1]
	if last.Final() && !last.Open {
		return o.by(last, verdictOf(*last))
	}
	limit := last.At().Add(s.Deadline.Sub(s.At))
	if limit.Before(s.Deadline) {
		limit = s.Deadline
	}
	waiting := now.Before(limit) || heard.Before(limit)
	for i := len(runs) - 2; i >= 0 && waiting; i-- {
		if runs[i].Final() {
			return o.by(&runs[i], verdictOf(runs[i]))
		}
	}
	if waiting {
		o.Unread = !now.Before(limit)
		return o.by(last, appliance.VerdictRunning)
	}
	return o.by(last, appliance.VerdictNoResult)
}

func (o Outcome) absent(now, heard time.Time) Outcome {
	o.Verdict = appliance.VerdictNoResult
	if now.Before(o.Deadline) || heard.Before(o.Deadline) {
		o.Verdict, o.Unread = appliance.VerdictPending, !now.Before(o.Deadline)
	}
	return o
}

func (o Outcome) by(r *appliance.Run, v appliance.Verdict) Outcome {
	o.Run, o.Verdict = r, v
	return o
}

func verdictOf(r appliance.Run) appliance.Verdict {
	switch r.Status {
	case appliance.RunSuccess:
		return appliance.VerdictSuccess
	case appliance.RunWarning:
		return appliance.VerdictWarning
	case appliance.RunFailed:
		return appliance.VerdictFailed
	case appliance.RunRunning:
		return appliance.VerdictRunning
	}
	return appliance.VerdictNoResult
}

// order of verdicts, best first; what is only waited for is worse than a success and better than trouble.
var order = map[appliance.Verdict]int{
	appliance.VerdictNone: 0, appliance.VerdictSuccess: 1, appliance.VerdictPending: 2, appliance.VerdictPaused: 3, appliance.VerdictWindow: 3, appliance.VerdictRunning: 4,
	appliance.VerdictWarning: 5, appliance.VerdictNoResult: 6, appliance.VerdictFailed: 7,
}

// Worse compares verdicts, the better first.
func Worse(a, b appliance.Verdict) int { return cmp.Compare(order[a], order[b]) }

// Days gives the worst of each business day in [from, to]: of the runs that began on it and of the slots that were in it.
func Days(outcomes []Outcome, cal *calendar.Calendar, runs []appliance.Run, from, to calendar.Day) []appliance.JobDay {
	index := map[calendar.Day]int{}
	var out []appliance.JobDay
	for d := from; !d.After(to); d = d.Add(1) {
		index[d] = len(out)
		out = append(out, appliance.JobDay{Day: d.String()})
	}
	worse := func(day *appliance.JobDay, v appliance.Verdict, run appliance.ID) {
		if Worse(v, day.Verdict) > 0 {
			day.Verdict, day.Run = v, run
		}
	}
	excused := map[appliance.ID]bool{}
	for _, o := range outcomes {
		i, ok := index[o.Day]
		if !ok {
			continue
		}
		day := &out[i]
		if day.Due.IsZero() {
			day.Due = o.At
		}
		switch {
		case o.Run == nil:
			worse(day, o.Verdict, 0)
		case o.Verdict == appliance.VerdictWindow:
			excused[o.Run.ID] = true
			worse(day, o.Verdict, o.Run.ID)
		case !o.Run.Final() || o.Run.Open: // what the run says itself is not its verdict
			worse(day, o.Verdict, o.Run.ID)
		}
	}
	for i := range runs {
		r := &runs[i]
		n, ok := index[cal.DayOf(r.At())]
		if !ok {
			continue
		}
		out[n].Runs = append(out[n].Runs, r.ID)
		if excused[r.ID] {
			continue
		}
		if r.Final() && !r.Open || len(outcomes) == 0 {
			worse(&out[n], verdictOf(*r), r.ID)
		}
	}
	return out
}
