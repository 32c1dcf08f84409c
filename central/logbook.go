package central

import (
	"time"

	"siteward/appliance"
)

// LogbookCopy is how far the copy of a site's logbook goes and what was found when it was held against its checkpoints.
type LogbookCopy struct {
	Site SiteID                 `json:"site"`
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
	Fault string    `json:"fault,omitempty"`
	Bad   uint64    `json:"bad,omitempty"`
	Since time.Time `json:"since,omitzero"` // of Fault
}

// LogbookLine is one entry of a copy: the bytes that are hashed, and the signature of the checkpoint after it.
type LogbookLine struct {
	Record    []byte    `json:"record"`
	Signature []byte    `json:"signature,omitempty"`
	Received  time.Time `json:"received"`
}

// Logbooks keeps the copies' state by site, LogbookLines their entries under "<site>/<number>".
var (
	Logbooks     = Noun[LogbookCopy]{"logbook"}
	LogbookLines = Noun[LogbookLine]{"logbook-line"}
)

// LogbookKey is where an entry is kept.
func LogbookKey(site SiteID, seq uint64) string { return Key(string(site), NumberKey(seq)) }
