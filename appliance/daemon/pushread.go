package daemon

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes/backuplog"
)

// spoolBatch is how much that waits is looked at in one step.
const spoolBatch = 20

// spooled reads pushes and mails that wait, oldest first. Each is read once: it leaves the spool in the step that stores
// what was read in it.
func (r *sourceReading) spooled(ctx context.Context) error {
	for {
		var waiting []store.Spooled
		err := r.d.store.View(func(tx *store.Tx) (err error) { waiting, err = tx.Spooled(r.source.ID, spoolBatch); return err })
		if err != nil || len(waiting) == 0 {
			return err
		}
		for _, w := range waiting {
			if err := ctx.Err(); err != nil {
				return err
			}
			if r.source.Kind == appliance.SourceMail {
				err = r.mail(ctx, w)
			} else {
				err = r.push(ctx, w)
			}
			if err != nil {
				return err
			}
		}
	}
}

// push reads one push.
func (r *sourceReading) push(ctx context.Context, w store.Spooled) error {
	st, err := r.d.store.SourceStatus(r.source.ID)
	if err != nil {
		return err
	}
	p := w.Push
	var result backuplog.Result
	if len(p.Body) > 0 {
		o, err := r.options("push " + p.At.UTC().Format(time.RFC3339))
		if err != nil {
			return err
		}
		o.Final, o.Now = p.Verb != "log" && p.Verb != "start", p.At
		if result, err = backuplog.Read(ctx, bytes.NewReader(p.Body), o); err != nil {
			return err
		}
	}
	receive(result.Runs, p.At)
	began := st.Began
	switch p.Verb {
	case "start":
		began = p.At
	case "log":
	default:
		began = time.Time{}
	}
	result.Runs = pushRuns(r.source, st.Began, p, result)
	kept := keptText(w, result.Runs)
	return r.keep(ctx, result, int64(len(p.Body)), func(tx *store.Tx) error {
		st, err := tx.SourceStatus(r.source.ID)
		if err != nil {
			return err
		}
		st.Began, st.Heard = began, p.At
		if err := tx.PutSourceStatus(st); err != nil {
			return err
		}
		if err := tx.KeepRunText(kept); err != nil {
			return err
		}
		return tx.Unspool(w)
	})
}

// keptText is what is kept of a push or a mail that told of runs, whose evidence then names it; nil when nothing is to be kept.
func keptText(w store.Spooled, runs []appliance.Run) *appliance.RunText {
	if len(runs) == 0 || len(w.Push.Body) == 0 {
		return nil
	}
	t := &appliance.RunText{Name: w.Name, From: w.Push.From, At: w.Push.At, Cut: w.Push.Cut, Text: w.Push.Body}
	if len(t.Text) > appliance.MaxRunText { // a mail begins with what it is about
		t.Text, t.Cut = t.Text[:appliance.MaxRunText], true
	}
	for i := range runs {
		runs[i].Evidence.Stored = store.RunTextSum(t.Text)
	}
	return t
}

// receive gives runs that tell no time the one at which they came: else the same words every night would be one run. It is for what
// is sent once; what a command prints is the same run each time it is read.
func receive(runs []appliance.Run, at time.Time) {
	for i := range runs {
		r := &runs[i]
		switch {
		case !r.Started.IsZero() || !r.Finished.IsZero():
		case r.Final():
			r.Finished = at
		default:
			r.Started = at
		}
	}
}

// maxPushRun is how long after its start a run of a push is still believed to be the one that ends.
const maxPushRun = 7 * 24 * time.Hour

