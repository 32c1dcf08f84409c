package expect

import (
	"fmt"
	"strings"
	"time"

	"siteward/appliance"
)

type args map[string]any

// sentences are the English texts by key, for logs and the command line; embed/locales has them in all languages.
var sentences = map[string]string{
	"backup.ok":         "The backup succeeded ({{.at}})",
	"backup.warning":    "The backup is usable, but parts are missing ({{.at}})",
	"backup.run_failed": "The backup failed ({{.at}})",
	"backup.failed":     "The backup failed, {{.n}} in a row; last good one: {{.last}}",
	"backup.no_result":  "No backup came, {{.n}} in a row; last good one: {{.last}}",
	"backup.no_end":     "The backup began, but never said how it ended; last good one: {{.last}}",
	"backup.unread":     "The log could not be read since {{.at}}; whether the backup ran is not known",
	"backup.old":        "The last good backup is too old: {{.last}}",
	"backup.ahead":      "The log tells of a backup at {{.at}}, which is yet to come: the clock of the machine that writes it is wrong",
	"backup.waiting":    "The first backup has not come yet",
	"backup.shrunk":     "The backup shrank to {{.percent}} % of its usual size",
	"backup.grown":      "The backup grew to {{.percent}} % of its usual size",
	"backup.long":       "The backup took much longer than usual",
	"backup.unchanged":  "Nothing has changed in the last {{.n}} backups",
	"backup.paused":     "Paused by {{.by}}: {{.reason}}",
	"backup.never":      "never",

	"backup.step_due":      "Expected at {{.at}}",
	"backup.step_deadline": "The result had to be there by {{.at}}",
	"backup.step_began":    "Began at {{.at}}",
	"backup.step_ended":    "Ended at {{.at}}",
	"backup.step_no_end":   "No end is told of",
	"backup.step_none":     "No run was found in the log",
	"backup.step_read":     "The log was last read at {{.at}}",
	"backup.step_size":     "Size {{.size}}, usual {{.usual}}",

	"restore.due":   "A restore test is due since {{.at}}",
	"restore.never": "The backup has never been read back; a restore test is due since {{.at}}",
	"restore.ok":    "Read back successfully ({{.at}})",
	"restore.bad":   "The last restore test did not succeed ({{.at}})",
}

func say(key string, a args) appliance.Message {
	text := sentences[key]
	for name, v := range a {
		text = strings.ReplaceAll(text, "{{."+name+"}}", fmt.Sprint(v))
	}
	return appliance.Message{Key: key, Args: a, English: text}
}

// Ended says of a run that was no success how it ended, whatever its job was before.
func Ended(r *appliance.Run) appliance.Message {
	key := "backup.run_failed"
	if r.Status == appliance.RunWarning {
		key = "backup.warning"
	}
	return say(key, args{"at": stamp(r.At())})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// lastGood puts when the last good backup began beside other arguments.
func (l *look) lastGood(more ...any) args {
	a := args{"last": "backup.never"}
	if n := len(l.good); n > 0 {
		a["last"] = stamp(l.good[n-1].At())
	}
	for i := 0; i+1 < len(more); i += 2 {
		a[more[i].(string)] = more[i+1]
	}
	return a
}

// evidence is the receipt: the line that decided, where it stands, and how it was judged.
func (l *look) evidence(why appliance.Message, o Outcome) appliance.Evidence {
	e := appliance.Evidence{Why: why, At: l.Job.Accepted}
	step := func(key string, t time.Time) {
		if !t.IsZero() {
			e.Steps = append(e.Steps, say(key, args{"at": stamp(t)}))
		}
	}
	step("backup.step_due", o.At)
	if o.Verdict == appliance.VerdictNoResult || o.Unread {
		step("backup.step_deadline", o.Deadline)
		e.At = o.Deadline
	}
	if r := o.Run; r != nil {
		step("backup.step_began", r.Started)
		step("backup.step_ended", r.Finished)
		if r.Finished.IsZero() && !r.Final() {
			e.Steps = append(e.Steps, say("backup.step_no_end", nil))
		}
		e.Source, e.Verbatim = r.Evidence.Name, r.Evidence.Line
		if e.Verbatim == "" {
			e.Verbatim = r.Message
		}
		if r.Final() || e.At.IsZero() {
			e.At = r.At()
		}
		if size, ok := why.Args["size"]; ok {
			e.Steps = append(e.Steps, say("backup.step_size", args{"size": size, "usual": why.Args["usual"], "unit": "B"}))
		}
	} else if o.Verdict == appliance.VerdictNoResult {
		e.Steps = append(e.Steps, say("backup.step_none", nil))
	}
	if o.Unread {
		step("backup.step_read", l.Heard)
	}
	return e
}

// Restore is the state of the restore test of a job: due a number of months after the last one, or after the job was accepted.
// ok is false while no test is asked for.
func Restore(j appliance.BackupJob, now time.Time) (state appliance.State, e appliance.Evidence, ok bool) {
	if j.RestoreEvery <= 0 || j.Status != appliance.JobAccepted {
		return 0, e, false
	}
	last := j.LastRestore()
	due := RestoreDue(j)
	switch {
	case !last.At.IsZero() && !last.OK:
		return appliance.StateCritical, appliance.Evidence{Why: say("restore.bad", args{"at": stamp(last.At)}), At: last.At, Verbatim: last.Proof}, true
	case now.Before(due) && last.At.IsZero():
		return appliance.StateOK, appliance.Evidence{Why: say("backup.waiting", nil), At: j.Accepted}, false
	case now.Before(due):
		return appliance.StateOK, appliance.Evidence{Why: say("restore.ok", args{"at": stamp(last.At)}), At: last.At, Verbatim: last.Proof}, true
	case last.At.IsZero():
		return appliance.StateWarning, appliance.Evidence{Why: say("restore.never", args{"at": stamp(due)}), At: due}, true
	}
	return appliance.StateWarning, appliance.Evidence{Why: say("restore.due", args{"at": stamp(due)}), At: due, Verbatim: last.Proof}, true
}

// RestoreDue is when the next restore test is due.
func RestoreDue(j appliance.BackupJob) time.Time {
	from := j.Accepted
	if last := j.LastRestore(); !last.At.IsZero() {
		from = last.At
	}
	return from.AddDate(0, j.RestoreEvery, 0)
}

// Copies is how the copies of one data set keep the 3-2-1 rule: three copies with the original, two media, one off-site.
type Copies struct {
	Places  []appliance.CopyPlace // that have one, in display order
	Kept    bool
	Outside bool // one is off-site
}

// CopiesOf looks at all jobs of a data set. A job that has never succeeded counts for nothing.
func CopiesOf(data string, jobs []appliance.BackupJobView) Copies {
	has := map[appliance.CopyPlace]bool{}
	for _, j := range jobs {
		if j.Data() != data || j.Status != appliance.JobAccepted || j.Standing.LastGood.IsZero() {
			continue
		}
		for _, p := range j.Places {
			has[p] = true
		}
	}
	c := Copies{Outside: has[appliance.CopyOffsite]}
	for _, p := range appliance.CopyPlaces {
		if has[p] {
			c.Places = append(c.Places, p)
		}
	}
	c.Kept = c.Outside && len(c.Places) >= 2
	return c
}
