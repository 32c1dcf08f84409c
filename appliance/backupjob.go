package appliance

import "time"

// BackupJob is one backup that should happen again and again. It is learned from its runs and proposed; what is expected of it
// begins when a person accepts it.
type BackupJob struct {
	ID     ID        `json:"id"`
	Name   string    `json:"name"` // unique, in the customer's words
	Status JobStatus `json:"status"`

	Product string      `json:"product,omitempty"`
	Origins []RunOrigin `json:"origins"` // where its runs come from; more than one after a merge
	Device  ID          `json:"device,omitempty"`
	DataSet string      `json:"data_set,omitempty"` // what is secured: "Files", "Practice database"; "" = the name
	Places  []CopyPlace `json:"places,omitempty"`   // where the copies lie

	Plans []JobPlan `json:"plans,omitempty"` // what is expected, oldest first; the last one holds
	Rules JobRules  `json:"rules,omitzero"`

	RestoreEvery int           `json:"restore_every"` // months between restore tests, 0 = no reminder
	Restores     []RestoreTest `json:"restores,omitempty"`

	Paused   *Pause    `json:"paused,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Created  time.Time `json:"created"`
	Accepted time.Time `json:"accepted,omitzero"`
	Version  uint64    `json:"version"`
}

// JobStatus says whether a person wants to have a job watched.
type JobStatus string

// The standings of a job.
const (
	JobProposed JobStatus = "proposed"
	JobAccepted JobStatus = "accepted"
	JobIgnored  JobStatus = "ignored"
)

// CopyPlace is where a copy of the data lies.
type CopyPlace string

// The places of copies. Two of them with one off-site keep the 3-2-1 rule: three with the original, on two media.
const (
	CopyLocal   CopyPlace = "local"
	CopySecond  CopyPlace = "second" // a second medium: tape, exchanged disk, another machine
	CopyOffsite CopyPlace = "offsite"
)

// CopyPlaces lists all places in display order.
var CopyPlaces = []CopyPlace{CopyLocal, CopySecond, CopyOffsite}

// JobPlan is what is expected from a day on.
type JobPlan struct {
	From time.Time `json:"from"`
	Schedule
}

// Plan is what is expected now; the zero Schedule expects nothing.
func (j BackupJob) Plan() Schedule {
	if len(j.Plans) == 0 {
		return Schedule{}
	}
	return j.Plans[len(j.Plans)-1].Schedule
}

// Data is what is secured, in words.
func (j BackupJob) Data() string {
	if j.DataSet != "" {
		return j.DataSet
	}
	return j.Name
}

// Has says whether runs of an origin belong to the job.
func (j BackupJob) Has(o RunOrigin) bool {
	for _, own := range j.Origins {
		if own == o {
			return true
		}
	}
	return false
}

// LastRestore is the newest restore test, the zero value when there was none.
func (j BackupJob) LastRestore() (last RestoreTest) {
	for _, t := range j.Restores {
		if t.At.After(last.At) {
			last = t
		}
	}
	return last
}

// Schedule says when something should happen, by the clock on the wall of the site.
type Schedule struct {
	Kind         ScheduleKind   `json:"kind"`
	At           int            `json:"at,omitempty"`            // minutes since midnight: of daily, weekly; the first of hourly
	Days         []time.Weekday `json:"days,omitempty"`          // of weekly
	Hours        int            `json:"hours,omitempty"`         // of hourly: 1, 2, 3, 4, 6, 8 or 12
	Text         string         `json:"text,omitempty"`          // of cron and calendar
	Grace        Duration       `json:"grace"`                   // until the result must be there
	SkipHolidays bool           `json:"skip_holidays,omitempty"` // nothing is expected on public holidays and the site's free days
}

// ScheduleKind names a way to say when.
type ScheduleKind string

// The kinds of schedules.
const (
	ScheduleNone     ScheduleKind = ""         // nothing is expected; runs are only kept
	ScheduleDaily    ScheduleKind = "daily"    // every day
	ScheduleWeekdays ScheduleKind = "weekdays" // Monday to Friday
	ScheduleWeekly   ScheduleKind = "weekly"   // on some days of the week
	ScheduleHourly   ScheduleKind = "hourly"   // every n hours
	ScheduleCron     ScheduleKind = "cron"     // a line of cron: "0 2 * * 1-5"
	ScheduleCalendar ScheduleKind = "calendar" // OnCalendar of systemd: "Mon..Fri *-*-* 02:00"
)

// ScheduleKinds lists all kinds in display order.
var ScheduleKinds = []ScheduleKind{ScheduleDaily, ScheduleWeekdays, ScheduleWeekly, ScheduleHourly, ScheduleCron, ScheduleCalendar, ScheduleNone}

// JobRules say what else is wrong though a run says success. Zero values are the defaults, negative ones switch a rule off.
type JobRules struct {
	Failures  int `json:"failures,omitempty"`   // bad results in a row from which on it is critical: 1
	OlderThan int `json:"older_than,omitempty"` // hours since the last good backup from which on it is critical: three schedules
	Size      int `json:"size,omitempty"`       // percent of its usual size below which a backup is a warning: 30
	Longer    int `json:"longer,omitempty"`     // percent of its usual duration above which it is a warning: 400
	Unchanged int `json:"unchanged,omitempty"`  // runs in a row that secured not a byte more or less: 10
}

// RestoreTest is the proof that a backup can be read back.
type RestoreTest struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	OK     bool      `json:"ok"`
	Proof  string    `json:"proof"`            // what was restored, and how it was compared
	SHA256 string    `json:"sha256,omitempty"` // of a file of proof, kept by the person
}

// BackupJobView is a job with what is known of it now.
type BackupJobView struct {
	BackupJob
	Standing JobStanding  `json:"standing"`
	State    *StateRecord `json:"state,omitempty"`   // of what is expected; nil before it is accepted
	Restore  *StateRecord `json:"restore,omitempty"` // of the restore test; nil while none is asked for
}

// JobStanding is what follows from the runs of a job.
type JobStanding struct {
	Runs     int       `json:"runs"` // known, of the last two months
	Last     *Run      `json:"last,omitempty"`
	LastGood time.Time `json:"last_good,omitzero"` // when the last good run began
	Next     time.Time `json:"next,omitzero"`      // when the next one is expected
	Deadline time.Time `json:"deadline,omitzero"`  // and when its result must be there
	Night    Verdict   `json:"night,omitempty"`    // of the last time that a result was due
	NightRun ID        `json:"night_run,omitempty"`
	NightAt  time.Time `json:"night_at,omitzero"` // when that was expected

	Usual      Schedule `json:"usual"`                 // as it was learned
	Confidence float64  `json:"confidence"`            // of Usual, 0 to 1
	UsualBytes int64    `json:"usual_bytes,omitempty"` // median of good runs
	BytesKind  string   `json:"bytes_kind,omitempty"`
	UsualTook  Duration `json:"usual_took,omitempty"`
	LeastTook  Duration `json:"least_took,omitempty"`
	MostTook   Duration `json:"most_took,omitempty"`
}

// Verdict is what is said of one time that something was expected.
type Verdict string

// The verdicts, worst last.
const (
	VerdictNone     Verdict = "" // nothing was expected and nothing came
	VerdictSuccess  Verdict = "success"
	VerdictPending  Verdict = "pending" // the deadline has not passed yet
	VerdictRunning  Verdict = "running"
	VerdictPaused   Verdict = "paused"
	VerdictWindow   Verdict = "maintenance" // a maintenance window ran when it was expected, and it did not succeed
	VerdictWarning  Verdict = "warning"
	VerdictNoResult Verdict = "no_result" // the deadline has passed, and nobody said how it ended
	VerdictFailed   Verdict = "failed"
)