// pushRuns says which runs a push tells of. A script is one job, named like its source; a body that holds runs of several
// jobs keeps their names beside it.
func pushRuns(s appliance.Source, began time.Time, p appliance.Push, read backuplog.Result) []appliance.Run {
	if p.Verb == "log" {
		return slices.DeleteFunc(read.Runs, func(r appliance.Run) bool { return r.Open })
	}
	if p.At.Sub(began) > maxPushRun || began.After(p.At) {
		began = time.Time{}
	}
	told := worstRun(read.Runs)
	run := appliance.Run{Source: s.ID, Product: pushProduct}
	if told != nil {
		run = *told
	}
	if s.Product != "" {
		run.Product = s.Product
	}
	run.Source, run.Job, run.Open = s.ID, s.Name, false
	run.Evidence.Name = "push " + p.At.UTC().Format(time.RFC3339)
	if !began.IsZero() {
		run.Evidence.Name = "push " + began.UTC().Format(time.RFC3339) // both ends of one run have one place
	}
	if p.Verb == "start" {
		return []appliance.Run{{Source: s.ID, Product: run.Product, Job: s.Name, Status: appliance.RunRunning, Started: p.At, Open: true,
			Evidence: appliance.RunEvidence{Name: "push " + p.At.UTC().Format(time.RFC3339), Line: "start"}}}
	}
	if !began.IsZero() {
		run.Started = began
	}
	if run.Finished.IsZero() || !began.IsZero() {
		run.Finished = p.At
	}
	if run.Took == 0 && !run.Started.IsZero() {
		run.Took = appliance.Duration(run.Finished.Sub(run.Started))
	}
	run.Status, run.Message = pushVerdict(p.Verb, told, run)
	if run.Evidence.Line == "" {
		run.Evidence.Line = pushLine(p.Verb)
	}
	if jobCount(read.Runs) > 1 {
		return append(slices.Clone(read.Runs), run)
	}
	return []appliance.Run{run}
}

func pushLine(verb string) string {
	switch verb {
	case "":
		return "success"
	case "fail":
		return "fail"
	}
	return "exit code " + verb
}

// pushVerdict weighs what the script says against what the log in its body says: the worse one counts. An exit code other than 0
// is a failure, unless the program's own words say that a usable backup was made: tar, rsync and robocopy end so.
func pushVerdict(verb string, told *appliance.Run, run appliance.Run) (appliance.RunStatus, string) {
	status, message := appliance.RunSuccess, ""
	if code, err := strconv.Atoi(verb); verb == "fail" || err == nil && code != 0 {
		status, message = appliance.RunFailed, pushLine(verb)
	}
	if told == nil {
		return status, message
	}
	switch {
	case told.Status == appliance.RunFailed:
		return appliance.RunFailed, told.Message
	case told.Status == appliance.RunWarning && verb != "fail":
		return appliance.RunWarning, told.Message
	case told.Product == "robocopy" && told.Status == appliance.RunSuccess && verb != "fail" && robocopyGood(verb):
		return appliance.RunSuccess, told.Message
	case status == appliance.RunFailed:
		return status, fmt.Sprintf("%s, although its log says %s", message, told.Status)
	}
	return status, run.Message
}

// robocopyGood says that robocopy's exit code means that all was copied: bits 0 to 2 are copied, extra and mismatched files.
func robocopyGood(verb string) bool {
	code, err := strconv.Atoi(verb)
	return err == nil && code < 8
}

// worstRun is the run that decides for a body: of the last runs of each job the worst, backups before their housekeeping.
func worstRun(runs []appliance.Run) *appliance.Run {
	last := map[string]*appliance.Run{}
	backups := slices.ContainsFunc(runs, func(r appliance.Run) bool { return r.Kind == appliance.RunBackup })
	for i, r := range runs {
		if r.Kind == appliance.RunBackup || !backups || r.Status == appliance.RunFailed {
			last[r.Job+"\x00"+string(r.Kind)] = &runs[i]
		}
	}
	var worst *appliance.Run
	for _, r := range runs {
		l := last[r.Job+"\x00"+string(r.Kind)]
		if l != nil && (worst == nil || badness(l.Status) > badness(worst.Status)) {
			worst = l
		}
	}
	return worst
}

func badness(s appliance.RunStatus) int {
	return slices.Index([]appliance.RunStatus{appliance.RunRunning, appliance.RunIncomplete, appliance.RunSuccess, appliance.RunWarning, appliance.RunFailed}, s)
}

func jobCount(runs []appliance.Run) int {
	names := map[string]bool{}
	for _, r := range runs {
		names[r.Job] = true
	}
	return len(names)
}
