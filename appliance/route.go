package appliance

import "context"

// Route says who is told of which incidents, and who is next when nobody takes care.
type Route struct {
	ID      ID            `json:"id"`
	Name    string        `json:"name"`              // unique
	Least   State         `json:"least,omitempty"`   // the least severity; StateOK = StateWarning
	Kinds   []Kind        `json:"kinds,omitempty"`   // of devices; with Devices both empty: all
	Devices []ID          `json:"devices,omitempty"` // or these
	Hours   *ServiceHours `json:"hours,omitempty"`   // when it holds; nil: always
	Steps   []Step        `json:"steps"`             // the first one as soon as the incident is sure
	Repeat  int           `json:"repeat,omitempty"`  // minutes between two reminders while nobody has taken care, 0 = none
	Quiet   bool          `json:"quiet,omitempty"`   // does not tell when it is over
	Off     bool          `json:"off,omitempty"`
	Owner   string        `json:"owner,omitempty"`
	Version uint64        `json:"version"`
}

// Step is who is told after some minutes in which nobody has acknowledged the incident.
type Step struct {
	After    int           `json:"after"` // minutes; 0 in the first step
	Contacts []ID          `json:"contacts,omitempty"`
	Roles    []ContactRole `json:"roles,omitempty"`
}

// Routes is the part of App that keeps who is told of which incidents.
type Routes interface {
	Routes(ctx context.Context) ([]Route, error)
	SaveRoute(ctx context.Context, by Actor, r *Route) error // ID 0 creates
	DeleteRoute(ctx context.Context, by Actor, id ID) error
}
