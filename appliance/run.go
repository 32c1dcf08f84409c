package appliance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Run is one run of a backup job as its log tells it.
type Run struct {
	ID      ID      `json:"id,omitempty"` // given by the store
	Source  ID      `json:"source,omitempty"`
	Job     string  `json:"job,omitempty"`  // as the log names it, "" when it does not
	Product string  `json:"product"`        // "borg", "veeam", "windows-server-backup"
	Kind    RunKind `json:"kind,omitempty"` // "" is a backup

	Status   RunStatus `json:"status"`
	Started  time.Time `json:"started,omitzero"`  // zero: the log does not say
	Finished time.Time `json:"finished,omitzero"` // zero: the log does not say
	Took     Duration  `json:"took,omitempty"`    // as the product says it, else Finished - Started, else 0

	Bytes     *int64 `json:"bytes,omitempty"`      // nil: the log does not say
	BytesKind string `json:"bytes_kind,omitempty"` // what Bytes counts: "source", "transferred", "added", "archive"
	Files     *int64 `json:"files,omitempty"`
	Errors    *int64 `json:"errors,omitempty"`

	Message  string      `json:"message,omitempty"` // the line a technician needs, verbatim
	Evidence RunEvidence `json:"evidence"`

	// Open says that more of this run may come: its log is still being written. The same run is read again, with the same
	// Place, until it is settled.
	Open bool      `json:"open,omitempty"`
	Read time.Time `json:"read,omitzero"` // when the appliance learned of this verdict, given by the store's keeper
}

// Place is where the run begins in its source: what an open run and its later readings have in common.
func (r Run) Place() string {
	return fmt.Sprintf("%d\x00%s\x00%d", r.Source, r.Evidence.Name, r.Evidence.Offset)
}

// Fingerprint is what a settled run is known by, so that reading it again never makes two of it. A run that names its time is
// the same wherever it is read from (a rotated log is read under its new name); one that does not is known by its place.
func (r Run) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\x00%s\x00%s\x00%s\x00", r.Source, r.Product, r.Kind, r.Job)
	if r.Started.IsZero() && r.Finished.IsZero() {
		fmt.Fprintf(h, "%s\x00%d\x00", r.Evidence.Name, r.Evidence.Offset)
	}
	for _, t := range []time.Time{r.Started, r.Finished} {
		fmt.Fprintf(h, "%d\x00", t.UnixNano())
	}
	fmt.Fprintf(h, "%s\x00%s", r.Status, r.Evidence.Line)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// RunOrigin is what the runs of one job have in common in one source.
type RunOrigin struct {
	Source  ID     `json:"source,omitempty"`
	Product string `json:"product"`
	Job     string `json:"job,omitempty"` // as the log names it
}

// Origin is what the run's job is recognised by.
func (r Run) Origin() RunOrigin { return RunOrigin{Source: r.Source, Product: r.Product, Job: r.Job} }

// At is when the run began or, when the log does not say, the nearest to it that is known.
func (r Run) At() time.Time {
	switch {
	case !r.Started.IsZero():
		return r.Started
	case !r.Finished.IsZero() && r.Took > 0:
		return r.Finished.Add(-time.Duration(r.Took))
	case !r.Finished.IsZero():
		return r.Finished
	}
	return r.Read
}

// Final says that the run has a verdict that later lines do not change.
func (r Run) Final() bool { return r.Status != RunRunning && r.Status != RunIncomplete }

// Good says that the run has left a usable new backup.
func (r Run) Good() bool { return r.Status == RunSuccess || r.Status == RunWarning }

// RunEvidence is where a run stands in its source: the receipt of its verdict.
type RunEvidence struct {
	Name   string `json:"name,omitempty"`   // file, subject of a mail, address of a push
	Offset int64  `json:"offset"`           // of the run's first byte in the source as it lies there (of a compressed one: as it unpacks)
	Length int64  `json:"length"`           // bytes up to the end of its last line
	Line   string `json:"line,omitempty"`   // the line that decides, verbatim, at most 1,000 bytes
	LineAt int64  `json:"line_at"`          // offset of that line
	Stored string `json:"stored,omitempty"` // SHA-256 of the text that is kept here, "" when it is only at the source
}

// RunText is what a push or a mail said, as it came: the evidence of its runs.
type RunText struct {
	Name string    `json:"name"` // subject of the mail, address of the push
	From string    `json:"from,omitempty"`
	At   time.Time `json:"at"`
	Cut  bool      `json:"cut,omitempty"` // more came than is kept
	Text []byte    `json:"text"`
}

// MaxRunText is how much of one push or mail is kept.
const MaxRunText = 1 << 20

// RunKind tells a backup from what is done around it.
type RunKind string

// The kinds of runs. Only backups answer an expectation of a backup.
const (
	RunBackup  RunKind = ""
	RunCheck   RunKind = "check"
	RunPrune   RunKind = "prune"
	RunGC      RunKind = "gc"
	RunCopy    RunKind = "copy" // to a second medium or another place
	RunRestore RunKind = "restore"
	RunList    RunKind = "version_list"
)

// RunStatus is the verdict on a run, best first.
type RunStatus string

// The verdicts. A run without a verdict is Incomplete, or Running while it is young.
const (
	RunSuccess    RunStatus = "success"    // everything asked for was secured
	RunWarning    RunStatus = "warning"    // a new usable backup exists, but parts are missing
	RunFailed     RunStatus = "failed"     // no usable new backup
	RunIncomplete RunStatus = "incomplete" // the log ends without a verdict
	RunRunning    RunStatus = "running"    // the product itself says so, or the log is still young
)
