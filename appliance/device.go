package appliance

import (
	"cmp"
	"strings"
	"time"
)

// Kind is what a device is for.
type Kind string

// The kinds, in the order lists show them.
const (
	KindServer      Kind = "server"
	KindNAS         Kind = "nas"
	KindSwitch      Kind = "switch"
	KindRouter      Kind = "router"
	KindFirewall    Kind = "firewall"
	KindAccessPoint Kind = "access-point"
	KindUPS         Kind = "ups"
	KindPDU         Kind = "pdu"
	KindPrinter     Kind = "printer"
	KindSensor      Kind = "sensor"
	KindService     Kind = "service" // a web page or a port somewhere, not a box
	KindOther       Kind = "other"
)

// Kinds lists all kinds in display order.
var Kinds = []Kind{KindServer, KindNAS, KindSwitch, KindRouter, KindFirewall, KindAccessPoint, KindUPS, KindPDU, KindPrinter, KindSensor, KindService, KindOther}

// Device is one thing at the site that is looked after.
type Device struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"` // unique at the site, never translated
	Kind    Kind   `json:"kind"`
	Place   string `json:"place,omitempty"`   // "server room, rack A"
	Address string `json:"address"`           // IP address or host name
	Purpose string `json:"purpose,omitempty"` // what stops when it fails, in the customer's words: "Printing on the 1st floor"

	// Parents are the devices this one is reached through. When all of them are down, this one is
	// "unreachable because of" them and raises no alarm of its own.
	Parents []ID `json:"parents,omitempty"`

	// Ports marks interfaces that should be up, by ifName or ifDescr: only these raise an alarm when they go down.
	Ports map[string]PortRole `json:"ports,omitempty"`

	// UPS is what people enter about the battery; like a pause it is theirs, also when a site file declares the device.
	UPS *UPSCare `json:"ups,omitempty"`

	Paused  *Pause    `json:"paused,omitempty"`
	Owner   string    `json:"owner,omitempty"` // "" a person; else the site file that declares it
	Created time.Time `json:"created"`
	Version uint64    `json:"version"` // counts changes, for optimistic locking and ETag
}

// PortRole says what is expected of a port.
type PortRole string

// Ports without a role raise no alarm.
const (
	PortImportant PortRole = "important"
	PortUplink    PortRole = "uplink"
)

// Pause is a switched-off check or device: by whom, why, until when (zero = until a person ends it).
type Pause struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"`
}

// Active says whether the pause holds at now. A nil pause never does.
func (p *Pause) Active(now time.Time) bool {
	return p != nil && (p.Until.IsZero() || now.Before(p.Until))
}

// Product is vendor and model as people write them: without saying the vendor twice when the model begins with it.
func (i Identity) Product() string {
	if i.Model == "" || strings.HasPrefix(strings.ToLower(i.Model), strings.ToLower(i.Vendor)) {
		return cmp.Or(i.Model, i.Vendor)
	}
	return strings.TrimSpace(i.Vendor + " " + i.Model)
}

// Identity is what a device says it is. It comes from readings, never from forms.
type Identity struct {
	Vendor      string    `json:"vendor,omitempty"`
	Model       string    `json:"model,omitempty"`
	Serial      string    `json:"serial,omitempty"`
	Firmware    string    `json:"firmware,omitempty"`
	Kind        Kind      `json:"kind,omitempty"` // what the profile takes it for
	Profiles    []string  `json:"profiles,omitempty"`
	SysName     string    `json:"sys_name,omitempty"`
	SysDescr    string    `json:"sys_descr,omitempty"`
	SysObjectID string    `json:"sys_object_id,omitempty"`
	SysLocation string    `json:"sys_location,omitempty"`
	SysContact  string    `json:"sys_contact,omitempty"`
	Seen        time.Time `json:"seen,omitzero"` // last reading that confirmed it
}
