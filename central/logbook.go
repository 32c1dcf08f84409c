package central

import (
	"context"
	"errors"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// LogbookCopy is how far the copy of a site's logbook goes and what was found when it was held against its checkpoints.
type LogbookCopy struct {
	Site SiteID                 `json:"site"`
	Part uint64                 `json:"part,omitempty"` // 0, and one more with each copy that was begun anew
	Keys []appliance.LogbookKey `json:"keys,omitempty"` // public, that sign
	Have int64                  `json:"have"`           // entries that have arrived
	Size int64                  `json:"size"`           // of them, those that were checked and fit
	// Edge is the right edge of the tree of these entries, so that the next one can be checked without reading those before.
	Edge [][]byte `json:"edge,omitempty"`
	// Pending is a checkpoint of the site whose entries have not all been checked yet.
	Pending    string    `json:"pending,omitempty"`
	Checkpoint string    `json:"checkpoint,omitempty"` // the newest signed note of the site that fits
	Checked    int64     `json:"checked,omitempty"`    // size of that checkpoint
	At         time.Time `json:"at,omitzero"`          // when it was checked
	Cosigned   string    `json:"cosigned,omitempty"`   // the same note with central's signature below
	// Fault says in English what does not fit, Bad which entry. From there on nothing is taken into the copy.
	Fault   string         `json:"fault,omitempty"`
	FaultIn *message.Words `json:"fault_words,omitempty"`
	Bad     uint64         `json:"bad,omitempty"`
	Since   time.Time      `json:"since,omitzero"` // of Fault
	// Before are earlier copies, the newest last. Their entries are kept.
	Before []LogbookCopy `json:"before,omitempty"`
}

// maxCopies bounds the earlier copies of which it is known what did not fit.
const maxCopies = 20

// ErrCopyFits says that a copy goes on by itself.
var ErrCopyFits = appliance.Invalid("why", "error.copy_fits", "this copy fits and goes on by itself; a new one is begun when something does not fit", nil)

// NewCopy begins the copy of a site's logbook anew, after somebody has looked at what did not fit: the one before is kept beside it, its
// alarm is over, and the site is told with its next report to send all entries again.
func NewCopy(ctx context.Context, s Store, id SiteID, by, why string, now time.Time) error {
	if why = strings.TrimSpace(why); why == "" {
		return appliance.Invalid("why", "error.copy_why", "say what you found; it stays beside the earlier copy", nil)
	}
	return s.Take(ctx, id, func(t *Taking) error {
		r, err := t.Find(Logbooks.Family, string(id))
		if err != nil {
			return err
		}
		var old LogbookCopy
		if err := Logbooks.Decode(r, &old); err != nil {
			return err
		}
		if old.Fault == "" {
			return ErrCopyFits
		}
		next := LogbookCopy{Site: id, Part: old.Part + 1, Before: old.Before}
		old.Before, old.Edge, old.Pending = nil, nil, ""
		next.Before = append(next.Before[max(0, len(next.Before)-maxCopies+1):], old)
		t.Status.Logbook, t.Status.LogbookIn, t.Status.Copy = "", nil, next.Part
		c := SiteChange{Site: id, At: now, By: by, What: ChangeCopy, Why: why}
		return errors.Join(Keep(t, Logbooks, string(id), next), Keep(t, SiteChanges, SiteChangeKey(c), c), CloseAlarm(t, AlarmLogbook, now))
	})
}

// LogbookLine is one entry of a copy: the bytes that are hashed, and the signature of the checkpoint after it.
type LogbookLine struct {
	Record    []byte    `json:"record"`
	Signature []byte    `json:"signature,omitempty"`
	Received  time.Time `json:"received"`
}

// Logbooks keeps the copies' state by site, LogbookLines their entries under "<site>/<number>", those of a copy that was begun anew
// under "<site>/c<part>/<number>".
var (
	Logbooks     = Noun[LogbookCopy]{"logbook"}
	LogbookLines = Noun[LogbookLine]{"logbook-line"}
)

// LogbookKey is where an entry of a copy is kept.
func LogbookKey(site SiteID, part, seq uint64) string {
	if part == 0 {
		return Key(string(site), NumberKey(seq))
	}
	return Key(string(site), "c"+NumberKey(part), NumberKey(seq))
}
