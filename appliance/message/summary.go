package message

import (
	"fmt"
	"time"

	"siteward/appliance"
)

// Summary is the state of a site at one moment. It is sent every quarter of an hour and whenever the worst state changes.
type Summary struct {
	At        time.Time               `json:"at"`
	Site      SummarySite             `json:"site"`
	Appliance SummaryAppliance        `json:"appliance"`
	State     appliance.State         `json:"state"` // the worst
	Since     time.Time               `json:"since,omitzero"`
	Worst     string                  `json:"worst,omitempty"`       // what that is, in English
	WorstOf   string                  `json:"worst_of,omitempty"`    // the device, or the job that is expected
	WorstIn   *Words                  `json:"worst_words,omitempty"` // without the device
	States    map[appliance.State]int `json:"states,omitempty"`
	Devices   []SummaryDevice         `json:"devices,omitempty"`
	Incidents SummaryIncidents        `json:"incidents"`
	Tickets   SummaryTickets          `json:"tickets"`
	Backups   []SummaryJob            `json:"backups,omitempty"`
	UPS       []SummaryUPS            `json:"ups,omitempty"`
	Round     *SummaryRound           `json:"round,omitempty"`
	Window    *SummaryWindow          `json:"window,omitempty"` // that runs now
	Next      *SummaryWindow          `json:"next_window,omitempty"`
	Contract  *SummaryContract        `json:"contract,omitempty"`
	Logbook   uint64                  `json:"logbook,omitempty"` // entries
	Outbox    SummaryOutbox           `json:"outbox"`
	// Withheld are the kinds of reports that the site keeps to itself. They are not counted here: their numbers are unknown, not 0.
	Withheld []string `json:"withheld,omitempty"`
	// More are numbers of nouns that came later.
	More map[string]int `json:"more,omitempty"`
}

// SummarySite is who it is.
type SummarySite struct {
	Name     string `json:"name"`
	Language string `json:"language,omitempty"`
	TimeZone string `json:"time_zone,omitempty"`
}

// SummaryAppliance is how the appliance itself is doing.
type SummaryAppliance struct {
	Version   string    `json:"version"`
	Started   time.Time `json:"started,omitzero"`
	StoreMB   int64     `json:"store_mb,omitempty"`
	FreeMB    int64     `json:"free_mb,omitempty"`
	ReadOnly  bool      `json:"read_only,omitempty"`
	Damaged   bool      `json:"damaged,omitempty"`
	LateTasks int       `json:"late,omitempty"` // checks that are late
}

// SummaryDevice is one device.
type SummaryDevice struct {
	ID    appliance.ID    `json:"id"`
	Name  string          `json:"name"`
	State appliance.State `json:"state"`
	Why   string          `json:"why,omitempty"` // in English, unless it is well
	Words *Words          `json:"words,omitempty"`
}

// SummaryIncidents are the open ones.
type SummaryIncidents struct {
	Open    int               `json:"open"`
	Unacked int               `json:"unacked"`
	Worst   []SummaryIncident `json:"worst,omitempty"` // twenty at most
}

// SummaryIncident is one of them.
type SummaryIncident struct {
	ID     appliance.ID    `json:"id"`
	Title  string          `json:"title"` // in English
	Words  *Words          `json:"words,omitempty"`
	State  appliance.State `json:"state"`
	Opened time.Time       `json:"opened"`
	Acked  bool            `json:"acked,omitempty"`
}

// SummaryTickets are the open ones and their clocks.
type SummaryTickets struct {
	Open     int            `json:"open"`
	Near     int            `json:"near"`     // clocks of which 80 % and more have passed
	Breached int            `json:"breached"` // of open tickets, kept late or not at all
	Clocks   []SummaryClock `json:"clocks,omitempty"`
}

// SummaryClock is a promise that is not kept yet, the one that ends first before the others, twenty at most. One whose end lies before
// the time of the summary is missed.
type SummaryClock struct {
	Ticket  appliance.ID        `json:"ticket"`
	Title   string              `json:"title,omitempty"`
	Words   *Words              `json:"words,omitempty"` // of a title that nobody wrote
	Kind    appliance.ClockKind `json:"kind"`
	Due     time.Time           `json:"due,omitzero"`
	Percent int                 `json:"percent"`
}

// SummaryJob is one backup job.
type SummaryJob struct {
	ID      appliance.ID `json:"id"`
	Name    string       `json:"name"`
	Verdict string       `json:"verdict"` // success, warning, failed, running, none, or "" when nothing is expected yet
	Last    time.Time    `json:"last,omitzero"`
	Good    time.Time    `json:"good,omitzero"` // the last that succeeded
}

// SummaryUPS is one UPS.
type SummaryUPS struct {
	ID        appliance.ID `json:"id"`
	Name      string       `json:"name"`
	OnBattery bool         `json:"on_battery,omitempty"`
	Charge    int          `json:"charge,omitempty"`  // percent
	Minutes   int          `json:"minutes,omitempty"` // it would last
	Replace   bool         `json:"replace,omitempty"` // the battery
}

// SummaryRound is the daily round of today.
type SummaryRound struct {
	Day    string    `json:"day"`
	State  string    `json:"state"` // signed, open, missed
	Signed time.Time `json:"signed,omitzero"`
	By     string    `json:"by,omitempty"`
}

// SummaryWindow is one maintenance window.
type SummaryWindow struct {
	ID    appliance.ID `json:"id"`
	Title string       `json:"title"`
	From  time.Time    `json:"from"`
	To    time.Time    `json:"to"`
}

// SummaryContract is what is left of what was agreed, in minutes.
type SummaryContract struct {
	Left int `json:"left"`
	Of   int `json:"of"`
}

// SummaryOutbox is what waits to be sent.
type SummaryOutbox struct {
	Last    uint64 `json:"last"` // number of the newest event
	Waiting int    `json:"waiting,omitempty"`
	Lost    uint64 `json:"lost,omitempty"` // that were given up for want of room, ever
}

// Type is siteward.summary.v1.
func (*Summary) Type() string { return TypeSummary }

// Check says what is wrong with it.
func (s *Summary) Check() error {
	if s.At.IsZero() {
		return fmt.Errorf("a summary says when it was made")
	}
	if len(s.Devices) > 20_000 || len(s.Backups) > 5_000 || len(s.UPS) > 5_000 || len(s.More) > 50 || len(s.Withheld) > 50 {
		return fmt.Errorf("a summary of more than a site can have")
	}
	return nil
}
