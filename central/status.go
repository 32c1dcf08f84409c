package central

import (
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Status is what central knows of a site from its reports, small enough to keep ten thousand of them in memory.
type Status struct {
	// Outbox names the numbering of the site's events. It changes when the site was set up anew or restored from a backup.
	Outbox string `json:"outbox,omitempty"`
	// Acknowledged is the highest sequence number up to which every event has arrived.
	Acknowledged uint64 `json:"acknowledged"`
	Stored       uint64 `json:"stored,omitempty"` // N of the last event kept
	// Lost counts events that the site itself told it no longer has.
	Lost uint64 `json:"lost,omitempty"`

	Seen     time.Time          `json:"seen,omitzero"`     // the last valid word of the site, by central's clock
	Reported time.Time          `json:"reported,omitzero"` // the newest summary, by the site's clock
	Skew     appliance.Duration `json:"skew,omitempty"`    // the site's clock minus central's, when it is worth telling
	DayKept  time.Time          `json:"day_kept,omitzero"` // the report of the day was kept then
	LastID   string             `json:"last_id,omitempty"` // of the event that Acknowledged is the number of
	Past     []string           `json:"past,omitempty"`    // names of outboxes that were given up: what comes from them is old
	Behind   uint64             `json:"behind,omitempty"`  // events that the site still has to send

	// Refused is why what the site sends was not taken, though its signature fits: it is alive, and we do not understand it.
	Refused string `json:"refused,omitempty"`

	// Due is when the site is silent unless it is heard of before; zero while nobody waits for it.
	Due    time.Time `json:"due,omitzero"`
	Silent Silence   `json:"silent,omitempty"`
	Since  time.Time `json:"since,omitzero"` // of Silent
	// Stopping is what the site said before it went away on purpose, and until when it meant to.
	Stopping string    `json:"stopping,omitempty"`
	Until    time.Time `json:"until,omitzero"`

	Facts   Facts  `json:"facts"`
	Logbook string `json:"logbook,omitempty"` // what does not fit in the copy of its logbook, "" while all does
	// LogbookIn is Logbook without a language.
	LogbookIn *message.Words `json:"logbook_words,omitempty"`
	Copy      uint64         `json:"copy,omitempty"` // which copy of its logbook that is, when one was begun anew
}

// Silence is why nothing is heard of a site.
type Silence string

// The kinds of silence.
const (
	Speaking Silence = ""
	Never    Silence = "never"   // it has been added and has not reported yet
	Stopped  Silence = "stopped" // it said that it goes, and is not overdue
	Overdue  Silence = "overdue" // it said that it goes, and when it would be back, and is not
	Lost     Silence = "lost"    // it went without a word
	Ours     Silence = "ours"    // many fell silent together: the way to us is broken, and nothing is known of any of them
)

// Silences lists all kinds.
var Silences = []Silence{Never, Stopped, Overdue, Lost, Ours}

// Facts are the columns of the fleet: what the newest summary says in numbers.
type Facts struct {
	State   appliance.State    `json:"state"`                 // the worst of the site
	Since   time.Time          `json:"since,omitzero"`        // of State
	Worst   string             `json:"worst,omitempty"`       // what that is, in English
	WorstOf string             `json:"worst_of,omitempty"`    // the device
	WorstIn *message.Words     `json:"worst_words,omitempty"` // what of it, without a language
	Version string             `json:"version,omitempty"`
	Uptime  appliance.Duration `json:"uptime,omitempty"` // of the appliance

	Devices  int `json:"devices,omitempty"`
	Critical int `json:"critical,omitempty"` // states
	Warning  int `json:"warning,omitempty"`
	NoData   int `json:"no_data,omitempty"`

	Incidents int       `json:"incidents,omitempty"` // open
	Unacked   int       `json:"unacked,omitempty"`   // of them, nobody takes care
	Tickets   int       `json:"tickets,omitempty"`   // open
	Near      int       `json:"near,omitempty"`      // clocks that are close to their end
	Breached  int       `json:"breached,omitempty"`
	NextDue   time.Time `json:"next_due,omitzero"` // the clock that ends next

	Jobs       int       `json:"jobs,omitempty"` // backup jobs
	JobsFailed int       `json:"jobs_failed,omitempty"`
	JobsNone   int       `json:"jobs_none,omitempty"`     // no result
	LastBackup time.Time `json:"last_backup,omitzero"`    // that succeeded
	UPS        int       `json:"ups,omitempty"`           // devices
	OnBattery  int       `json:"on_battery,omitempty"`    // of them
	BatteryBad int       `json:"battery_bad,omitempty"`   // of them
	Runtime    int       `json:"runtime,omitempty"`       // minutes, the least
	Round      string    `json:"round,omitempty"`         // of today: "signed", "open", "missed", ""
	RoundAt    time.Time `json:"round_at,omitzero"`       // signed last
	Window     string    `json:"window,omitempty"`        // of maintenance that runs now
	WindowTo   time.Time `json:"window_to,omitzero"`      //
	Contingent int       `json:"contingent,omitempty"`    // minutes left
	ContOf     int       `json:"contingent_of,omitempty"` // of this many
	// Withheld are the kinds of reports that the site keeps to itself: nothing is known of them.
	Withheld []string `json:"withheld,omitempty"`
	// More are the columns of nouns that came later: name and number.
	More map[string]int `json:"more,omitempty"`
}

// Shift moves the times, which are by the site's clock: when that is wrong, announced maintenance would end in another year.
func (f *Facts) Shift(by time.Duration) {
	for _, t := range []*time.Time{&f.Since, &f.NextDue, &f.LastBackup, &f.RoundAt, &f.WindowTo} {
		if !t.IsZero() {
			*t = t.Add(by)
		}
	}
}

// Rank orders the fleet, the worst first: the higher, the worse. It is kept with the status so that a database can sort by it.
func (s *Status) Rank() int {
	rank := 0
	switch s.Silent {
	case Lost, Overdue:
		rank = 60
	case Ours:
		rank = 35
	case Never:
		rank = 5
	case Speaking, Stopped:
	}
	rank = max(rank, map[appliance.State]int{appliance.StateCritical: 50, appliance.StateNoData: 30, appliance.StateWarning: 40,
		appliance.StateMaintenance: 10, appliance.StatePaused: 8}[s.Facts.State])
	if s.Logbook != "" {
		rank = max(rank, 55)
	}
	if s.Facts.Breached > 0 {
		rank = max(rank, 45)
	}
	if s.Facts.JobsFailed+s.Facts.JobsNone > 0 {
		rank = max(rank, 42)
	}
	if s.Facts.Near > 0 {
		rank = max(rank, 38)
	}
	return rank
}
