package message

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// The types, one per noun. A later one is a line here and a file.
const (
	TypeSummary    = "siteward.summary.v1"
	TypeIncident   = "siteward.incident.v1"
	TypeTicket     = "siteward.ticket.v1"
	TypeWindow     = "siteward.window.v1"
	TypeRound      = "siteward.round.v1"
	TypeBackup     = "siteward.backup.v1"
	TypeOutage     = "siteward.outage.v1"
	TypeLogbook    = "siteward.logbook.v1"
	TypeCheckpoint = "siteward.checkpoint.v1"
	TypeInventory  = "siteward.inventory.v1"
	TypeOffer      = "siteward.offer.v1"
	TypeStopping   = "siteward.stopping.v1"
	TypeGap        = "siteward.gap.v1"
)

// kinds makes a value for the data of each type.
var kinds = map[string]func() Data{
	TypeSummary:    func() Data { return &Summary{} },
	TypeIncident:   func() Data { return &Incident{} },
	TypeTicket:     func() Data { return &Ticket{} },
	TypeWindow:     func() Data { return &Window{} },
	TypeRound:      func() Data { return &Round{} },
	TypeBackup:     func() Data { return &Backup{} },
	TypeOutage:     func() Data { return &Outage{} },
	TypeLogbook:    func() Data { return &LogbookEntry{} },
	TypeCheckpoint: func() Data { return &Checkpoint{} },
	TypeInventory:  func() Data { return &Inventory{} },
	TypeOffer:      func() Data { return &Offer{} },
	TypeStopping:   func() Data { return &Stopping{} },
	TypeGap:        func() Data { return &Gap{} },
}

// Types lists the types that this program knows.
func Types() []string {
	out := make([]string, 0, len(kinds))
	for t := range kinds {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}

// DataOf makes an empty value for the data of a type, nil when the type is not known.
func DataOf(kind string) Data {
	if make, ok := kinds[kind]; ok {
		return make()
	}
	return nil
}

// Minor is the version of the schemas within v1: 1.0. Minors only ever add fields.
const Minor = 0

var (
	typeForm   = regexp.MustCompile(`^siteward\.([a-z][a-z_]{1,30})\.v([1-9][0-9]{0,3})$`)
	schemaForm = regexp.MustCompile(`^urn:siteward:schema:([a-z][a-z_]{1,30}):([0-9]{1,4})\.([0-9]{1,4})$`)
)

// SchemaOf names the schema of a type with our minor version.
func SchemaOf(kind string) string {
	m := typeForm.FindStringSubmatch(kind)
	if m == nil {
		return ""
	}
	return fmt.Sprintf("urn:siteward:schema:%s:%s.%d", m[1], m[2], Minor)
}

// Kind names what an event is about, as in the list of what leaves a site: "incident" of "siteward.incident.v1". The checkpoints of
// the logbook go with its entries.
func Kind(eventType string) string {
	if eventType == TypeCheckpoint {
		eventType = TypeLogbook
	}
	m := typeForm.FindStringSubmatch(eventType)
	if m == nil {
		return ""
	}
	return m[1]
}

// checkSchema accepts each type in the version that is known, any minor of it, and types that came later as long as their major
// version is 1: they are kept as they are. Anything else is refused with CodeSchema.
func checkSchema(e *Event) error {
	m := typeForm.FindStringSubmatch(e.Type)
	if m == nil {
		return Refuse(CodeSchema, "%.60q is no type of event", e.Type)
	}
	if major, _ := strconv.Atoi(m[2]); major != 1 {
		return Refuse(CodeSchema, "%s has major version %d, this program knows 1; update it", e.Type, major)
	}
	if e.DataSchema != "" {
		s := schemaForm.FindStringSubmatch(e.DataSchema)
		if s == nil || s[1] != m[1] || s[2] != m[2] {
			return Refuse(CodeSchema, "%.80q is no schema of %s", e.DataSchema, e.Type)
		}
	}
	v := DataOf(e.Type)
	if v == nil {
		return nil
	}
	if err := Read(*e, v); err != nil {
		return Refuse(CodeSchema, "%s: %v", e.Type, err)
	}
	return nil
}
