package appliance

import "time"

// JobRun is the last run of a housekeeping job, as the settings page shows it.
type JobRun struct {
	Name     string        `json:"name"`
	Schedule string        `json:"schedule"` // as people read it: "every day at 03:10"
	Began    time.Time     `json:"began,omitzero"`
	Took     time.Duration `json:"took,omitempty"`
	Error    string        `json:"error,omitempty"`
	Failed   time.Time     `json:"failed,omitzero"` // last run with an error
	Next     time.Time     `json:"next,omitzero"`
}
